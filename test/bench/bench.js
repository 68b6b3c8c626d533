/**
 * `npm run bench [PART …]`: what s3repl costs, beside its bars: in calls and round trips, in time and memory, against the sandbox behind a
 * slow proxy and by itself. Figures are printed, never judged by a test. Parts: depth, commands, aws, start, doctor, sandbox,
 * state, pairs, backfill, wizard, package, terraform.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { applyChanges } from '../../build/apply/apply.js';
import { readBack } from '../../build/apply/read-back.js';
import { parseConfig } from '../../build/config/parse-config.js';
import { connect } from '../../build/connect/connect.js';
// Loaded before anything is counted: else the first look at alerts comes a round later than the rest.
import '../../build/observe/alarm.js';
import '../../build/observe/alerts.js';
import { observe } from '../../build/observe/observe.js';
import { planApply } from '../../build/plan/plan.js';
import { openSandbox, sandboxCredentials } from '../../build/sandbox/sandbox.js';
import { readStatusNow } from '../../build/session/status-live.js';
import { backfillLines } from './backfill.js';
import { awsCommandRow, commandRows } from './commands.js';
import { packageLines } from './package.js';
import { stateRows, states } from './state.js';
import { terraformRows } from './terraform.js';
import { wizardRun } from './wizard.js';

const file = 'docs/examples/invoices.yaml';
const root = fileURLToPath(new URL('../../', import.meta.url));
const parsed = parseConfig(readFileSync(`${root}${file}`, 'utf8'), { file });
if (!parsed.ok) throw new Error('the example has problems');
const { spec } = parsed;

const print = (line) => process.stdout.write(`${line}\n`);
const bar = (met, text) => `${text}: ${met ? 'met' : 'NOT MET'}`;

/** Turns of the event loop without a further request, after which all that can be sent has been sent. */
const quietTurns = 300;

/** Answers what was sent only when nothing further is sent: each round is a round trip, however busy the machine is. */
function inRounds(handler) {
  let waiting = [];
  let rounds = 0;
  let calls = 0;
  let running = false;
  const go = async () => {
    running = true;
    while (waiting.length > 0) {
      for (let quiet = 0, seen = waiting.length; quiet < quietTurns; quiet += 1) {
        await setImmediate();
        if (waiting.length > seen) quiet = 0;
        seen = waiting.length;
      }
      const round = waiting;
      waiting = [];
      rounds += 1;
      for (const { request, options, answered } of round) answered(await handler.handle(request, options));
      await setImmediate();
      for (let quiet = 0; waiting.length === 0 && quiet < quietTurns; quiet += 1) await setImmediate();
    }
    running = false;
  };
  return {
    requestHandler: {
      ...handler,
      handle: (request, options) =>
        new Promise((answered) => {
          calls += 1;
          waiting.push({ request, options, answered });
          if (!running) void go();
        }),
    },
    figures: () => ({ calls, rounds }),
  };
}

function counted(sandbox) {
  const { requestHandler, figures } = inRounds(sandbox.requestHandler);
  const surroundings = {
    env: process.env,
    report: () => undefined,
    requestHandler,
    credentialsFor:
      ({ account }) =>
      async () =>
        sandboxCredentials(account),
    now: sandbox.clock.now,
    sleep: sandbox.clock.sleep,
    sandbox: true,
  };
  return { surroundings, figures };
}

/** One apply in this process; its last word is the read back. */
async function run(sandbox, wanted = spec) {
  const { surroundings, figures } = counted(sandbox);
  const connections = await connect(wanted, surroundings);
  const { changes } = planApply(await observe(connections, wanted), wanted);
  await applyChanges(changes, { connections, surroundings, signal: new AbortController().signal });
  if (changes.length > 0) await readBack(wanted, connections, surroundings);
  connections.close();
  return figures();
}

/** Of a setup that has replicated an object, and whose alerts are confirmed. */
async function runStatus(sandbox, wanted) {
  const { account, region, bucket } = wanted.source;
  const { requestHandler } = sandbox;
  const s3 = new S3Client({ requestHandler, region, credentials: sandboxCredentials(account) });
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'key', Body: 'content' }));
  await sandbox.confirmEmail('storage@example.com');
  await sandbox.clock.sleep(600_000);
  const { surroundings, figures } = counted(sandbox);
  const connections = await connect(wanted, surroundings);
  const ids = ['source', ...wanted.destinations.map(({ id }) => id)];
  const [source, ...destinations] = ids.map((id) => connections.get(id));
  const inside = {
    access: { source, destinations },
    bucket,
    spec: wanted,
    surroundings,
    sides: new Map(ids.map((id) => [id, connections.get(id)])),
  };
  const { outcome } = await readStatusNow(inside, 24 * 3_600_000, { report: () => undefined });
  connections.close();
  if (outcome !== 'healthy') throw new Error(`the status is ${outcome}`);
  return figures();
}

