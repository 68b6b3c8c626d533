import { z } from 'zod';
import { configSchema } from './schema.ts';

/**
 * The JSON Schema (draft 2020-12) of `repl.yaml`, for editors. It allows what `parseConfig` reads as text: account IDs
 * without quotes, and `${VAR}` anywhere. What needs a look at several fields only `parseConfig` finds.
 */
export function jsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, { io: 'input' });
  return { $schema, title: 's3repl configuration (repl.yaml)', ...schema };
}
