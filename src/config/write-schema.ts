import { writeFileSync } from 'node:fs';
import { jsonSchema } from './json-schema.ts';

// `npm run schema` runs this; a test fails when the file differs.
const file = new URL('../../docs/repl.schema.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(jsonSchema(), null, 2)}\n`);
