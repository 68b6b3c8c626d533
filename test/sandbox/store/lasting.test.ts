import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, cp, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand, HeadBucketCommand } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openSandbox, resetSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { changeText, Journal } from '../../../src/sandbox/store/journal.ts';
import { explain } from '../../../src/session/explain.ts';
import { sandboxFailure } from '../../../src/session/sandbox-options.ts';
import { drawsAll } from '../../draws.ts';
import { clientsOf, refusal, SOURCE } from '../clients.ts';

let directory: string;
let parent: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 's3repl-sandbox-'));
  directory = join(parent, '.s3repl');
});
afterEach(() => rm(parent, { recursive: true }));

const file = () => join(directory, 'sandbox.journal');
const createBucket = (sandbox: Sandbox, Bucket: string) =>
  clientsOf(sandbox, SOURCE, 'us-east-1').s3.send(new CreateBucketCommand({ Bucket }));

/** What a process would find that opens the folder as it is now. */
async function asItIsNow(): Promise<Sandbox['state']> {
  const copy = await mkdtemp(join(parent, 'copy-'));
  await cp(file(), join(copy, 'sandbox.journal'));
  const sandbox = await openSandbox({ directory: copy });
  await sandbox.close();
  return sandbox.state;
}

function deadProcess(): number {
  return spawnSync(process.execPath, ['-e', '0']).pid;
}

/** Root may read everything: for so long it is somebody who may not. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

/** The lock of a child of a process that does not wait for it: it has ended, and its id is not free. */
async function zombie(): Promise<string> {
  const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  const stat = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const started = stat()[19];
  await vi.waitFor(() => expect(stat()[0]).toBe('Z'), 5000);
  return JSON.stringify({ pid, started });
}

