/** The checksums of uploads in parts, their parts and copies: values and refusals as recorded (`TestS3MultipartUploadChecksum`). */
import { createHash } from 'node:crypto';
import {
  type ChecksumAlgorithm,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type ObjectAttributes,
  PutObjectCommand,
  UploadPartCommand,
  type UploadPartCommandInput,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { type Clients, clientsOf, message, refusal } from '../clients.ts';
import { makeBucket } from '../make-bucket.ts';

const Bucket = 'bucket';
const Key = 'key';

let sandbox: Sandbox;
let s3: Clients['s3'];

beforeEach(async () => {
  sandbox = await openSandbox();
  ({ s3 } = clientsOf(sandbox));
  await makeBucket(sandbox, Bucket, { versioning: 'Enabled' });
});

const create = async (more: Partial<CreateMultipartUploadCommandInput> = {}) =>
  (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }))).UploadId ?? '';
const part = (UploadId: string, PartNumber: number, Body: string, more: Partial<UploadPartCommandInput> = {}) =>
  s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ...more }));
const complete = (
  UploadId: string,
  Parts: readonly CompletedPart[],
  more: Partial<CompleteMultipartUploadCommandInput> = {},
) =>
  s3.send(
    new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: [...Parts] }, ...more }),
  );
const attributes = async () => {
  const ObjectAttributes: ObjectAttributes[] = ['Checksum', 'ObjectParts'];
  return s3.send(new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes }));
};

