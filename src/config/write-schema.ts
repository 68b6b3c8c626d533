import { writeFileSync } from 'node:fs';
import { jsonSchema } from './json-schema.ts';

// Run by `npm run schema`; a test fails when the file is not what this writes.
const file = new URL('../../docs/repl.schema.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(jsonSchema(), null, 2)}\n`);
