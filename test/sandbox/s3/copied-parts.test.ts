/** UploadPartCopy, as recorded (`test_upload_part_copy_…`, `test_multipart_upload_part_copy_checksum`). */
import { CreateKeyCommand, DisableKeyCommand } from '@aws-sdk/client-kms';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  DeleteObjectCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCopyCommand,
  type UploadPartCopyCommandInput,
} from '@aws-sdk/client-s3';
import { beforeEach, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { type Clients, clientsOf, message, OTHER, refusal, sessionOf } from '../clients.ts';
import { makeBucket } from '../make-bucket.ts';

const Bucket = 'bucket';
const Key = 'key';

let sandbox: Sandbox;
let aws: Clients;
let s3: Clients['s3'];

beforeEach(async () => {
  sandbox = await openSandbox();
  aws = clientsOf(sandbox);
  ({ s3 } = aws);
  await makeBucket(sandbox, Bucket, { versioning: 'Enabled' });
});

const put = (Body: string, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key: 'source', Body, ...more }));
const create = async (more: Partial<CreateMultipartUploadCommandInput> = {}) =>
  (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }))).UploadId ?? '';
const copy = (
  UploadId: string,
  PartNumber: number,
  CopySourceRange?: string,
  more: Partial<UploadPartCopyCommandInput> = {},
  client = s3,
) =>
  client.send(
    new UploadPartCopyCommand({
      Bucket,
      Key,
      UploadId,
      PartNumber,
      CopySource: `${Bucket}/source`,
      ...(CopySourceRange === undefined ? {} : { CopySourceRange }),
      ...more,
    }),
  );

test('a part is an object, or bytes of it', async () => {
  await put('0123456789');
  const id = await create();
  const etags = await Promise.all(
    [undefined, 'bytes=0-8', 'bytes=1-1', 'bytes=0-0'].map(async (range, index) => {
      return (await copy(id, index + 1, range)).CopyPartResult?.ETag;
    }),
  );
  expect(etags).toEqual(
    [
      '781e5e245d69b566979b86e28d23f2c7',
      '22975d8a5ed1b91445f6c55ac121505b',
      'c4ca4238a0b923820dcc509a6f75849b',
      'cfcd208495d565ef66e7dff9f98764da',
    ].map((etag) => `"${etag}"`),
  );
  const { Parts } = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId: id }));
  expect(Parts?.map((part) => part.Size)).toEqual([10, 9, 1, 1]);
  const MultipartUpload = { Parts: [{ PartNumber: 2, ETag: etags[1] }] };
  await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId: id, MultipartUpload }));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  expect(await Body?.transformToString()).toBe('012345678');
});

const FORM = /must be of the form bytes=first-last where first and last are the zero-based offsets/;
test.each([
  ['0-8', '400 InvalidArgument', FORM],
  ['bytes=1-0', '400 InvalidArgument', FORM],
  ['bytes=-1-', '400 InvalidArgument', FORM],
  ['bytes=0--1', '400 InvalidArgument', FORM],
  ['bytes=0-1,3-4,7-9', '400 InvalidArgument', FORM],
  ['bytes=-', '400 InvalidArgument', FORM],
  ['bytes=-0', '400 InvalidArgument', FORM],
  ['bytes=1-', '400 InvalidArgument', FORM],
  ['bytes=-15', '400 InvalidArgument', FORM],
  ['bytes=0-100', '400 InvalidArgument', /^Range specified is not valid for source object of size: 10$/],
  ['bytes=100-200', '400 InvalidRequest', /^The specified copy range is invalid for the source object size$/],
] as const)('the range %s is refused: %s', async (range, answer, words) => {
  await put('0123456789');
  const id = await create();
  expect(await refusal(copy(id, 1, range))).toBe(answer);
  expect(await message(copy(id, 1, range))).toMatch(words);
});

test.each([
  ['COMPOSITE', 'F9bAnw==-1', [{ PartNumber: 1, Size: 14, ChecksumCRC32C: 'iqJrOQ==' }]],
  ['FULL_OBJECT', 'iqJrOQ==', undefined],
] as const)('the checksum of a copied part is of the upload’s algorithm: %s', async (ChecksumType, all, Parts) => {
  await put('this is a part');
  const id = await create({ ChecksumAlgorithm: 'CRC32C', ChecksumType });
  const { CopyPartResult: part } = await copy(id, 1);
  expect(part).toMatchObject({ ChecksumCRC32C: 'iqJrOQ==', ETag: '"11df95d595559285eb2b042124e74f09"' });
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag: part?.ETag, ChecksumCRC32C: part?.ChecksumCRC32C }] };
  const done = await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId: id, MultipartUpload }));
  expect(done).toMatchObject({ ChecksumCRC32C: all, ETag: '"395d97c07920de036bfa21e7568a2e9f-1"' });
  const shown = await s3.send(new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: ['ObjectParts'] }));
  expect([shown.ObjectParts?.TotalPartsCount, shown.ObjectParts?.Parts]).toEqual([1, Parts]);
});

test('conditions are about the source', async () => {
  const { ETag } = await put('0123456789');
  const id = await create();
  const before = new Date(Date.now() - 86_400_000);
  expect(await refusal(copy(id, 1, undefined, { CopySourceIfMatch: '"other"' }))).toBe('412 PreconditionFailed');
  expect(await refusal(copy(id, 1, undefined, { CopySourceIfNoneMatch: ETag }))).toBe('412 PreconditionFailed');
  expect(await refusal(copy(id, 1, undefined, { CopySourceIfUnmodifiedSince: before }))).toBe('412 PreconditionFailed');
  expect(await refusal(copy(id, 1, undefined, { CopySourceIfMatch: ETag, CopySourceIfUnmodifiedSince: before }))).toBe(
    'accepted',
  );
});

test('a version is copied that is not the current one, and named in the answer', async () => {
  const { VersionId } = await put('first');
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'source' }));
  const id = await create();
  expect(await refusal(copy(id, 1))).toBe('404 NoSuchKey');
  const answer = await copy(id, 1, undefined, { CopySource: `${Bucket}/source?versionId=${VersionId}` });
  expect(answer.CopySourceVersionId).toBe(VersionId);
  expect(await refusal(copy('none', 1))).toBe('404 NoSuchUpload');
});

test('who copies may write here and read there, and use both keys', async () => {
  const { KeyMetadata } = await aws.kms.send(new CreateKeyCommand({}));
  const KeyId = KeyMetadata?.Arn ?? '';
  await put('secret', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KeyId });
  const id = await create();
  expect(await refusal(copy(id, 1, undefined, {}, clientsOf(sandbox, OTHER).s3))).toBe('403 AccessDenied');
  const Statement = [{ Effect: 'Allow', Action: 's3:PutObject', Resource: '*' }];
  const writer = await sessionOf(sandbox, 'writer', { inline: { Version: '2012-10-17', Statement } });
  expect(await message(copy(id, 1, undefined, {}, clientsOf(sandbox, writer).s3))).toMatch('s3:GetObject');
  expect(await refusal(copy(id, 1))).toBe('accepted');
  await aws.kms.send(new DisableKeyCommand({ KeyId }));
  expect(await refusal(copy(id, 1))).toBe('400 KMS.DisabledException');
});
