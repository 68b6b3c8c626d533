/** Start-up with a large state: whole s3repl processes on a sandbox folder of about 150 MB. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { openSandbox, sandboxCredentials } from '../../build/sandbox/sandbox.js';
import { openStore } from '../../build/sandbox/store/store.js';
import { usedBy } from './commands.js';

const config = fileURLToPath(new URL('../../docs/examples/invoices.yaml', import.meta.url));
const [source, destination] = ['acme-invoices', 'acme-invoices-replica'];

/** Objects at the source, each with its replica, and the size of each in bytes. */
export const states = [
  { objects: 100_000, size: 60 },
  { objects: 10_000, size: 5000 },
];

const commands = [
  ['sandbox status', ['sandbox', 'status']],
  ['sandbox ls', ['sandbox', 'ls', `${source}/object-7.txt`]],
  ['plan, nothing to do', ['plan', '--sandbox', '--config', config]],
];

/** One object is put and replicated by the sandbox; the others are copies of the two versions, as the sandbox itself copies them. */
async function fill(directory, { objects, size }) {
  await usedBy(['apply', '--yes', '--sandbox', '--config', config, '--state', directory], directory);
  const sandbox = await openSandbox({ directory });
  const credentials = sandboxCredentials('111111111111');
  const s3 = new S3Client({ region: 'eu-west-1', credentials, requestHandler: sandbox.requestHandler });
  await s3.send(new PutObjectCommand({ Bucket: source, Key: 'object', Body: Buffer.alloc(size, 'content ') }));
  await sandbox.clock.sleep(60_000);
  await sandbox.close();
  const store = await openStore(directory, Date.now(), { patience: 0 });
  for (const bucket of [source, destination]) {
    const table = store.state.buckets[bucket].objects;
    const [version] = JSON.parse(JSON.stringify(table.object));
    for (let n = 0; n < objects; n += 1) table[`object-${n}.txt`] = [{ ...version, key: `object-${n}.txt` }];
  }
  await store.save();
  await store.close();
}

/** What each command takes on a state: medians of several runs, in turn. */
export async function stateRows(state, times = 3) {
  const directory = mkdtempSync(join(tmpdir(), 's3repl-bench-'));
  try {
    await fill(directory, state);
    const taken = commands.map(([what]) => ({ what, runs: [] }));
    for (let time = 0; time < times; time += 1)
      for (const [index, [, args]] of commands.entries())
        taken[index].runs.push(await usedBy([...args, '--state', directory], directory));
    return taken.map(({ what, runs }) => {
      const median = (member) => runs.map((run) => run[member]).sort((a, b) => a - b)[(times - 1) / 2];
      return { what, seconds: median('seconds'), cpu: median('cpu'), memory: median('memory') };
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
}
