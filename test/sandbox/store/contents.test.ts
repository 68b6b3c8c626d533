import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, resetSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { Contents, contentOf, joinContents, keepContent } from '../../../src/sandbox/store/contents.ts';
import { explain } from '../../../src/session/explain.ts';
import { type Clients, clientsOf } from '../clients.ts';
import { makeBucket } from '../make-bucket.ts';

const Bucket = 'bucket';
const MIB = 2 ** 20;
let directory: string;
let sandbox: Sandbox;
let s3: Clients['s3'];

const open = async () => {
  sandbox = await openSandbox({ directory });
  s3 = clientsOf(sandbox).s3;
};
const reopen = async () => {
  await sandbox.close();
  await open();
};
const files = () => readdir(join(directory, 'contents')).catch(() => []);
const get = async (Key: string, Range?: string) => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, ...(Range === undefined ? {} : { Range }) }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
};
/** Bytes of which no two places look the same. */
const bytes = (length: number) => Buffer.from(Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 0xff));

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 's3repl-contents-'));
  await open();
  await makeBucket(sandbox, Bucket);
});
afterEach(async () => {
  await sandbox.close();
  await rm(directory, { recursive: true });
});

test('a large object is a file of its own, and comes back whole and in ranges, also after the sandbox was closed', async () => {
  const content = bytes(MIB);
  await s3.send(new PutObjectCommand({ Bucket, Key: 'large', Body: content }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'small', Body: 'x' }));
  expect(await files()).toHaveLength(1);
  await reopen();
  expect((await get('large')).equals(content)).toBe(true);
  expect(await get('large', 'bytes=70000-70009')).toEqual(content.subarray(70_000, 70_010));
  expect((await get('small')).toString()).toBe('x');
});

test('an upload in parts is never copied: the journal holds names, and the object is its parts', async () => {
  const Key = 'parts';
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const content = bytes(5 * MIB + 10);
  const Parts = [];
  for (const [index, Body] of [content.subarray(0, 5 * MIB), content.subarray(5 * MIB)].entries()) {
    const PartNumber = index + 1;
    const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
    Parts.push({ ETag, PartNumber });
  }
  await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
  expect((await stat(join(directory, 'sandbox.journal'))).size).toBeLessThan(100_000);
  await reopen();
  expect((await get(Key)).equals(content)).toBe(true);
  expect(await get(Key, `bytes=${5 * MIB - 2}-${5 * MIB + 1}`)).toEqual(content.subarray(5 * MIB - 2, 5 * MIB + 2));
});

test('a file stays as long as anything names it, and no longer', async () => {
  const content = bytes(MIB);
  await s3.send(new PutObjectCommand({ Bucket, Key: 'first', Body: content }));
  await s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/first` }));
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'first' }));
  await reopen();
  expect((await get('copy')).equals(content)).toBe(true);
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'copy' }));
  await reopen();
  expect(await files()).toEqual([]);
});

test('what others have put beside the files stays, and a link in the place of the folder is not followed', async () => {
  await mkdir(join(directory, 'contents'), { recursive: true });
  await writeFile(join(directory, 'contents', 'notes.txt'), 'mine');
  await reopen();
  expect(await files()).toEqual(['notes.txt']);

  await rm(join(directory, 'contents'), { recursive: true });
  await sandbox.close();
  const elsewhere = await mkdtemp(join(tmpdir(), 's3repl-elsewhere-'));
  const name = 'a'.repeat(24);
  await writeFile(join(elsewhere, name), 'theirs');
  await symlink(elsewhere, join(directory, 'contents'));
  await expect(openSandbox({ directory })).rejects.toMatchObject({ name: 'SandboxStateError' });
  await resetSandbox(directory);
  expect(await readdir(elsewhere)).toEqual([name]);
  await rm(elsewhere, { recursive: true });
  await open();
});

test('a file that is gone is said as such, and reset starts afresh', async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: 'large', Body: bytes(MIB) }));
  for (const file of await files()) await rm(join(directory, 'contents', file));
  const told = explain(await get('large').catch((error: unknown) => error));
  expect(told).toMatchObject({ code: 'sandbox-state', message: expect.stringMatching(/contents.* cannot be read/) });
  await sandbox.close();
  expect(await resetSandbox(directory)).toBe(true);
  await open();
});

describe('a content', () => {
  test('is the same in one piece and in parts, whole and in any range', async () => {
    const keeping = { contents: new Contents(join(directory, 'contents')) };
    const size = fc.constantFrom(1, 100, 40_000, 70_000);
    fc.assert(
      fc.property(fc.array(size, { minLength: 1, maxLength: 4 }), fc.nat(), fc.nat(), (sizes, one, other) => {
        const parts = sizes.map((length) => ({ content: keepContent(keeping, bytes(length)), size: length }));
        const whole = Buffer.concat(sizes.map(bytes));
        const [start = 0, end = 0] = [one % (whole.length + 1), other % (whole.length + 1)].sort((a, b) => a - b);
        const joined = joinContents(keeping, parts);
        expect(contentOf(keeping, joined, whole.length).equals(whole)).toBe(true);
        expect(contentOf(keeping, joined, whole.length, start, end).equals(whole.subarray(start, end))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});