describe('the state', () => {
  test('is there again after reopening, with sessions and the clock', async () => {
    const first = await openSandbox({ directory });
    await createBucket(first, 'bucket');
    const { KeyMetadata } = await clientsOf(first).kms.send(new CreateKeyCommand({}));
    await first.ensureRole(`arn:aws:iam::${SOURCE}:role/setup`, [`arn:aws:iam::${SOURCE}:root`]);
    const assume = new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${SOURCE}:role/setup`, RoleSessionName: 'me' });
    const { Credentials } = await clientsOf(first).sts.send(assume);
    await first.clock.sleep(1_000_000);
    const stopped = first.clock.now();
    await first.close();

    const second = await openSandbox({ directory });
    expect(second.clock.now()).toBeGreaterThanOrEqual(stopped);
    expect(second.state.keys[KeyMetadata?.Arn ?? '']?.state).toBe('Enabled');
    expect(second.state.buckets.bucket?.account).toBe(SOURCE);
    const identity = await clientsOf(second, Credentials ?? {}).sts.send(new GetCallerIdentityCommand({}));
    expect(identity.Arn).toMatch(/assumed-role\/setup\/me$/);
    await second.close();
  });

  test('is kept before the answer is given', async () => {
    const sandbox = await openSandbox({ directory });
    await createBucket(sandbox, 'bucket');
    expect((await asItIsNow()).buckets).toHaveProperty('bucket');
    await sandbox.close();
  });

  test('holds every one of many writes at once', async () => {
    const sandbox = await openSandbox({ directory });
    const names = Array.from({ length: 20 }, (_, n) => `bucket-${n}`);
    await Promise.all(names.map((name) => createBucket(sandbox, name)));
    expect(Object.keys((await asItIsNow()).buckets).toSorted()).toEqual(names.toSorted());
    await sandbox.close();
  });

  test("is for the owner's eyes only, and leaves nothing else behind", async () => {
    const sandbox = await openSandbox({ directory });
    await createBucket(sandbox, 'bucket');
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    await sandbox.close();
    expect(await readdir(directory)).toEqual(['sandbox.journal']);
  });

  test('a name that JavaScript objects have does no harm', async () => {
    const first = await openSandbox({ directory });
    const statement = { Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' };
    const AssumeRolePolicyDocument = JSON.stringify({ Statement: [statement] });
    await clientsOf(first).iam.send(new CreateRoleCommand({ RoleName: '__proto__', AssumeRolePolicyDocument }));
    await first.close();
    const second = await openSandbox({ directory });
    expect(Object.keys(second.state.accounts[SOURCE]?.roles ?? {})).toEqual(['__proto__']);
    await second.close();
  });

  test('a last line that was not written to its end is dropped, and writing goes on after what was', async () => {
    const first = await openSandbox({ directory });
    await createBucket(first, 'bucket');
    await first.close();
    const { size } = await stat(file());
    await writeFile(file(), '[[["buckets","torn"],{"name":"to', { flag: 'a' });

    const second = await openSandbox({ directory });
    expect(Object.keys(second.state.buckets)).toEqual(['bucket']);
    expect((await stat(file())).size).toBe(size);
    await createBucket(second, 'another');
    await second.close();
    expect(Object.keys((await asItIsNow()).buckets)).toEqual(['bucket', 'another']);
  });

  test('wherever the file ends, what was written before is there', async () => {
    const sandbox = await openSandbox({ directory });
    const sizes: number[] = [];
    for (const name of ['bucket-0', 'bucket-1', 'bucket-2']) {
      await createBucket(sandbox, name);
      sizes.push((await stat(file())).size);
    }
    await sandbox.close();
    for (let length = (await stat(file())).size; length >= (sizes[0] ?? 0); length -= 7) {
      await truncate(file(), length);
      const kept = sizes.filter((size) => size <= length).length;
      expect(Object.keys((await asItIsNow()).buckets), `${length} bytes`).toHaveLength(kept);
    }
  });

  test.each([
    '',
    '{"journal":2,"snapshot":0}\n',
    '{"journal":1,"snapshot":0}\n{"torn\n[]\n',
    '{"journal":1,"snapshot":0}\n[[["buckets","gone","policy"],{}]]\n',
    '{"journal":1,"snapshot":0}\n[[["buckets"],[]]]\n',
    '{"journal":1,"snapshot":0}\n[[["buckets"]]]\n',
    '{"journal":1,"snapshot":0}\n[[[],{}]]\n',
  ])('a damaged file is named, with the way out: %j', async (text) => {
    await (await openSandbox({ directory })).close();
    await writeFile(file(), text);
    await expect(openSandbox({ directory })).rejects.toThrow(
      `The sandbox's state file ${file()} is damaged, or was written by another version.`,
    );
    expect(await resetSandbox(directory)).toBe(true);
    await (await openSandbox({ directory })).close();
  });

  test.each([
    '[["buckets","bucket","replication"],{"Role":""}]',
    '[["replication","queue"],null]',
    '[["replication","queue","1"],{"since":1}]',
    '[["replication","configurations","1"],{}]',
  ])('what replication cannot work with is damage: %s', async (change) => {
    const sandbox = await openSandbox({ directory });
    await createBucket(sandbox, 'bucket');
    await sandbox.close();
    await writeFile(file(), `[${change}]\n`, { flag: 'a' });
    await expect(openSandbox({ directory })).rejects.toThrow('is damaged');
  });

  test('of a version that kept it as one document is read, and kept as a journal from then on', async () => {
    const first = await openSandbox({ directory });
    await createBucket(first, 'bucket');
    await first.close();
    await rm(file());
    await writeFile(join(directory, 'sandbox.json'), JSON.stringify(first.state));

    const second = await openSandbox({ directory });
    expect(second.state).toMatchObject({ ...first.state, now: expect.any(Number) });
    expect(second.state.buckets.bucket).toMatchObject({ objects: {}, uploads: {} });
    await second.close();
    expect(await readdir(directory)).toEqual(['sandbox.journal']);
  });

  test('of a version that did not count requests to KMS is read, and counts from then on', async () => {
    await (await openSandbox({ directory })).close();
    const lines = (await readFile(file(), 'utf8')).split('\n');
    const older = lines.filter((line) => !line.includes('"kmsUse"'));
    expect(older).toHaveLength(lines.length - 1);
    await writeFile(file(), older.join('\n'));
    const sandbox = await openSandbox({ directory });
    expect(sandbox.state.kmsUse).toEqual({ requests: {}, bucketKeys: {} });
    await sandbox.close();
  });

  test('of a version that did not have SNS is read, and has no topics', async () => {
    await (await openSandbox({ directory })).close();
    const lines = (await readFile(file(), 'utf8')).split('\n');
    const older = lines.filter((line) => !line.includes('"sns"'));
    expect(older.length).toBeLessThan(lines.length);
    await writeFile(file(), older.join('\n'));
    const sandbox = await openSandbox({ directory });
    expect(sandbox.state.sns).toEqual({ topics: {}, subscriptions: {}, messages: {} });
    await sandbox.close();
  });

  test('of a version without alarms is read', async () => {
    await (await openSandbox({ directory })).close();
    const lines = (await readFile(file(), 'utf8')).split('\n');
    const older = lines.filter((line) => !line.includes('"cloudWatch"'));
    expect(older).toHaveLength(lines.length - 1);
    await writeFile(file(), older.join('\n'));
    const sandbox = await openSandbox({ directory });
    expect(sandbox.state.cloudWatch).toEqual({ alarms: {}, history: {}, series: {} });
    await sandbox.close();
  });

  test.each(['{"version":1', '{"version":2}', '{"version":1,"buckets":[]}', '[]', ''])(
    'of such a version, damaged, is named too: %s',
    async (text) => {
      const document = join(directory, 'sandbox.json');
      await (await openSandbox({ directory })).close();
      await rm(file());
      await writeFile(document, text);
      await expect(openSandbox({ directory })).rejects.toThrow(`state file ${document} is damaged`);
      expect(await resetSandbox(directory)).toBe(true);
      expect(await readdir(directory)).toEqual([]);
    },
  );

  test('costs as much to change when it is large as when it is small', async () => {
    const sandbox = await openSandbox({ directory });
    const grownBy = async (bucket: string) => {
      const { size } = await stat(file());
      await createBucket(sandbox, bucket);
      return (await stat(file())).size - size;
    };
    const small = await grownBy('bucket-1');
    const bucket = { ...sandbox.state.buckets['bucket-1'] };
    Object.assign(
      sandbox.state.buckets,
      Object.fromEntries(Array.from({ length: 2000 }, (_, n) => [`b-${n}`, bucket])),
    );
    await grownBy('bucket-2');
    expect(await grownBy('bucket-3')).toBe(small);
    await sandbox.close();
  });

  test('is written afresh once changes outweigh it, and nothing is lost', async () => {
    const sandbox = await openSandbox({ directory });
    await createBucket(sandbox, 'bucket');
    const sizes: number[] = [];
    for (let n = 0; n < 60; n++) {
      // Past the services, which have limits: only the journal is of interest.
      Object.assign(sandbox.state.buckets.bucket ?? {}, { tags: [{ Key: 'long', Value: `${n}`.repeat(25_000) }] });
      await createBucket(sandbox, `bucket-${n}`);
      sizes.push((await stat(file())).size);
    }
    expect(Math.max(...sizes)).toBeLessThan(2 * 2 ** 20);
    expect(sizes.some((size, n) => size < (sizes[n - 1] ?? 0))).toBe(true);
    expect(await asItIsNow()).toMatchObject({ ...sandbox.state, now: expect.any(Number) });
    await sandbox.close();
    expect(await readdir(directory)).toEqual(['sandbox.journal']);
  });

  test('a symbolic link is not followed', async () => {
    await (await openSandbox({ directory })).close();
    const elsewhere = join(parent, 'elsewhere.json');
    await writeFile(elsewhere, await readFile(file()));
    await rm(file());
    await symlink(elsewhere, file());
    await expect(openSandbox({ directory })).rejects.toThrow('symbolic link');
  });
});

