/** Whole s3repl processes on one pair of buckets, against the served sandbox behind a slow proxy. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSandbox } from '../../build/sandbox/sandbox.js';
import { listen } from '../../build/sandbox/wire/http.js';
import { depth, slowProxy } from './slow-proxy.js';

const bin = fileURLToPath(new URL('../../bin/s3repl.js', import.meta.url));
const accounts = { source: '111111111111', destination: '222222222222' };
const configuration = `version: 1
name: bench
source: { account: "${accounts.source}", region: eu-west-1, bucket: bench-source, access: { profile: source } }
destinations:
  - account: "${accounts.destination}"
    region: eu-central-1
    bucket: bench-destination
    access: { profile: destination }
`;

/** Tells at the end of a process what it used. */
const preload = `data:text/javascript,${encodeURIComponent(
  `import { writeFileSync } from 'node:fs';
   process.on('exit', () => writeFileSync(process.env.USAGE_FILE, JSON.stringify(process.resourceUsage())));`,
)}`;

function environment(folder, url) {
  const clean = Object.entries(process.env).filter(([name]) => !/^(AWS_|CI$|GITHUB_)/.test(name));
  return {
    ...Object.fromEntries(clean),
    AWS_ENDPOINT_URL: url,
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
  };
}

export async function ended(file, args, options) {
  const started = performance.now();
  const child = spawn(file, args, options);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
  }
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${code}:\n${said.slice(-2000)}`);
  return { seconds: (performance.now() - started) / 1000, said };
}

/** What an s3repl process takes that works in a folder: seconds of wall and CPU time, and the most memory in MiB. */
export async function usedBy(args, folder, env = process.env) {
  const USAGE_FILE = join(folder, 'usage.json');
  const options = { cwd: folder, env: { ...env, USAGE_FILE } };
  const { seconds } = await ended(process.execPath, ['--import', preload, bin, ...args], options);
  const { maxRSS, userCPUTime, systemCPUTime } = JSON.parse(readFileSync(USAGE_FILE, 'utf8'));
  return { seconds, cpu: (userCPUTime + systemCPUTime) / 1e6, memory: maxRSS / 1024 };
}

/** A folder with the configuration and profiles, and a new sandbox behind the proxy. */
export async function place(latency) {
  const folder = mkdtempSync(join(tmpdir(), 's3repl-bench-'));
  writeFileSync(join(folder, 'repl.yaml'), configuration);
  const key = (account) => `aws_access_key_id = SANDBOX${account}\naws_secret_access_key = sandbox\n`;
  const profiles = Object.entries(accounts).map(([name, account]) => `[${name}]\n${key(account)}`);
  writeFileSync(join(folder, 'credentials'), profiles.join('\n'));
  const counted = { writes: 0 };
  const sandbox = await openSandbox({
    lag: { roleVisible: 0, objectReplicated: 0 },
    ticking: true,
    onRequest: ({ write }) => {
      counted.writes += write ? 1 : 0;
    },
  });
  const server = await listen(0, (error) => process.stderr.write(`${error}\n`));
  server.answerWith({ requestHandler: sandbox.requestHandler, status: () => ({}) });
  const proxy = await slowProxy(server.url, latency);
  return {
    folder,
    counted,
    proxy,
    options: { cwd: folder, env: environment(folder, proxy.url) },
    async close() {
      proxy.close();
      await server.close();
      await sandbox.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const runs = [
  ['first apply', ['apply', '--yes']],
  ['apply, nothing to do', ['apply', '--yes']],
  ['plan, nothing to do', ['plan']],
  ['doctor', ['doctor']],
  ['verify', ['verify']],
];

/** What each command takes, in turn, where each request takes `latency` milliseconds more. */
export async function commandRows(latency) {
  const at = await place(latency);
  try {
    const rows = [];
    for (const [what, args] of runs) {
      at.counted.writes = 0;
      const used = await usedBy(args, at.folder, at.options.env);
      const requests = at.proxy.take();
      rows.push({
        what,
        latency,
        calls: requests.length,
        writes: at.counted.writes,
        // Without a latency, requests that were sent together are answered one after the other.
        depth: latency > 0 ? depth(requests) : undefined,
        ...used,
      });
    }
    return rows;
  } finally {
    await at.close();
  }
}

/**
 * The same setup by `aws` commands one after the other, as `plan --show commands` prints them, without their checks of the account
 * and without the wait for the new role; undefined where `aws` is not installed.
 */
export async function awsCommandRow(latency) {
  if (spawnSync('aws', ['--version']).status !== 0) return undefined;
  const at = await place(latency);
  try {
    const { said } = await ended(process.execPath, [bin, 'plan', '--show', 'commands'], at.options);
    const script = said
      .split('\n')
      .filter((line) => /^in_account /.test(line))
      .map((line) => line.replace(/^in_account .*? && /, ''))
      .join('\n');
    at.proxy.take();
    at.counted.writes = 0;
    const { seconds } = await ended('sh', ['-ec', script], at.options);
    return { what: 'aws commands', latency, calls: at.proxy.take().length, writes: at.counted.writes, seconds };
  } finally {
    await at.close();
  }
}
