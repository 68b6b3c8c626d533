import { createHash } from 'node:crypto';
import { CreateKeyCommand, DisableKeyCommand } from '@aws-sdk/client-kms';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { type Clients, clientsOf, message, refusal } from '../clients.ts';
import { makeBucket } from '../make-bucket.ts';

const Bucket = 'bucket';
const Key = 'key';
const BIG = Buffer.alloc(5 * 1024 * 1024, 'a');

let sandbox: Sandbox;
let aws: Clients;
let s3: Clients['s3'];

const create = async (more: Partial<CreateMultipartUploadCommandInput> = {}) =>
  (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }))).UploadId ?? '';
const part = async (UploadId: string, PartNumber: number, Body: string | Buffer, more: object = {}) => {
  const answer = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ...more }));
  return { PartNumber, ETag: answer.ETag };
};
const complete = (UploadId: string, Parts: CompletedPart[], more: Partial<CompleteMultipartUploadCommandInput> = {}) =>
  s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more }));
const md5 = (content: string | Buffer) => createHash('md5').update(content).digest();

beforeEach(async () => {
  sandbox = await openSandbox();
  aws = clientsOf(sandbox);
  ({ s3 } = aws);
  await makeBucket(sandbox, Bucket, { versioning: 'Enabled' });
});

test('parts become one object, whose ETag counts them', async () => {
  const id = await create({ Metadata: { a: 'b' }, Tagging: 't=v', StorageClass: 'STANDARD_IA' });
  const last = await part(id, 3, 'the end');
  const first = await part(id, 1, BIG);
  const answer = await complete(id, [first, last]);
  const etag = `"${createHash('md5')
    .update(Buffer.concat([md5(BIG), md5('the end')]))
    .digest('hex')}-2"`;
  expect(answer.ETag).toBe(etag);
  const shown = await s3.send(new HeadObjectCommand({ Bucket, Key, PartNumber: 2 }));
  expect(shown).toMatchObject({
    VersionId: answer.VersionId,
    ETag: etag,
    ContentLength: 7,
    ContentRange: `bytes ${BIG.length}-${BIG.length + 6}/${BIG.length + 7}`,
    PartsCount: 2,
    Metadata: { a: 'b' },
    TagCount: 1,
    StorageClass: 'STANDARD_IA',
  });
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, PartNumber: 2 }));
  expect(await Body?.transformToString()).toBe('the end');
});

test('a part of the same number replaces the one before', async () => {
  const id = await create();
  await part(id, 1, 'one');
  const again = await part(id, 1, 'two');
  await complete(id, [again]);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  expect(await Body?.transformToString()).toBe('two');
});

test('the checksum is of the whole, or, where asked for, of the parts’ checksums', async () => {
  const whole = await create();
  expect(await complete(whole, [await part(whole, 1, 'test content 123')])).toMatchObject({
    ChecksumType: 'FULL_OBJECT',
    ChecksumCRC64NVME: expect.any(String),
  });
  const composite = await create({ ChecksumAlgorithm: 'CRC32C' });
  const sent = await part(composite, 1, 'test content 123', { ChecksumAlgorithm: 'CRC32C' });
  // Recorded: of a part with CRC32C fwuu0Q==
  const listed = { ...sent, ChecksumCRC32C: 'fwuu0Q==' };
  expect(await complete(composite, [listed])).toMatchObject({
    ChecksumType: 'COMPOSITE',
    ChecksumCRC32C: 'sZB91Q==-1',
  });
});

test('uploads and parts are listed until they are completed or aborted', async () => {
  const id = await create();
  const other = await create({ Key: 'another' });
  await part(id, 2, 'two');
  await part(id, 1, 'one');
  const { Parts, IsTruncated, NextPartNumberMarker } = await s3.send(
    new ListPartsCommand({ Bucket, Key, UploadId: id, MaxParts: 1 }),
  );
  expect([Parts?.map((item) => item.Size), IsTruncated, NextPartNumberMarker]).toEqual([[3], true, '1']);
  const uploads = async () =>
    (await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads?.map((upload) => upload.UploadId);
  expect(await uploads()).toEqual([other, id]);
  await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId: id }));
  expect(await uploads()).toEqual([other]);
});

