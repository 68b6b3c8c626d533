/** The package beside its bars: size, the time to install it, start-up. What is compared with is this clone, compiled without bundling, and its packages. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundledPackages } from '../../release/bundled-packages.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const config = `${root}docs/examples/invoices.yaml`;
const quoted = (word) => `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** Seconds of wall and CPU time that a command took, with all that it started. */
function timed(words, cwd) {
  const script = `TIMEFORMAT='%R %U %S'; time ${words.map(quoted).join(' ')} >/dev/null`;
  const { status, stderr } = spawnSync('bash', ['-c', script], { cwd, encoding: 'utf8' });
  const times = /([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(stderr);
  if (status !== 0 || !times) throw new Error(`${words.join(' ')} ended with ${status}: ${stderr.slice(-1000)}`);
  const [wall = 0, user = 0, system = 0] = times.slice(1).map(Number);
  return { wall, cpu: user + system };
}

/** Medians over interleaved runs: [wall, CPU] by name. */
function medians(count, commands) {
  const runs = Object.keys(commands).map((name) => [name, []]);
  for (let turn = 0; turn < count; turn += 1) for (const [name, taken] of runs) taken.push(commands[name]());
  const middle = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  return Object.fromEntries(
    runs.map(([name, taken]) => [
      name,
      { wall: middle(taken.map(({ wall }) => wall)), cpu: middle(taken.map(({ cpu }) => cpu)) },
    ]),
  );
}

const bytesIn = (folder) =>
  readdirSync(folder, { withFileTypes: true, recursive: true }).reduce(
    (sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0),
    0,
  );

function project(folder, name) {
  const place = mkdtempSync(join(folder, `${name}-`));
  writeFileSync(join(place, 'package.json'), '{"private":true}');
  return place;
}

const install = (place, what) =>
  timed(['npm', 'install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', ...what], place);

/** What the package depended on before it was a bundle: what package.json names of what is in it. */
function formerDependencies() {
  const { devDependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  return bundledPackages().flatMap(({ name, version }) => (name in devDependencies ? [`${name}@${version}`] : []));
}

/**
 * Lines of figures, each with its bar.
 *
 * @param tarball of `npm pack`; packed here when absent.
 * @param turns how often each command runs, interleaved with the others.
 */
export function packageLines({ tarball, turns }) {
  const folder = mkdtempSync(join(tmpdir(), 's3repl-package-'));
  try {
    return linesOf(folder, tarball ?? packed(folder), turns);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function packed(folder) {
  const { stdout } = spawnSync('npm', ['pack', '--silent', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
  });
  return join(folder, stdout.trim().split('\n').at(-1) ?? '');
}

function linesOf(folder, tarball, turns) {
  const installed = project(folder, 'installed');
  install(installed, [tarball]);
  const place = join(installed, 'node_modules', 's3repl');
  const entry = join(place, 'bin', 's3repl.js');
  const compiled = join(folder, 'compiled.mjs');
  const compiledMain = new URL('../../build/cli/main.js', import.meta.url).href;
  writeFileSync(compiled, readFileSync(entry, 'utf8').replace('../dist/main.js', compiledMain));

  const installs = medians(Math.ceil(turns / 4), {
    bundle: () => install(project(folder, 'bundle'), [tarball]),
    packages: () => install(project(folder, 'packages'), formerDependencies()),
  });
  const sandbox = ['--config', config, '--sandbox', '--state', join(folder, 'state')];
  timed(['node', entry, 'apply', ...sandbox, '--yes'], folder);
  const starts = medians(turns, {
    node: () => timed(['node', '-e', '0'], folder),
    help: () => timed(['node', entry, '--help'], folder),
    plan: () => timed(['node', entry, 'plan', ...sandbox], folder),
    compiledPlan: () => timed(['node', compiled, 'plan', ...sandbox], folder),
  });
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;
  const line = (what, value, met) => ({ text: `${what}: ${value}`, met });
  const ratio = (a, b) => (a / b).toFixed(2);
  const size = { tarball: statSync(tarball).size, installed: bytesIn(place) };
  return [
    { ...line('tarball (bar 1.5 MB)', megabytes(size.tarball), size.tarball <= 1.5e6), certain: true },
    { ...line('installed (bar 8 MB)', megabytes(size.installed), size.installed <= 8e6), certain: true },
    line(
      'npm install, against the packages that it used to depend on (bar 1/5)',
      `${installs.bundle.wall.toFixed(2)} s of ${installs.packages.wall.toFixed(2)} s, ${ratio(installs.bundle.wall, installs.packages.wall)}`,
      installs.bundle.wall * 5 <= installs.packages.wall,
    ),
    line(
      '--help, against node -e 0 (bar 1.5 ×)',
      `CPU ${ratio(starts.help.cpu, starts.node.cpu)} ×, wall ${ratio(starts.help.wall, starts.node.wall)} ×`,
      starts.help.wall <= 1.5 * starts.node.wall,
    ),
    line(
      'plan --sandbox with nothing to do, CPU against the same without bundling (bar 0.9 ×)',
      `${starts.plan.cpu.toFixed(2)} s of ${starts.compiledPlan.cpu.toFixed(2)} s, ${ratio(starts.plan.cpu, starts.compiledPlan.cpu)} ×`,
      starts.plan.cpu <= 0.9 * starts.compiledPlan.cpu,
    ),
  ];
}
