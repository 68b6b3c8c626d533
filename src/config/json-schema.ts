import * as z from 'zod';
import { configSchema } from './schema.ts';

/** For editors (draft 2020-12). Like `parseConfig`, it takes account IDs without quotes and `${VAR}` anywhere; only `parseConfig` compares fields. */
export function jsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, { io: 'input' });
  return { $schema, title: 's3repl configuration (repl.yaml)', ...schema };
}
