/** `npm run demo`: the article's five steps between two accounts of the sandbox, twice. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../bin/s3repl.js', import.meta.url));
const state = mkdtempSync(join(tmpdir(), 's3repl-demo-'));
const config = 'docs/examples/invoices.yaml';

/** Shows a command as a person would type it, and runs it. */
function show(comment, ...args) {
  process.stdout.write(`\n# ${comment}\n$ s3repl ${args.join(' ')}\n`);
  const { status } = spawnSync(process.execPath, [bin, ...args, '--state', state], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = status ?? 1;
  return status === 0;
}

try {
  show(
    'Plan, apply, read back: two accounts, two Regions, two keys',
    'apply',
    '--config',
    config,
    '--sandbox',
    '--yes',
  ) && show('Once more: nothing is left to do', 'apply', '--config', config, '--sandbox', '--yes');
} finally {
  rmSync(state, { recursive: true, force: true });
}
