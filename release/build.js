/**
 * Compiles to `build` (what tests and generators import) and bundles to `dist` (what gets installed). `--source-maps` for a release; `--if-changed` does nothing where
 * the last build was of the same texts.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const missing = ['typescript', 'esbuild'].filter((name) => !existsSync(`${root}node_modules/${name}`));
if (missing.length > 0) {
  process.stderr.write(`\n✖ s3repl is built with ${missing.join(' and ')}, not installed here: run "npm ci" first\n\n`);
  process.exit(1);
}

/** Of all that a build is made of: our texts, and the versions of what is installed. */
function hashTexts() {
  const texts = ['src', 'release']
    .flatMap((folder) =>
      readdirSync(`${root}${folder}`, { recursive: true, withFileTypes: true }).flatMap((entry) =>
        entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
      ),
    )
    .sort();
  const hash = createHash('sha256');
  for (const file of [...texts, ...['package.json', 'package-lock.json', 'tsconfig.json'].map((name) => root + name)]) {
    hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

const sourceMaps = process.argv.includes('--source-maps');
const stamp = `${root}build/.made-of`;
const texts = hashTexts();
const isMade = existsSync(`${root}dist`) && existsSync(stamp) && readFileSync(stamp, 'utf8') === texts;
if (isMade && process.argv.includes('--if-changed')) process.exit(0);
rmSync(stamp, { force: true });
const compiled = spawnSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', root], {
  stdio: 'inherit',
});
if (compiled.status !== 0) process.exit(compiled.status ?? 1);
const { bundle } = await import('./bundle.js');
await bundle({ sourceMaps });
if (!sourceMaps) writeFileSync(stamp, texts);