describe('an object of three parts', () => {
  const sizes = [5_242_881, 5_242_881, 10];
  const partSums = ['NRU+Sw==', 'NRU+Sw==', 'TBHN8A=='];
  const uploaded = async (ChecksumType: 'COMPOSITE' | 'FULL_OBJECT') => {
    const id = await create({ ChecksumAlgorithm: 'CRC32', ChecksumType });
    const parts: CompletedPart[] = [];
    for (const [index, size] of sizes.entries()) {
      const { ETag, ChecksumCRC32 } = await part(id, index + 1, 'a'.repeat(size), { ChecksumAlgorithm: 'CRC32' });
      parts.push({ PartNumber: index + 1, ETag, ChecksumCRC32 });
    }
    expect(parts.map(({ ChecksumCRC32 }) => ChecksumCRC32)).toEqual(partSums);
    return { id, parts };
  };
  const third = { Bucket, Key, PartNumber: 3, ChecksumMode: 'ENABLED' } as const;

  test('has the checksum of its parts’ checksums, and shows each (test_complete_multipart_parts_checksum_composite)', async () => {
    const { id, parts } = await uploaded('COMPOSITE');
    const [first, ...others] = parts;
    expect(await refusal(complete(id, [{ ...first, ChecksumCRC32: 'TBHN8A==' }, ...others]))).toBe('400 InvalidPart');
    const bare = parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
    expect(await message(complete(id, bare))).toBe(
      'The upload was created using a crc32 checksum. The complete request must include the checksum for each part. It was missing for part 1 in the request.',
    );
    const done = await complete(id, parts);
    const ETag = '"4d45984fc3feb2ac9b22683c49674b56-3"';
    expect(done).toMatchObject({ ChecksumCRC32: '5FRUiw==-3', ChecksumType: 'COMPOSITE', ETag });
    expect(await attributes()).toMatchObject({
      Checksum: { ChecksumCRC32: '5FRUiw==', ChecksumType: 'COMPOSITE' },
      ObjectParts: {
        TotalPartsCount: 3,
        IsTruncated: false,
        MaxParts: 1000,
        NextPartNumberMarker: '3',
        Parts: sizes.map((Size, index) => ({ PartNumber: index + 1, Size, ChecksumCRC32: partSums[index] })),
      },
    });
    const second = new GetObjectAttributesCommand({
      Bucket,
      Key,
      ObjectAttributes: ['ObjectParts'],
      MaxParts: 1,
      PartNumberMarker: '1',
    });
    const { ObjectParts } = await s3.send(second);
    expect([ObjectParts?.IsTruncated, ObjectParts?.Parts?.map((one) => one.PartNumber)]).toEqual([true, [2]]);
    const shown = { ChecksumCRC32: 'TBHN8A==', ChecksumType: 'COMPOSITE', ContentLength: 10, PartsCount: 3 };
    expect(await s3.send(new HeadObjectCommand(third))).toMatchObject(shown);
    expect(await s3.send(new GetObjectCommand(third))).toMatchObject(shown);
    const copy = await s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/${Key}` }));
    expect(copy.CopyObjectResult).toMatchObject({ ChecksumCRC32: 'qSEQSA==', ChecksumType: 'FULL_OBJECT' });
  });

  test('or that of the whole, and of parts only their number (test_complete_multipart_parts_checksum_full_object)', async () => {
    const { id, parts } = await uploaded('FULL_OBJECT');
    const done = await complete(id, parts);
    expect(done).toMatchObject({ ChecksumCRC32: 'qSEQSA==', ChecksumType: 'FULL_OBJECT' });
    const shown = await attributes();
    expect(shown.ObjectParts).toEqual({ TotalPartsCount: 3 });
    const head = await s3.send(new HeadObjectCommand(third));
    expect([head.ContentLength, head.PartsCount, head.ChecksumCRC32, head.ChecksumType]).toEqual([
      10,
      3,
      undefined,
      undefined,
    ]);
  });
});

describe('an upload of one part', () => {
  /** The part `abc`, without a checksum of the client. */
  const abc = async (id: string, algorithm: ChecksumAlgorithm) => {
    const { ETag, ...answer } = await part(id, 1, 'abc', { ChecksumAlgorithm: algorithm });
    return { PartNumber: 1, ETag, CRC32: answer.ChecksumCRC32, CRC32C: answer.ChecksumCRC32C };
  };

  test('keeps the checksum type that it was begun with (test_multipart_parts_checksum_exceptions_composite)', async () => {
    const id = await create({ ChecksumAlgorithm: 'CRC32', ChecksumType: 'COMPOSITE' });
    const { PartNumber, ETag, CRC32 } = await abc(id, 'CRC32');
    expect(CRC32).toBe('NSRBwg==');
    const sha256 = complete(id, [{ PartNumber, ETag, ChecksumSHA256: CRC32 }]);
    expect(await message(sha256)).toBe('The sha256 you specified for part 1 did not match what we received.');
    const listed = [{ PartNumber, ETag, ChecksumCRC32: CRC32 }];
    expect(await message(complete(id, listed, { ChecksumType: 'FULL_OBJECT' }))).toBe(
      'The upload was created using the COMPOSITE checksum mode. The complete request must use the same checksum mode.',
    );
    expect(await refusal(complete(id, listed, { ChecksumCRC32: 'NSRBwg==-1' }))).toBe('400 BadDigest');
    expect(await refusal(complete(id, listed, { ChecksumType: 'COMPOSITE' }))).toBe('accepted');
    const other = await create({ ChecksumAlgorithm: 'SHA256' });
    expect(await message(abc(other, 'CRC32'))).toBe(
      'Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: crc32',
    );
  });

  test('is compared with the checksum of the whole (test_multipart_parts_checksum_exceptions_full_object)', async () => {
    const id = await create({ ChecksumAlgorithm: 'CRC32C', ChecksumType: 'FULL_OBJECT' });
    const { PartNumber, ETag, CRC32C } = await abc(id, 'CRC32C');
    expect(CRC32C).toBe('Nks/tw==');
    const listed = [{ PartNumber, ETag }];
    expect(await message(complete(id, listed, { ChecksumType: 'COMPOSITE' }))).toBe(
      'The upload was created using the FULL_OBJECT checksum mode. The complete request must use the same checksum mode.',
    );
    const wrong = [
      { ChecksumCRC32C: 'Nks/tw==' },
      { ChecksumCRC32C: 'fwuu0Q==', ChecksumType: 'FULL_OBJECT' },
      { ChecksumSHA256: 'Nks/tw==', ChecksumType: 'FULL_OBJECT' },
    ] as const;
    for (const more of wrong) {
      const words = 'The crc32c you specified did not match the calculated checksum.';
      expect(await message(complete(id, listed, more))).toBe(words);
    }
    const right = { ChecksumCRC32C: 'Nks/tw==', ChecksumType: 'FULL_OBJECT' } as const;
    const ETagOfAll = '"af5da9f45af7a300e3aded972f8ff687-1"';
    expect(await complete(id, listed, right)).toMatchObject({ ChecksumCRC32C: 'Nks/tw==', ETag: ETagOfAll });
  });

  test('without an algorithm takes none in the list (test_complete_multipart_parts_checksum_default)', async () => {
    const id = await create();
    const { PartNumber, ETag, CRC32C } = await abc(id, 'CRC32C');
    expect(await refusal(complete(id, [{ PartNumber, ETag, ChecksumCRC32C: CRC32C }]))).toBe('400 InvalidPart');
    expect(await message(complete(id, [{ PartNumber, ETag }], { ChecksumType: 'FULL_OBJECT' }))).toBe(
      'The upload was created using the null checksum mode. The complete request must use the same checksum mode.',
    );
    const done = await complete(id, [{ PartNumber, ETag }]);
    expect([done.ChecksumType, done.ChecksumCRC64NVME === undefined]).toEqual(['FULL_OBJECT', false]);
  });

  test('shows the checksum of the part and of the whole (test_get_object_part_checksum)', async () => {
    const whole = { Bucket, Key, ChecksumMode: 'ENABLED' } as const;
    for (const [ChecksumType, all] of [
      ['COMPOSITE', 'sZB91Q==-1'],
      ['FULL_OBJECT', 'fwuu0Q=='],
    ] as const) {
      const id = await create({ ChecksumAlgorithm: 'CRC32C', ChecksumType });
      const { ETag, ChecksumCRC32C } = await part(id, 1, 'test content 123', { ChecksumAlgorithm: 'CRC32C' });
      await complete(id, [{ PartNumber: 1, ETag, ChecksumCRC32C }]);
      const head = await s3.send(new HeadObjectCommand({ ...whole, PartNumber: 1 }));
      expect([head.ChecksumCRC32C, head.ChecksumType]).toEqual(['fwuu0Q==', ChecksumType]);
      expect((await s3.send(new HeadObjectCommand(whole))).ChecksumCRC32C).toBe(all);
    }
  });

  test.each([
    [{ ChecksumAlgorithm: 'MD4' as ChecksumAlgorithm }, /valid types: \[CRC32, CRC32C, CRC64NVME, SHA1, SHA256\]$/],
    [{ ChecksumType: 'COMPOSITE' as const }, /can only be used with the x-amz-checksum-algorithm header\.$/],
  ])('is not begun with %o', async (more, words) => {
    expect(await message(create(more))).toMatch(words);
  });

  test('may be completed once more, as a client does that has not had the answer', async () => {
    const id = await create();
    const { PartNumber, ETag } = await abc(id, 'CRC32');
    const once = await complete(id, [{ PartNumber, ETag }], { IfNoneMatch: '*' });
    const { $metadata: _, ...again } = await complete(id, [{ PartNumber, ETag }], { IfNoneMatch: '*' });
    expect(once).toMatchObject(again);
    expect(again.VersionId).toMatch(/^.{32}$/);
    expect(sandbox.state.buckets[Bucket]?.objects[Key]).toHaveLength(1);
    expect(await refusal(part(id, 2, 'more'))).toBe('404 NoSuchUpload');
    expect(await refusal(complete(id, [{ PartNumber, ETag }], { Key: 'other' }))).toBe('404 NoSuchUpload');
  });
});

describe('a copy', () => {
  const Body = 'test content 123';
  const sha = (name: string) => createHash(name).update(Body).digest('base64');
  const copy = async (ChecksumAlgorithm?: ChecksumAlgorithm) => {
    const more = ChecksumAlgorithm === undefined ? {} : { ChecksumAlgorithm };
    return s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/${Key}`, ...more }));
  };

  test('has the checksum that is asked for (test_s3_copy_object_with_checksum), or the source’s', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body, ChecksumAlgorithm: 'SHA1' }));
    expect((await copy()).CopyObjectResult).toMatchObject({ ChecksumSHA1: sha('sha1'), ChecksumType: 'FULL_OBJECT' });
    expect((await copy('CRC32C')).CopyObjectResult).toMatchObject({ ChecksumCRC32C: 'fwuu0Q==' });
    expect((await copy('SHA256')).CopyObjectResult).toMatchObject({ ChecksumSHA256: sha('sha256') });
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'copy', ChecksumMode: 'ENABLED' }));
    expect([head.ChecksumSHA256, head.ChecksumSHA1]).toEqual([sha('sha256'), undefined]);
    expect(await refusal(copy('MD4' as ChecksumAlgorithm))).toBe('400 InvalidRequest');
  });
});
