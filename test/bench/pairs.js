/**
 * What 1, 10 and 100 configurations of buckets in the same two accounts cost, given to one s3repl process: seconds, calls, and the
 * most memory it ever had. The sandbox answers over HTTP, after 50 ms. Figures are printed, never judged.
 *
 * `node test/bench/pairs.js [COUNT …]`, after `npm run build`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSandbox } from '../../build/sandbox/sandbox.js';
import { listen } from '../../build/sandbox/wire/http.js';

const bin = fileURLToPath(new URL('../../bin/s3repl.js', import.meta.url));
const latency = 50;
const concurrency = 8;
const accounts = { source: '111111111111', destination: '222222222222' };

/** Tells at the end of the process what it used. */
const preload = `data:text/javascript,${encodeURIComponent(
  `import { writeFileSync } from 'node:fs';
   process.on('exit', () => writeFileSync(process.env.USAGE_FILE, JSON.stringify(process.resourceUsage())));`,
)}`;

function configuration(number) {
  return `version: 1
name: pair-${number}
source: { account: "${accounts.source}", region: eu-west-1, bucket: bench-source-${number}, access: { profile: source } }
destinations:
  - account: "${accounts.destination}"
    region: eu-central-1
    bucket: bench-destination-${number}
    access: { profile: destination }
`;
}

async function s3repl(folder, url, args) {
  const usageFile = join(folder, 'usage.json');
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS_|CI$|GITHUB_)/.test(name)));
  const env = {
    ...clean,
    AWS_ENDPOINT_URL: url,
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    USAGE_FILE: usageFile,
  };
  const started = performance.now();
  const child = spawn(process.execPath, ['--import', preload, bin, ...args], { cwd: folder, env });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      said = (said + text).slice(-2000);
    });
  }
  const [code] = await once(child, 'exit');
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`s3repl ${args.join(' ')} ended with ${code}:\n${said}`);
  const { maxRSS, userCPUTime, systemCPUTime } = JSON.parse(readFileSync(usageFile, 'utf8'));
  return { seconds, cpu: (userCPUTime + systemCPUTime) / 1e6, memory: Math.round(maxRSS / 1024) };
}

/**
 * First apply, apply with nothing to do, and verify without canaries, of each number of configurations.
 *
 * @param {readonly number[]} counts
 */
export async function pairRows(counts = [1, 10, 100]) {
  const rows = [];
  for (const count of counts) {
    const folder = mkdtempSync(join(tmpdir(), 's3repl-pairs-'));
    const calls = { all: 0, writes: 0, identity: 0 };
    const sandbox = await openSandbox({
      latency,
      lag: { roleVisible: 0 },
      onRequest: ({ operation, write }) => {
        calls.all += 1;
        calls.writes += write ? 1 : 0;
        calls.identity += operation === 'GetCallerIdentity' ? 1 : 0;
      },
    });
    const server = await listen(0, (error) => process.stderr.write(`${error}\n`));
    server.answerWith({ requestHandler: sandbox.requestHandler, status: () => ({}) });
    const key = (account) => `aws_access_key_id = SANDBOX${account}\naws_secret_access_key = sandbox\n`;
    const profiles = Object.entries(accounts).map(([name, account]) => `[${name}]\n${key(account)}`);
    writeFileSync(join(folder, 'credentials'), profiles.join('\n'));
    const configs = Array.from({ length: count }, (_, index) => {
      const file = `pair-${String(index + 1).padStart(3, '0')}.yaml`;
      writeFileSync(join(folder, file), configuration(index + 1));
      return ['--config', file];
    }).flat();
    for (const [what, args] of [
      ['first apply', ['apply', '--yes']],
      ['apply, nothing to do', ['apply', '--yes']],
      ['verify --no-canary', ['verify', '--no-canary']],
    ]) {
      Object.assign(calls, { all: 0, writes: 0, identity: 0 });
      const many = count === 1 ? [] : ['--concurrency', String(concurrency)];
      const used = await s3repl(folder, server.url, [...args, ...configs, ...many]);
      rows.push({ count, what, ...used, calls: calls.all, writes: calls.writes, identity: calls.identity });
    }
    await server.close();
    await sandbox.close();
    rmSync(folder, { recursive: true });
  }
  return rows;
}

/** The rows as lines of text. */
export function pairLines(rows) {
  return rows.map(({ count, what, seconds, cpu, memory, calls, writes, identity }) => {
    const floor = (calls * latency) / 1000 / Math.min(count, concurrency);
    return [
      `${String(count).padStart(4)} ${what.padEnd(20)} ${seconds.toFixed(1).padStart(6)} s (CPU ${cpu.toFixed(1)} s)`,
      `${String(calls).padStart(6)} calls, ${writes} of them writes, ${identity} GetCallerIdentity`,
      `calls x ${latency} ms / concurrency ${floor.toFixed(1)} s`,
      `${memory} MiB`,
    ].join('; ');
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const counts = process.argv.slice(2).map(Number);
  const rows = await pairRows(counts.length > 0 ? counts : undefined);
  process.stdout.write(`${pairLines(rows).join('\n')}\n`);
}
