/** `node test/hostile/table.js`: how long s3repl takes to end with hostile files, and how much memory. Bars: 1 s beyond `--help`, 300 MB. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../bin/s3repl.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 's3repl-hostile-'));
const report =
  'data:text/javascript,process.on("exit",()=>{const u=process.resourceUsage();process.stderr.write("USED "+u.maxRSS+" "+(u.userCPUTime+u.systemCPUTime)+"\\n")})';
const MB = 2 ** 20;
const members = (count) => Array.from({ length: count }, (_, index) => `"m${index}":0`).join(',');

const plan = ['plan', '--sandbox', '--config', 'FILE'];
const snapshot = ['doctor', '--snapshot', 'FILE'];
const saved = ['apply', 'FILE', '--sandbox', '--yes'];
const status = ['sandbox', 'status', '--state', 'FOLDER'];
const cases = [
  ['--help', ['--help'], ''],
  ['repl.yaml: 1 MiB of brackets', plan, '['.repeat(MB)],
  ['repl.yaml: 512 KiB of brackets', plan, '['.repeat(MB / 2)],
  ['repl.yaml: an error a character', plan, '[]'.repeat(49_000)],
  ['repl.yaml: 10 MB', plan, 'a: 1\n'.repeat(2 * MB)],
  ['repl.yaml: 7,000 bad rules', plan, `destinations:\n  - rules:\n${'      - {id: "-"}\n'.repeat(7000)}`],
  ['repl.yaml: an alias bomb', plan, `a: &a [${'x,'.repeat(9000)}]\nb: [${'*a,'.repeat(99)}]\n`],
  ['repl.yaml: a number of 500,000 digits', plan, `version: ${'9'.repeat(500_000)}\n`],
  ['repl.yaml: 10 GB', plan, 10 * 1024 * MB],
  ['snapshot: 900,000 names', snapshot, `{"version":1,${members(900_000)}}`],
  ['snapshot: 240,000 names', snapshot, `{"version":1,${members(240_000)}}`],
  ['snapshot: 16 MB of escapes', snapshot, `{"version":1,"a":"${'\\n'.repeat(8_000_000)}"}`],
  ['snapshot: 16 MB of brackets', snapshot, '['.repeat(16 * MB - 1)],
  ['plan file: 240,000 names', saved, `{"version":1,${members(240_000)}}`],
  ['plan file: 10 GB', saved, 10 * 1024 * MB],
  ['journal: 10 GB', status, 10 * 1024 * MB],
  ['journal: 200 MB of something else', status, 200 * MB],
  ['journal: 200,000 lines of nothing', status, `{"journal":1,"snapshot":0}\n${'[[["now"],1]]\n'.repeat(200_000)}`],
];

process.stdout.write(`${'input'.padEnd(40)} exit     wall      CPU   memory\n`);
for (const [name, args, content] of cases) {
  const state = join(folder, 'state');
  mkdirSync(state, { recursive: true });
  const file = args === status ? join(state, 'sandbox.journal') : join(folder, 'file');
  writeFileSync(file, typeof content === 'string' ? content : '');
  if (typeof content === 'number') truncateSync(file, content);
  const argv = args.map((one) => one.replace('FILE', file).replace('FOLDER', state));
  const started = performance.now();
  const env = { ...process.env, AWS_EC2_METADATA_DISABLED: 'true' };
  const { status: exit, stderr } = spawnSync(process.execPath, ['--import', report, bin, ...argv], {
    cwd: folder,
    env,
  });
  const wall = Math.round(performance.now() - started);
  const [, rss, cpu] = /USED (\d+) (\d+)/.exec(String(stderr)) ?? [];
  const figures = [`${wall} ms`, `${Math.round(cpu / 1000)} ms`, `${Math.round(rss / 1024)} MB`];
  const columns = [String(exit).padStart(4), ...figures.map((one) => one.padStart(8))];
  process.stdout.write(`${name.padEnd(40)} ${columns.join(' ')}\n`);
}
rmSync(folder, { recursive: true });
