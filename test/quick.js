/** `npm run test:quick`: types, lint and what is pure, side by side. What each says is shown when it has ended. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';

const pure = ['aws', 'config', 'events', 'model', 'permissions', 'plan', 'show', 'state', 'steps'];

/** Thousands of samples and setups, for which nobody waits here: npm test has them. */
const slow = ['test/model/mutants/**', 'test/model/replication/{unknown,mutations}.test.ts'];

/** The project of the tests has src/ in it; what was found good last time is not checked again. */
const types = 'tsc -p test --noEmit --incremental --tsBuildInfoFile build/test.tsbuildinfo';
const all = {
  tests: `vitest run --maxWorkers 2 ${slow.map((file) => `--exclude '${file}'`).join(' ')} ${pure.map((folder) => `test/${folder}`).join(' ')}`,
  types,
  lint: 'npm run --silent lint',
};

mkdirSync('build', { recursive: true });
const began = Date.now();
const codes = await Promise.all(Object.entries(all).map(([name, line]) => run(name, line)));
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;

/**
 * @param {string} name
 * @param {string} line
 * @returns {Promise<number | null>}
 */
function run(name, line) {
  const child = spawn(line, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      const seconds = Math.round((Date.now() - began) / 1000);
      process.stdout.write(`${said}${code === 0 ? '✔' : '✖'} ${name} (${seconds} s)\n`);
      resolve(code);
    });
  });
}
