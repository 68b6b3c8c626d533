import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { openSandbox, sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { aFolder, type Folder, invoices } from './cli.ts';
import { asItsUsersDo, runInProcess } from './run-s3repl.ts';

const bin = fileURLToPath(new URL('../../bin/s3repl.js', import.meta.url));
const BINARY = Buffer.from([...Array(256).keys(), 0, 10, 13, 10, 255, 254]);

async function aFolderWithBuckets(): Promise<Folder> {
  const folder = aFolder();
  folder.write('repl.yaml', invoices);
  expect((await folder.s3repl(['apply', '--sandbox', '--yes'])).code).toBe(0);
  return folder;
}

/** `s3repl sandbox …` in a pipe of the system. */
async function inPipe(folder: Folder, args: readonly string[], input: Uint8Array = new Uint8Array()) {
  const child = spawn(process.execPath, [bin, 'sandbox', ...args], { cwd: folder.path });
  child.stdin.end(input);
  const [stdout, [code]] = await Promise.all([buffer(child.stdout), once(child, 'exit')]);
  return { code, stdout };
}

/** The same where the pipe is not the point: any streams. */
async function piped(folder: Folder, args: readonly string[], input: Uint8Array = new Uint8Array()) {
  if (asItsUsersDo) return inPipe(folder, args, input);
  const [stdin, stdout, stderr] = [new PassThrough().end(input), new PassThrough(), new PassThrough().resume()];
  const run = runInProcess(folder.path, ['sandbox', ...args], { HOME: folder.path }, { stdin, stdout, stderr });
  const [code, out] = await Promise.all([run.finally(() => stdout.end()), buffer(stdout)]);
  return { code, stdout: out };
}

async function denyAll(folder: Folder, Action: string): Promise<void> {
  const practice = await openSandbox({ directory: join(folder.path, '.s3repl') });
  const credentials = sandboxCredentials('111111111111');
  const s3 = new S3Client({ region: 'eu-west-1', credentials, requestHandler: practice.requestHandler });
  const Bucket = 'acme-invoices';
  const deny = { Effect: 'Deny', Principal: '*', Action, Resource: `arn:aws:s3:::${Bucket}/*` };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [deny] });
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  await practice.close();
}

const sandbox = (folder: Folder, ...args: readonly string[]) => folder.s3repl(['sandbox', ...args, '--json']);

async function versionOf(folder: Folder, ...put: readonly string[]): Promise<string> {
  const { code, lines } = await sandbox(folder, 'put', ...put);
  expect(code).toBe(0);
  return String(lines.find(({ type }) => type === 'object')?.versionId);
}