/** An alarm on failures, and one address. */
const alerts = { topics: [], emails: ['storage@example.com'], failures: true, latency: 'off', silence: false };

async function depthPart() {
  print(`${file}, one pair of buckets, two new keys: requests, and rounds of requests that wait for each other`);
  for (const [what, wanted, most] of [
    ['', spec, 10],
    [' with alerts', { ...spec, alerts }, 12],
  ]) {
    const sandbox = await openSandbox({ lag: { roleVisible: 0 } });
    for (const [command, bound, measure] of [
      ['first apply', most, run],
      ['apply, nothing to do', 3, run],
      ['status', 4, runStatus],
    ]) {
      const { calls, rounds } = await measure(sandbox, wanted);
      const name = `${command}${what}`.padEnd(34);
      print(`  ${name} ${calls} calls, ${rounds} round trips deep (${bar(rounds <= bound, `bar ${bound}`)})`);
    }
    await sandbox.close();
  }
}

function rowText({ what, latency, calls, writes, depth, seconds, cpu, memory }) {
  const column = (value, width, digits = 0) => (value === undefined ? '-' : value.toFixed(digits)).padStart(width);
  return `  ${what.padEnd(22)}${column(latency, 6)}${column(calls, 7)}${column(writes, 8)}${column(depth, 7)}${column(seconds, 8, 2)}${column(cpu, 8, 2)}${column(memory, 8)}`;
}

const heading = `  ${'command'.padEnd(22)}    ms  calls  writes  depth  wall s   CPU s     MiB`;

async function commandsPart() {
  print(
    'whole processes against the sandbox over HTTP, behind a proxy that adds so many ms to each request; depth as timed',
  );
  print(heading);
  for (const latency of [0, 50, 200]) for (const row of await commandRows(latency)) print(rowText(row));
}

async function awsPart() {
  const aws = await awsCommandRow(50);
  if (!aws) return print('aws is not installed: no comparison');
  const [first] = await commandRows(50);
  print(heading);
  print(rowText(first));
  print(rowText(aws));
  const share = aws.seconds / first.seconds;
  print(`  1/${share.toFixed(1)} of the time of aws commands one after the other (${bar(share >= 9, 'bar 1/9')})`);
}

/** The fastest of several runs of a whole process, in milliseconds. */
function fastest(...args) {
  const times = Array.from({ length: 9 }, () => {
    const started = performance.now();
    spawnSync(process.execPath, args, { cwd: root });
    return performance.now() - started;
  });
  return Math.round(Math.min(...times));
}

function startPart() {
  const nothing = fastest('-e', '0');
  const help = fastest('bin/s3repl.js', '--help');
  const version = fastest('bin/s3repl.js', '--version');
  const times = (help / nothing).toFixed(2);
  print(
    `whole processes, fastest of 9: node -e 0 ${nothing} ms; --help ${help} ms, ${times} x that (${bar(help <= 1.5 * nothing, 'bar 1.5 x')}); --version ${version} ms`,
  );
}

function doctorPart() {
  const version = fastest('bin/s3repl.js', '--version');
  const folder = mkdtempSync(join(tmpdir(), 's3repl-bench-'));
  for (const id of ['healthy-cross-account', 'no-destination-bucket-policy']) {
    const snapshot = join(folder, `${id}.json`);
    writeFileSync(snapshot, largeSnapshot(id));
    const took = fastest('bin/s3repl.js', 'doctor', '--snapshot', snapshot, '--json');
    const most = 3 * version + 1000;
    print(
      `doctor --snapshot, 1,000 objects and 1,000 rules, ${id}: ${took} ms (${bar(took <= most, `bar 3 x --version + 1 s = ${most} ms`)})`,
    );
  }
  rmSync(folder, { recursive: true });
}

/** 1,000 rules, each with its prefix, and 1,000 objects, of the snapshot of a case. */
function largeSnapshot(id) {
  const { snapshot } = JSON.parse(readFileSync(`${root}test/model/cases/${id}.json`, 'utf8'));
  const { account, bucket } = snapshot.source;
  const { replication } = snapshot.accounts[account].buckets[bucket];
  const thousand = (make) => Array.from({ length: 1000 }, (_, index) => make(index));
  const [rule] = replication.Rules;
  const [object] = snapshot.objects;
  replication.Rules = thousand((n) => ({ ...rule, ID: `rule-${n}`, Priority: n + 1, Filter: { Prefix: `p${n}/` } }));
  snapshot.objects = thousand((n) => ({ ...object, key: `p${n}/object.txt`, versionId: `v${n}` }));
  return JSON.stringify(snapshot, null, 2);
}

