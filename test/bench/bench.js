/**
 * `npm run bench`: what a first and a second apply cost, in calls and in round trips, against the sandbox with a latency per request.
 * Depth is the longest chain of requests that waited for each other. Figures are printed, never judged.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { applyChanges } from '../../dist/apply/apply.js';
import { readBack } from '../../dist/apply/read-back.js';
import { parseConfig } from '../../dist/config/parse-config.js';
import { connect } from '../../dist/observe/connect.js';
import { observe } from '../../dist/observe/observe.js';
import { planApply } from '../../dist/plan/plan.js';
import { openSandbox, sandboxCredentials } from '../../dist/sandbox/sandbox.js';

const file = 'docs/examples/invoices.yaml';
const root = fileURLToPath(new URL('../../', import.meta.url));
const parsed = parseConfig(readFileSync(`${root}${file}`, 'utf8'), { file });
if (!parsed.ok) throw new Error('the example has problems');
const { spec } = parsed;

/** The most requests of which each began after the one before it had ended. */
function depth(requests) {
  const chains = requests.map(() => 1);
  const byEnd = [...requests].sort((a, b) => a.end - b.end);
  byEnd.forEach((request, index) => {
    for (let before = 0; before < index; before += 1) {
      if (byEnd[before].end <= request.start) chains[index] = Math.max(chains[index], chains[before] + 1);
    }
  });
  return Math.max(0, ...chains);
}

async function run(sandbox, counted) {
  const requests = [];
  counted.writes = 0;
  const surroundings = {
    report: () => undefined,
    requestHandler: {
      ...sandbox.requestHandler,
      handle: async (request, options) => {
        const start = performance.now();
        const answer = await sandbox.requestHandler.handle(request, options);
        const end = performance.now();
        requests.push({ start, end });
        return answer;
      },
    },
    credentialsFor:
      ({ account }) =>
      async () =>
        sandboxCredentials(account),
    now: sandbox.clock.now,
    sleep: sandbox.clock.sleep,
  };
  const started = performance.now();
  const connections = await connect(spec, surroundings);
  const { changes } = planApply(await observe(connections, spec), spec);
  await applyChanges(changes, { connections, surroundings, signal: new AbortController().signal });
  if (changes.length > 0) await readBack(spec, connections, surroundings);
  connections.close();
  return {
    calls: requests.length,
    writes: counted.writes,
    'round trips deep': depth(requests),
    ms: Math.round(performance.now() - started),
  };
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

const rows = {};
for (const latency of [50, 200]) {
  for (const [lag, roleVisible] of [
    ['roles visible at once', 0],
    ['roles visible after 8 s (virtual)', 8000],
  ]) {
    if (latency !== 50 && roleVisible > 0) continue;
    const counted = { writes: 0 };
    const onRequest = ({ write }) => {
      counted.writes += write ? 1 : 0;
    };
    const sandbox = await openSandbox({ latency, lag: { roleVisible }, onRequest });
    rows[`first apply, ${latency} ms a request, ${lag}`] = await run(sandbox, counted);
    rows[`second apply, ${latency} ms a request, ${lag}`] = await run(sandbox, counted);
    await sandbox.close();
  }
}
process.stdout.write(`${file}, one pair of buckets, two new keys; Node ${process.version}\n`);
const width = Math.max(...Object.keys(rows).map((name) => name.length));
for (const [name, figures] of Object.entries(rows)) {
  process.stdout.write(
    `${name.padEnd(width)}  ${Object.entries(figures)
      .map(([what, figure]) => `${String(figure).padStart(5)} ${what}`)
      .join('  ')}\n`,
  );
}
/** Objects through the sandbox, each put and replicated: per second, the first and the last thousand, and what each leaves in memory. */
async function throughput(objects, keyOf) {
  const sandbox = await openSandbox();
  await run(sandbox, {});
  const { source } = spec;
  const credentials = sandboxCredentials(source.account);
  const s3 = new S3Client({ region: source.region, credentials, requestHandler: sandbox.requestHandler });
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const marks = [performance.now()];
  for (let index = 0; index < objects; index += 1) {
    await s3.send(new PutObjectCommand({ Bucket: source.bucket, Key: keyOf(index), Body: 'content' }));
    if (index % 1000 === 999) marks.push(performance.now());
  }
  await sandbox.clock.sleep(60_000);
  const seconds = (performance.now() - marks[0]) / 1000;
  globalThis.gc?.();
  const kilobytes = (process.memoryUsage().heapUsed - before) / 1024 / objects;
  const thousands = marks.slice(1).map((mark, index) => Math.round(mark - marks[index]));
  const [destination] = spec.destinations;
  const replicas = Object.values(sandbox.state.buckets[destination.bucket].objects).flat();
  if (replicas.length !== objects) throw new Error(`${replicas.length} of ${objects} objects were replicated`);
  await sandbox.close();
  return `${Math.round(objects / seconds)} a second; first 1,000 in ${thousands[0]} ms, last in ${thousands.at(-1)} ms; ${kilobytes.toFixed(1)} KiB each`;
}

for (const [what, keyOf] of [
  ['keys', (index) => `object-${index}`],
  ['versions of one key', () => 'object'],
]) {
  process.stdout.write(
    `10,000 ${what} put and replicated in the sandbox (SSE-KMS): ${await throughput(10_000, keyOf)}\n`,
  );
}
const nothing = fastest('-e', '0');
const help = fastest('bin/s3repl.js', '--help');
const version = fastest('bin/s3repl.js', '--version');
process.stdout.write(
  `whole processes, fastest of 9: node -e 0 ${nothing} ms; --help ${help} ms (${(help / nothing).toFixed(2)} x); --version ${version} ms\n`,
);

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

const folder = mkdtempSync(join(tmpdir(), 's3repl-bench-'));
for (const id of ['healthy-cross-account', 'no-destination-bucket-policy']) {
  const file = join(folder, `${id}.json`);
  writeFileSync(file, largeSnapshot(id));
  const took = fastest('bin/s3repl.js', 'doctor', '--snapshot', file, '--json');
  process.stdout.write(
    `doctor --snapshot, 1,000 objects and 1,000 rules, ${id}: ${took} ms (bar: 3 x ${version} + 1000 = ${3 * version + 1000} ms)\n`,
  );
}
rmSync(folder, { recursive: true });