describe('objects of the sandbox', () => {
  it('come back byte for byte, from files and through pipes', async () => {
    const folder = await aFolderWithBuckets();
    writeFileSync(join(folder.path, 'in.bin'), BINARY);
    const { lines } = await sandbox(folder, 'put', 'acme-invoices/from/', 'in.bin');
    expect(lines[0]).toMatchObject({
      type: 'object',
      bucket: 'acme-invoices',
      key: 'from/in.bin',
      size: BINARY.length,
      encryption: 'aws:kms',
      replication: 'COMPLETED',
    });
    expect((await sandbox(folder, 'get', 'acme-invoices/from/in.bin', 'out.bin')).code).toBe(0);
    expect(readFileSync(join(folder.path, 'out.bin'))).toEqual(BINARY);

    expect((await inPipe(folder, ['put', 's3://acme-invoices/piped'], BINARY)).code).toBe(0);
    expect(await inPipe(folder, ['get', 'acme-invoices/piped'])).toEqual({ code: 0, stdout: BINARY });
    expect((await piped(folder, ['put', 'acme-invoices/empty', '-'])).code).toBe(0);
    expect(await piped(folder, ['get', 'acme-invoices/empty', '-'])).toEqual({ code: 0, stdout: Buffer.alloc(0) });
  });

  it('keep their versions, and are listed with them', async () => {
    const folder = await aFolderWithBuckets();
    folder.write('one', 'first');
    folder.write('two', 'second one');
    const first = await versionOf(folder, 'acme-invoices/a', 'one');
    const second = await versionOf(folder, 'acme-invoices/a', 'two');
    await versionOf(folder, 'acme-invoices/b/c', 'one');
    expect(first).not.toBe(second);

    const get = async (...more: readonly string[]) =>
      (await piped(folder, ['get', 'acme-invoices/a', '-', ...more])).stdout.toString();
    expect([await get(), await get('--version-id', first)]).toEqual(['second one', 'first']);

    const listed = async (...args: readonly string[]) =>
      (await sandbox(folder, 'ls', ...args)).lines
        .filter(({ type }) => type === 'object')
        .map(({ key, versionId, latest, size }) => [key, versionId, latest, size]);
    expect((await listed('acme-invoices')).map(([key]) => key)).toEqual(['a', 'b/c']);
    expect(await listed('acme-invoices/a', '--versions')).toEqual([
      ['a', second, true, 10],
      ['a', first, false, 5],
    ]);
    expect((await listed('acme-invoices/b/')).map(([key]) => key)).toEqual(['b/c']);
    expect(await listed('acme-invoices/nothing')).toEqual([]);
    const { stdout } = await folder.s3repl(['sandbox', 'ls', 'acme-invoices', '--versions']);
    expect(stdout).toContain('3 versions');
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it('fail clearly where there is nothing, or no right', async () => {
    const folder = await aFolderWithBuckets();
    folder.write('one', 'first');
    const refused = async (...args: readonly string[]) => {
      const { code, lines } = await sandbox(folder, ...args);
      const { error } = lines.at(-1) as { error: { code: string; message: string; fix?: string } };
      return { exit: code, ...error };
    };
    for (const args of [
      ['put', 'nowhere/a', 'one'],
      ['get', 'nowhere/a', 'out'],
      ['ls', 'nowhere'],
    ]) {
      expect(await refused(...args)).toMatchObject({
        exit: 1,
        code: 'NoSuchBucket',
        message: 'there is no bucket nowhere in the sandbox',
        fix: 's3repl sandbox ls shows the buckets',
      });
    }
    expect(await refused('get', 'acme-invoices/nothing', 'out')).toMatchObject({ exit: 1, code: 'NoSuchKey' });
    expect(await refused('put', 'acme-invoices/a', 'one', '--as', '222222222222')).toMatchObject({
      exit: 1,
      code: 'AccessDenied',
      message: expect.stringContaining('account 222222222222'),
    });
    expect(await refused('put', 'acme-invoices', '-')).toMatchObject({ exit: 3, code: 'key' });
    expect(await refused('put', 'acme-invoices/a', 'missing')).toMatchObject({ exit: 3, code: 'file' });
    expect(await refused('ls', 'acme-invoices', '--as', '12')).toMatchObject({ exit: 3, code: 'account' });

    const { code, stdout } = await piped(folder, ['get', 'acme-invoices/nothing']);
    expect([code, stdout.length]).toEqual([1, 0]);
  });

  it('are said to be written where nobody may read what became of them', async () => {
    const folder = await aFolderWithBuckets();
    folder.write('one', 'first');
    await denyAll(folder, 's3:GetObject*');
    const { code, lines } = await sandbox(folder, 'put', 'acme-invoices/a', 'one');
    expect(code).toBe(6);
    expect(lines).toMatchObject([
      {
        outcome: 'unknown',
        error: {
          code: 'status-unread',
          message: expect.stringMatching(/^acme-invoices\/a \(version \S+\) was written/),
        },
      },
    ]);
    const listed = await sandbox(folder, 'ls', 'acme-invoices');
    expect(listed.lines).toContainEqual(expect.objectContaining({ type: 'object', key: 'a', size: 5 }));
  });
});