/** Objects through the sandbox, each put and replicated: per second, the CPU time of the first and the last thousand, and what each leaves in memory. */
async function throughput(objects, keyOf) {
  const sandbox = await openSandbox();
  await run(sandbox);
  const { source } = spec;
  const credentials = sandboxCredentials(source.account);
  const s3 = new S3Client({ region: source.region, credentials, requestHandler: sandbox.requestHandler });
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const cpu = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  const started = performance.now();
  const marks = [cpu()];
  for (let index = 0; index < objects; index += 1) {
    await s3.send(new PutObjectCommand({ Bucket: source.bucket, Key: keyOf(index), Body: 'content' }));
    if (index % 1000 === 999) marks.push(cpu());
  }
  await sandbox.clock.sleep(60_000);
  const seconds = (performance.now() - started) / 1000;
  globalThis.gc?.();
  const kilobytes = (process.memoryUsage().heapUsed - before) / 1024 / objects;
  const thousands = marks.slice(1).map((mark, index) => Math.round(mark - marks[index]));
  const [destination] = spec.destinations;
  const replicas = Object.values(sandbox.state.buckets[destination.bucket].objects).flat();
  if (replicas.length !== objects) throw new Error(`${replicas.length} of ${objects} objects were replicated`);
  await sandbox.close();
  return `${Math.round(objects / seconds)} a second; CPU of the first 1,000 ${thousands[0]} ms, of the last ${thousands.at(-1)} ms; ${kilobytes.toFixed(1)} KiB each`;
}

async function sandboxPart() {
  for (const [what, keyOf] of [
    ['keys', (index) => `object-${index}`],
    ['versions of one key', () => 'object'],
  ])
    print(`10,000 ${what} put and replicated in the sandbox (SSE-KMS): ${await throughput(10_000, keyOf)}`);
}

async function statePart() {
  for (const state of states) {
    print(`start-up with ${state.objects} objects of ${state.size} bytes, each replicated, in the sandbox's folder`);
    print(heading);
    for (const row of await stateRows(state)) print(rowText(row));
  }
}

async function pairsPart() {
  const pairs = new URL('pairs.js', import.meta.url);
  if (!existsSync(pairs)) return print('there is no pairs.js: nothing of many pairs');
  const { pairRows, pairLines } = await import(pairs.href);
  for (const line of pairLines(await pairRows())) print(line);
}

async function terraformPart() {
  const rows = await terraformRows();
  if (!rows) return print('Terraform is not installed: no comparison');
  const [terraform, s3repl] = rows;
  for (const [what, member, least] of [
    ['first apply', 'first', 20],
    ['plan with nothing to do', 'nothing', 12],
  ]) {
    const times = terraform[member] / s3repl[member];
    const seconds = `Terraform ${terraform[member].toFixed(1)} s, s3repl ${s3repl[member].toFixed(2)} s, ${times.toFixed(1)} times`;
    print(bar(times >= least, `${what}: ${seconds} as fast (bar ${least})`));
  }
}

async function backfillPart() {
  print('\nbackfill: a job that is watched to its end, with virtual pauses');
  for (const line of await backfillLines(spec)) print(`  ${line}`);
}

async function wizardPart() {
  const runs = [];
  for (let turn = 0; turn < 3; turn += 1) runs.push(await wizardRun());
  const [{ keystrokes, seconds }] = runs.toSorted((one, other) => one.seconds - other.seconds);
  const taken = `${keystrokes} times Enter, ${seconds.toFixed(1)} s (fastest of ${runs.length})`;
  print(`init --sandbox in an empty folder, to a proven replica: ${taken}`);
}

/** `package [TARBALL] [--turns N]`: size is judged, time is printed. */
function packagePart() {
  const { values, positionals } = parseArgs({
    args: asked.slice(asked.indexOf('package') + 1),
    options: { turns: { type: 'string', default: '20' } },
    allowPositionals: true,
  });
  for (const { text, met, certain } of packageLines({ tarball: positionals[0], turns: Number(values.turns) })) {
    print(bar(met, text));
    if (certain && !met) process.exitCode = 1;
  }
}

const parts = {
  depth: depthPart,
  commands: commandsPart,
  aws: awsPart,
  start: startPart,
  doctor: doctorPart,
  sandbox: sandboxPart,
  state: statePart,
  pairs: pairsPart,
  backfill: backfillPart,
  wizard: wizardPart,
  package: packagePart,
  terraform: terraformPart,
};
const asked = process.argv.slice(2);
print(`Node ${process.version}, ${process.platform} ${process.arch}`);
for (const [name, part] of Object.entries(parts)) if (asked.length === 0 || asked.includes(name)) await part();
