/** A first apply as a process of its own, ended by SIGKILL at a request; the sandbox that it writes to is served from here. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { listen } from '../../src/sandbox/wire/http.ts';
import { DESTINATION, SOURCE } from '../builders.ts';
import { aCloud } from './cloud.ts';
import { endOf } from './end.ts';
import { Killed, type Story, type Strike } from './trial.ts';

const program = fileURLToPath(new URL('../../bin/s3repl.js', import.meta.url));

const config = {
  version: 1,
  name: 'invoices-dr',
  source: { account: SOURCE, region: 'eu-west-1', access: { profile: 'source' }, bucket: 'acme-invoices' },
  destinations: [
    {
      account: DESTINATION,
      region: 'eu-central-1',
      access: { profile: 'destination' },
      bucket: 'acme-invoices-replica',
    },
  ],
};

export function ofTheProcess(): Story {
  return {
    name: 'first apply, kill -9 of the process',
    killsOnly: true,
    async open() {
      // Waiting for a role would take real seconds here.
      const { sandbox, surroundings } = await aCloud(undefined, { roleVisible: 0 });
      const folder = await mkdtemp(join(tmpdir(), 's3repl-crash-'));
      await writeFile(join(folder, 'repl.yaml'), stringify(config));
      await writeFile(join(folder, 'credentials'), profiles());
      const run = (strike?: Strike) => applied(folder, surroundings, strike);
      return {
        run,
        again: () => run(),
        end: async () => endOf(sandbox.state),
        async close() {
          await rm(folder, { recursive: true });
          await sandbox.close();
        },
      };
    },
    close: async () => undefined,
  };
}

function profiles(): string {
  return Object.entries({ source: SOURCE, destination: DESTINATION })
    .map(([name, account]) => {
      const { accessKeyId, secretAccessKey } = sandboxCredentials(account);
      return `[${name}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
    })
    .join('');
}

/** One `s3repl apply --yes`; says how many changes it made. */
async function applied(
  folder: string,
  surroundings: Awaited<ReturnType<typeof aCloud>>['surroundings'],
  strike?: Strike,
): Promise<number> {
  let child: ChildProcess | undefined;
  const { requestHandler } = surroundings(strike, () => child?.kill('SIGKILL'));
  const { url, answerWith, close } = await listen(0, () => undefined);
  answerWith({
    requestHandler,
    status: () => ({}),
    clock: { now: Date.now, sleep: async () => undefined },
    ensureRole: async () => false,
    confirmEmail: async () => [],
    listMessages: async () => [],
  });
  try {
    child = spawn(process.execPath, [program, 'apply', '--yes', '--json'], {
      cwd: folder,
      env: { ...inherited(), AWS_ENDPOINT_URL: url, AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => output.push(String(text)));
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    if (signal === 'SIGKILL') throw new Killed();
    if (code !== 0) throw new Error(`s3repl ended with ${code}: ${output.join('')}`);
    const { changes } = JSON.parse(output.join('').trim().split('\n').at(-1) ?? '') as { readonly changes: number };
    return changes;
  } finally {
    await close();
  }
}

/** Nothing of the person who runs this: not their AWS account. */
function inherited() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS_|NODE_OPTIONS|CI$)/.test(name)));
}