describe('refusals, as recorded', () => {
  const unknown = /The specified upload does not exist/;
  test.each([
    ['another key', { Key: 'other' }],
    ['an unknown upload', { UploadId: 'fakeid' }],
  ])('%s', async (_, more) => {
    const UploadId = await create();
    const calls = [
      () => s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: '', ...more })),
      () => s3.send(new ListPartsCommand({ Bucket, Key, UploadId, ...more })),
      () => s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId, ...more })),
      () => complete(UploadId, [{ PartNumber: 1 }], more),
    ];
    for (const call of calls) {
      expect(await refusal(call())).toBe('404 NoSuchUpload');
      expect(await message(call())).toMatch(unknown);
    }
  });

  test('parts that are missing, too small, out of order, or none', async () => {
    const id = await create();
    const one = await part(id, 1, 'one');
    const two = await part(id, 2, 'two');
    expect(await refusal(complete(id, []))).toBe('400 InvalidRequest');
    expect(await refusal(complete(id, [two, one]))).toBe('400 InvalidPartOrder');
    expect(await refusal(complete(id, [one, two]))).toBe('400 EntityTooSmall');
    expect(await refusal(complete(id, [{ PartNumber: 3, ETag: one.ETag }]))).toBe('400 InvalidPart');
    expect(await refusal(complete(id, [{ PartNumber: 1, ETag: two.ETag }]))).toBe('400 InvalidPart');
    expect(await refusal(complete(id, [one], { MpuObjectSize: 5 }))).toBe('400 InvalidRequest');
    expect(await refusal(part(id, -1, ''))).toBe('400 InvalidArgument');
  });

  test.each([
    ['CRC64NVME', 'COMPOSITE'],
    ['SHA1', 'FULL_OBJECT'],
    ['SHA256', 'FULL_OBJECT'],
  ] as const)('%s of type %s', async (ChecksumAlgorithm, ChecksumType) => {
    const creating = create({ ChecksumAlgorithm, ChecksumType });
    expect(await message(creating)).toBe(
      `The ${ChecksumType} checksum type cannot be used with the ${ChecksumAlgorithm.toLowerCase()} checksum algorithm.`,
    );
  });

  test('an object that came in between, with If-None-Match', async () => {
    const id = await create();
    const one = await part(id, 1, 'one');
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: '' }));
    expect(await refusal(complete(id, [one], { IfNoneMatch: '*' }))).toBe('412 PreconditionFailed');
  });
});

test('the key of the upload is asked for at each step', async () => {
  const { KeyMetadata } = await aws.kms.send(new CreateKeyCommand({}));
  const SSEKMSKeyId = KeyMetadata?.Arn ?? '';
  const id = await create({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId, BucketKeyEnabled: true });
  const one = await part(id, 1, 'one');
  await aws.kms.send(new DisableKeyCommand({ KeyId: SSEKMSKeyId }));
  expect(await refusal(part(id, 2, 'two'))).toBe('400 KMS.DisabledException');
  expect(await refusal(complete(id, [one]))).toBe('400 KMS.DisabledException');
});

test('SSE-C parts need the key of the upload', async () => {
  await makeBucket(sandbox, 'open', { customerKeys: true });
  const customer = (fill: number) => {
    const key = Buffer.alloc(32, fill);
    return {
      SSECustomerAlgorithm: 'AES256',
      SSECustomerKey: key.toString('base64'),
      SSECustomerKeyMD5: md5(key).toString('base64'),
    };
  };
  const id = await create({ Bucket: 'open', ...customer(1) });
  expect(await refusal(part(id, 1, 'one', { Bucket: 'open' }))).toBe('400 InvalidRequest');
  expect(await message(part(id, 1, 'one', { Bucket: 'open', ...customer(2) }))).toBe(
    'The provided encryption parameters did not match the ones used originally.',
  );
  const one = await part(id, 1, 'one', { Bucket: 'open', ...customer(1) });
  expect(await refusal(complete(id, [one], { Bucket: 'open' }))).toBe('accepted');
});
