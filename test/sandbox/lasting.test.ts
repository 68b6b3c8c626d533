import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand, HeadBucketCommand } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, resetSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { clientsOf, refusal, SOURCE } from './clients.ts';

let directory: string;
let parent: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 's3repl-sandbox-'));
  directory = join(parent, '.s3repl');
});
afterEach(() => rm(parent, { recursive: true }));

const file = () => join(directory, 'sandbox.json');
const createBucket = (sandbox: Sandbox, Bucket: string) =>
  clientsOf(sandbox, SOURCE, 'us-east-1').s3.send(new CreateBucketCommand({ Bucket }));

function deadProcess(): number {
  return spawnSync(process.execPath, ['-e', '0']).pid;
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
    expect(JSON.parse(await readFile(file(), 'utf8')).buckets).toHaveProperty('bucket');
    await sandbox.close();
  });

  test('holds every one of many writes at once', async () => {
    const sandbox = await openSandbox({ directory });
    const names = Array.from({ length: 20 }, (_, n) => `bucket-${n}`);
    await Promise.all(names.map((name) => createBucket(sandbox, name)));
    expect(Object.keys(JSON.parse(await readFile(file(), 'utf8')).buckets).toSorted()).toEqual(names.toSorted());
    await sandbox.close();
  });

  test("is for the owner's eyes only, and leaves nothing else behind", async () => {
    const sandbox = await openSandbox({ directory });
    await createBucket(sandbox, 'bucket');
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    await sandbox.close();
    expect(await readdir(directory)).toEqual(['sandbox.json']);
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

  test.each(['{"version":1', '{"version":2}', '[]', ''])(
    'a damaged file is named, with the way out: %s',
    async (text) => {
      await (await openSandbox({ directory })).close();
      await writeFile(file(), text);
      await expect(openSandbox({ directory })).rejects.toThrow(
        `The sandbox's state file ${file()} is damaged, or was written by another version. Start afresh with: s3repl sandbox reset`,
      );
      expect(await resetSandbox(directory)).toBe(true);
      await (await openSandbox({ directory })).close();
    },
  );

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
      message: expect.stringContaining(`in use by process ${process.pid}`),
    });
    await sandbox.close();
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
    ['nobody who can be named', () => '{'],
  ])('the lock of %s is taken over', async (_, content) => {
    await (await openSandbox({ directory })).close();
    await writeFile(join(directory, 'sandbox.lock'), content());
    const sandbox = await openSandbox({ directory, lockPatience: 0 });
    await sandbox.close();
    expect(await readdir(directory)).toEqual(['sandbox.json']);
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