describe('one process at a time', () => {
  test('another one gets an error that names the holder', async () => {
    const sandbox = await openSandbox({ directory });
    const second = openSandbox({ directory, lockPatience: 0 });
    await expect(second).rejects.toMatchObject({
      name: 'SandboxBusyError',
      message: expect.stringContaining(`is in use by process ${process.pid}`),
    });
    await sandbox.close();
  });

  test('another one does not wait for a server, and is told where it is', async () => {
    const sandbox = await openSandbox({ directory, servedAt: 'http://127.0.0.1:4599' });
    await expect(openSandbox({ directory })).rejects.toMatchObject({
      servedAt: 'http://127.0.0.1:4599',
      message: expect.stringContaining(`is served at http://127.0.0.1:4599 by process ${process.pid}`),
    });
    await sandbox.close();
  });

  test('a lock that may not be read is said to be that of another user, and left alone', async () => {
    await (await openSandbox({ directory })).close();
    const lock = join(directory, 'sandbox.lock');
    await writeFile(lock, JSON.stringify({ pid: deadProcess(), started: '1' }), { mode: 0o000 });
    await chmod(directory, 0o777);
    await chmod(parent, 0o755);
    const refused = await asNobody(() => openSandbox({ directory, lockPatience: 0 }).catch((error: unknown) => error));
    expect(refused).toMatchObject({
      name: 'SandboxBusyError',
      message: `The sandbox in ${directory} belongs to another user.`,
    });
    expect(() => sandboxFailure(directory)(refused)).toThrow(
      expect.objectContaining({ outcome: 'failed', code: 'sandbox-busy', fix: expect.stringContaining('--state DIR') }),
    );
    expect(await readdir(directory)).toContain('sandbox.lock');
  });

  test('another one waits for its turn', async () => {
    const sandbox = await openSandbox({ directory });
    const second = openSandbox({ directory });
    await createBucket(sandbox, 'bucket');
    await sandbox.close();
    const opened = await second;
    expect(opened.state.buckets.bucket).toBeDefined();
    await opened.close();
  });

  test.each([
    ['a process that ended', () => JSON.stringify({ pid: deadProcess(), started: '1' })],
    ['an earlier process with the same id', () => JSON.stringify({ pid: process.pid, started: '1' })],
    ['a process that ended, which its parent has not asked about', zombie],
    ['a stranger whose process has the id by now', () => JSON.stringify({ pid: 1, started: '1' })],
    ['nobody who can be named', () => '{'],
  ])('the lock of %s is taken over', async (_, content) => {
    await (await openSandbox({ directory })).close();
    await writeFile(join(directory, 'sandbox.lock'), await content());
    const sandbox = await openSandbox({ directory, lockPatience: 0 });
    await sandbox.close();
    expect(await readdir(directory)).toEqual(['sandbox.journal']);
  });
});

