/** Compiles to `build` (what tests and generators import) and bundles to `dist` (what gets installed). `--source-maps` for a release. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const missing = ['typescript', 'esbuild'].filter((name) => !existsSync(`${root}node_modules/${name}`));
if (missing.length > 0) {
  process.stderr.write(`\n✖ s3repl is built with ${missing.join(' and ')}, not installed here: run "npm ci" first\n\n`);
  process.exit(1);
}
const compiled = spawnSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', root], {
  stdio: 'inherit',
});
if (compiled.status !== 0) process.exit(compiled.status ?? 1);
const { bundle } = await import('./bundle.js');
await bundle({ sourceMaps: process.argv.includes('--source-maps') });
