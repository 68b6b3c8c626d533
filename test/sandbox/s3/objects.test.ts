import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { type Clients, clientsOf, message, refusal } from '../clients.ts';
import { makeBucket, setVersioning } from '../make-bucket.ts';
import { sendRaw } from '../raw-request.ts';

let sandbox: Sandbox;
let s3: Clients['s3'];
const Key = 'some/key ü+&';

const put = (Bucket: string, Body = 'content', more: Partial<PutObjectCommandInput> = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = (Bucket: string, more: object = {}) => s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
const head = (Bucket: string, more: object = {}) => s3.send(new HeadObjectCommand({ Bucket, Key, ...more }));
const remove = (Bucket: string, VersionId?: string) =>
  s3.send(new DeleteObjectCommand({ Bucket, Key, ...(VersionId === undefined ? {} : { VersionId }) }));
const textOf = async (Bucket: string, more: object = {}) => (await get(Bucket, more)).Body?.transformToString();
const versions = async (Bucket: string) => {
  const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  return { versions: Versions.map((item) => item.VersionId), markers: DeleteMarkers.map((item) => item.VersionId) };
};

beforeEach(async () => {
  sandbox = await openSandbox();
  s3 = clientsOf(sandbox).s3;
  await makeBucket(sandbox, 'plain');
  await makeBucket(sandbox, 'versioned', { versioning: 'Enabled' });
});

test('an object comes back as it was put: content, type, headers and metadata', async () => {
  await put('plain', 'grüße', {
    ContentType: 'text/plain',
    CacheControl: 'no-cache',
    ContentDisposition: 'inline',
    ContentEncoding: 'x-custom',
    Metadata: { colour: 'blue' },
  });
  const { Body, $metadata: _, ...answer } = await get('plain');
  expect(await Body?.transformToString()).toBe('grüße');
  expect(answer).toEqual({
    AcceptRanges: 'bytes',
    CacheControl: 'no-cache',
    ChecksumCRC32: expect.any(String),
    ChecksumType: 'FULL_OBJECT',
    ContentDisposition: 'inline',
    ContentEncoding: 'x-custom',
    ContentLength: 7,
    ContentType: 'text/plain',
    ETag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
    LastModified: expect.any(Date),
    Metadata: { colour: 'blue' },
    ServerSideEncryption: 'AES256',
  });
  expect((await head('plain')).ContentLength).toBe(7);
});

test('the recorded ETag and checksums of content are the real ones', async () => {
  const answer = await put('plain', 'test-encrypted');
  expect(answer.ETag).toBe('"16b66fb6b9c0e864b0291fa0dbb5a946"');
  expect(answer.ChecksumCRC32).toBe('J1mCHA==');
});

describe('bodies in chunks', () => {
  test('a stream of the SDK, with its checksum behind it', async () => {
    const Body = Readable.from([Buffer.from('first '), Buffer.from('second')]);
    await s3.send(new PutObjectCommand({ Bucket: 'plain', Key, Body, ContentLength: 12 }));
    expect(await textOf('plain')).toBe('first second');
    expect((await get('plain')).ContentEncoding).toBeUndefined();
  });

  test('a wrong checksum behind a stream is refused', async () => {
    const body = '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n';
    const headers = { 'content-encoding': 'aws-chunked' };
    const answer = await sendRaw(sandbox, { method: 'PUT', path: '/plain/k', body, headers });
    expect(answer.body).toContain('<Code>BadDigest</Code>');
  });
});

test('the server adds CRC64NVME where the client sends no checksum', async () => {
  await sendRaw(sandbox, { method: 'PUT', path: '/plain/k', body: 'test-checksum' });
  const { ChecksumCRC64NVME } = await s3.send(
    new HeadObjectCommand({ Bucket: 'plain', Key: 'k', ChecksumMode: 'ENABLED' }),
  );
  expect(ChecksumCRC64NVME).toMatch(/^[\w+/]{11}=$/);
});

describe('versions', () => {
  test('without versioning the one version is null and is not shown', async () => {
    await put('plain', 'one');
    const second = await put('plain', 'two');
    expect(second.VersionId).toBeUndefined();
    expect(await versions('plain')).toEqual({ versions: ['null'], markers: [] });
    expect(await textOf('plain', { VersionId: 'null' })).toBe('two');
    await remove('plain');
    expect(await versions('plain')).toEqual({ versions: [], markers: [] });
  });

  test('with versioning every put adds a version and a delete adds a marker', async () => {
    const first = await put('versioned', 'one');
    const second = await put('versioned', 'two');
    const marker = await remove('versioned');
    expect(marker.DeleteMarker).toBe(true);
    expect(await versions('versioned')).toEqual({
      versions: [second.VersionId, first.VersionId],
      markers: [marker.VersionId],
    });
    expect(await textOf('versioned', { VersionId: first.VersionId })).toBe('one');
    await remove('versioned', marker.VersionId);
    expect(await textOf('versioned')).toBe('two');
    await remove('versioned', second.VersionId);
    expect(await textOf('versioned')).toBe('one');
  });

  test('suspended versioning replaces null and leaves the others', async () => {
    const first = await put('versioned', 'one');
    await setVersioning(sandbox, 'versioned', 'Suspended');
    expect((await put('versioned', 'two')).VersionId).toBeUndefined();
    await put('versioned', 'three');
    expect(await versions('versioned')).toEqual({ versions: ['null', first.VersionId], markers: [] });
    expect((await get('versioned')).VersionId).toBe('null');
    expect((await remove('versioned')).VersionId).toBe('null');
    expect(await versions('versioned')).toEqual({ versions: [first.VersionId], markers: ['null'] });
  });

  test('deleting several: each is answered for itself', async () => {
    const { VersionId } = await put('versioned');
    const Objects = [{ Key }, { Key, VersionId }, { Key: 'other', VersionId: 'x'.repeat(32) }];
    const answer = await s3.send(new DeleteObjectsCommand({ Bucket: 'versioned', Delete: { Objects } }));
    expect(answer.Deleted).toEqual([
      { Key, DeleteMarker: true, DeleteMarkerVersionId: expect.any(String) },
      { Key, VersionId },
    ]);
    expect(answer.Errors?.map((error) => error.Code)).toEqual(['NoSuchVersion']);
    const quiet = await s3.send(
      new DeleteObjectsCommand({ Bucket: 'versioned', Delete: { Quiet: true, Objects: [{ Key }] } }),
    );
    expect(quiet.Deleted).toBeUndefined();
  });
});

describe('refusals, as recorded', () => {
  const gone = { VersionId: 'x'.repeat(32) };
  const cases: readonly [name: string, run: () => Promise<unknown>, answer: string, words: string | RegExp][] = [
    ['a missing key', () => get('plain'), '404 NoSuchKey', 'The specified key does not exist.'],
    ['a missing version', () => get('versioned', gone), '404 NoSuchVersion', 'The specified version does not exist.'],
    ['a version of a bucket without', () => get('plain', gone), '400 InvalidArgument', 'Invalid version id specified'],
    ['no version id', () => remove('versioned', 'bad'), '400 InvalidArgument', 'Invalid version id specified'],
    ['a bucket that does not exist', () => get('nowhere'), '404 NoSuchBucket', 'The specified bucket does not exist'],
    [
      'an unknown storage class',
      () => put('plain', '', { StorageClass: 'OUTPOSTS' }),
      '400 InvalidStorageClass',
      'The storage class you specified is not valid',
    ],
    [
      'a Content-MD5 that is none',
      () => put('plain', 'a', { ContentMD5: '000' }),
      '400 InvalidDigest',
      'The Content-MD5 you specified was invalid.',
    ],
    [
      'a wrong Content-MD5',
      () => put('plain', 'a', { ContentMD5: 'CYketZBSTjX8czcs3cXVlg==' }),
      '400 BadDigest',
      'The Content-MD5 you specified did not match what we received.',
    ],
    [
      'a checksum of the wrong length',
      () => put('plain', 'a', { ChecksumSHA256: 'c2hvcnQ=' }),
      '400 InvalidRequest',
      'Value for x-amz-checksum-sha256 header is invalid.',
    ],
    [
      'If-None-Match with a value',
      () => put('plain', 'a', { IfNoneMatch: 'etag' }),
      '501 NotImplemented',
      'A header you provided implies functionality that is not implemented',
    ],
    [
      'If-Match where nothing is',
      () => put('plain', 'a', { IfMatch: 'etag' }),
      '404 NoSuchKey',
      'The specified key does not exist.',
    ],
  ];
  test.each(cases)('%s', async (_, run, answer, words) => {
    expect(await refusal(run())).toBe(answer);
    expect(await message(run())).toMatch(words);
  });

  test('a delete marker: 404 without its version, 405 with it', async () => {
    await put('versioned');
    const { VersionId } = await remove('versioned');
    expect(await refusal(get('versioned'))).toBe('404 NoSuchKey');
    expect(await refusal(get('versioned', { VersionId }))).toBe('405 MethodNotAllowed');
    expect(await refusal(head('versioned'))).toBe('404 NotFound');
    expect(await refusal(head('versioned', { VersionId }))).toMatch(/^405 /);
  });

  test('an archived object is not read', async () => {
    await put('plain', 'a', { StorageClass: 'GLACIER' });
    expect(await refusal(get('plain'))).toBe('403 InvalidObjectState');
    expect((await head('plain')).StorageClass).toBe('GLACIER');
  });

  test('a bucket that is not empty stays, also with only a marker in it', async () => {
    const destroy = (Bucket: string) => s3.send(new DeleteBucketCommand({ Bucket }));
    await put('plain');
    expect(await refusal(destroy('plain'))).toBe('409 BucketNotEmpty');
    expect(await message(destroy('plain'))).toBe('The bucket you tried to delete is not empty');
    const { VersionId } = await remove('versioned');
    expect(await message(destroy('versioned'))).toBe(
      'The bucket you tried to delete is not empty. You must delete all versions in the bucket.',
    );
    await remove('versioned', VersionId);
    expect(await refusal(destroy('versioned'))).toBe('accepted');
  });
});

test('writing on a condition', async () => {
  const { ETag } = await put('plain', 'one', { IfNoneMatch: '*' });
  expect(await refusal(put('plain', 'two', { IfNoneMatch: '*' }))).toBe('412 PreconditionFailed');
  expect(await refusal(put('plain', 'two', { IfMatch: 'other' }))).toBe('412 PreconditionFailed');
  await put('plain', 'two', { IfMatch: ETag });
  expect(await textOf('plain')).toBe('two');
});

test('reading on a condition', async () => {
  const { ETag } = await put('plain');
  const earlier = new Date(sandbox.clock.now() - 60_000);
  const later = new Date(sandbox.clock.now());
  expect(await refusal(get('plain', { IfMatch: '"other"' }))).toBe('412 PreconditionFailed');
  expect(await refusal(get('plain', { IfUnmodifiedSince: earlier }))).toBe('412 PreconditionFailed');
  expect(await refusal(get('plain', { IfNoneMatch: ETag }))).toMatch(/^304 /);
  expect(await refusal(get('plain', { IfModifiedSince: later }))).toMatch(/^304 /);
  expect(await refusal(get('plain', { IfMatch: ETag, IfModifiedSince: earlier }))).toBe('accepted');
});

test.each([
  ['bytes=0-8', 206, '012345678', 'bytes 0-8/10'],
  ['bytes=1-1', 206, '1', 'bytes 1-1/10'],
  ['bytes=1-', 206, '123456789', 'bytes 1-9/10'],
  ['bytes=-2', 206, '89', 'bytes 8-9/10'],
  ['bytes=-15', 206, '0123456789', 'bytes 0-9/10'],
  ['bytes=0-100', 206, '0123456789', 'bytes 0-9/10'],
  ['bytes=1-0', 200, '0123456789', undefined],
  ['bytes=0--1', 200, '0123456789', undefined],
  ['bytes=-', 200, '0123456789', undefined],
  ['bytes=0-1,3-4', 200, '0123456789', undefined],
  ['0-1', 200, '0123456789', undefined],
])('the range %s gives, as recorded, %i %s', async (Range, status, content, range) => {
  await put('plain', '0123456789');
  const answer = await get('plain', { Range });
  expect([answer.$metadata.httpStatusCode, await answer.Body?.transformToString(), answer.ContentRange]).toEqual([
    status,
    content,
    range,
  ]);
});

test.each(['bytes=-0', 'bytes=100-200'])('the range %s cannot be satisfied', async (Range) => {
  await put('plain', '0123456789');
  expect(await refusal(get('plain', { Range }))).toBe('416 InvalidRange');
});

test('many writes to one bucket at once are all taken', async () => {
  const slow = await openSandbox({ latency: 5 });
  await makeBucket(slow, 'busy', { versioning: 'Enabled' });
  const client: S3Client = clientsOf(slow).s3;
  const puts = Array.from({ length: 20 }, (_, index) =>
    refusal(client.send(new PutObjectCommand({ Bucket: 'busy', Key: `k${index % 2}`, Body: String(index) }))),
  );
  expect(new Set(await Promise.all(puts))).toEqual(new Set(['accepted']));
});

test('deleting a version that does not exist is no fault', async () => {
  expect(await refusal(remove('versioned', 'x'.repeat(32)))).toBe('accepted');
});

test('a time is shown in whole seconds', async () => {
  await put('versioned');
  const { body } = await sendRaw(sandbox, { method: 'GET', path: '/versioned', query: { versions: '' } });
  expect(body).toMatch(/<LastModified>[-\d]+T[:\d]+\.000Z</);
});

test('an encryption that S3 does not know is refused', async () => {
  for (const name of ['constructor', 'aws:other']) {
    const answer = put('plain', '', { ServerSideEncryption: name as 'AES256' });
    expect(await refusal(answer)).toBe('400 InvalidArgument');
  }
});

test('objects and uploads under way outlast the process', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'objects-'));
  const first = await openSandbox({ directory });
  await makeBucket(first, 'kept', { versioning: 'Enabled' });
  const one = clientsOf(first).s3;
  await one.send(new PutObjectCommand({ Bucket: 'kept', Key, Body: 'grüße', Tagging: 'a=b' }));
  const { UploadId } = await one.send(new CreateMultipartUploadCommand({ Bucket: 'kept', Key }));
  await first.close();
  const second = await openSandbox({ directory });
  const { s3: two } = clientsOf(second);
  const { Body, TagCount } = await two.send(new GetObjectCommand({ Bucket: 'kept', Key }));
  expect([await Body?.transformToString(), TagCount]).toEqual(['grüße', 1]);
  expect(await refusal(two.send(new AbortMultipartUploadCommand({ Bucket: 'kept', Key, UploadId })))).toBe('accepted');
  await second.close();
  await rm(directory, { recursive: true });
});