test('a journal is written afresh before it is larger than what is read, and never grows beyond that', async () => {
  const path = join(parent, 'sandbox.journal');
  // 256 MiB are the limit; what fills it takes seconds.
  const most = drawsAll ? undefined : 16 * 2 ** 20;
  const size = (share: number) => Math.round((share * (most ?? 256 * 2 ** 20)) / 256);
  const tree = { objects: 'x'.repeat(size(140)) };
  const journal = Journal.create(path, tree, most);
  onTestFinished(() => journal.close());
  const more = changeText(['more'], JSON.stringify('x'.repeat(size(60))));
  await journal.append([more]);
  expect(journal.outgrown).toBe(true);
  await expect(journal.append([more])).rejects.toThrow(`larger than ${drawsAll ? 256 : 16} MiB`);
  await journal.compact(tree);
  await journal.append([more]);
  expect((await stat(path)).size).toBeGreaterThan(size(200));
});

test('what a write leaves that failed halfway is written over, and dropped when the journal is opened', async () => {
  const path = join(parent, 'sandbox.journal');
  const journal = Journal.create(path, {});
  await writeFile(path, `[[["torn"],"${'x'.repeat(1000)}`, { flag: 'a' });
  await journal.append([changeText(['kept'], '1')]);
  journal.close();
  await expect(journal.append([changeText(['late'], '1')])).rejects.toThrow();
  const tree = {};
  Journal.open(path, tree, () => true)?.close();
  expect(tree).toEqual({ kept: 1 });
});

describe('a disk that is full', () => {
  test('is said as such, whenever it is met', async () => {
    const sandbox = await openSandbox({ directory });
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    vi.spyOn(Journal.prototype, 'append').mockRejectedValue(full);
    const told = {
      outcome: 'failed',
      code: 'sandbox-state',
      message: expect.stringMatching(/cannot keep its state: ENOSPC: no space left on device/),
      fix: expect.stringContaining('free some disk space'),
    };
    expect(explain(await createBucket(sandbox, 'bucket').catch((error: unknown) => error))).toMatchObject(told);
    expect(explain(await sandbox.close().catch((error: unknown) => error))).toMatchObject(told);
    vi.restoreAllMocks();
    const again = await openSandbox({ directory, lockPatience: 0 });
    expect(again.state.buckets).toEqual({});
    await again.close();
  });

  test('met elsewhere is no mistake in s3repl', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(explain(full)).toMatchObject({ code: 'disk', message: expect.stringContaining('no space left') });
  });
});

test('reset empties the sandbox, and says whether there was anything', async () => {
  expect(await resetSandbox(directory)).toBe(false);
  const sandbox = await openSandbox({ directory });
  await createBucket(sandbox, 'bucket');
  await sandbox.close();
  expect(await resetSandbox(directory)).toBe(true);
  const again = await openSandbox({ directory });
  const head = clientsOf(again, SOURCE, 'us-east-1').s3.send(new HeadBucketCommand({ Bucket: 'bucket' }));
  expect(await refusal(head)).toBe('404 NotFound');
  await again.close();
});
