import {
  type BucketCannedACL,
  type ChecksumAlgorithm,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CopyObjectCommand,
  type CopyObjectCommandInput,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  DeleteObjectCommand,
  type DeleteObjectCommandInput,
  GetObjectAttributesCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  type ObjectCannedACL,
  PutBucketAclCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { Clients } from './clients.ts';
import { after, type RecordedCall } from './recorded-calls.ts';

const Key = 'key';
const PLAIN = { Bucket: 'plain', Key };
const VERSIONED = { Bucket: 'src', Key };
const HELD = 'At least one of the pre-conditions you specified did not hold';
const GONE =
  'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.';
const CONFLICT = 'The conditional request cannot succeed due to a conflicting operation against this resource.';
const FORM =
  'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy';
const LONG_AGO = new Date('2000-01-01');

const put =
  (more: Partial<PutObjectCommandInput> = {}) =>
  ({ s3 }: Clients) =>
    s3.send(new PutObjectCommand({ ...PLAIN, Body: '0123456789', ...more }));
const get =
  (more: Partial<GetObjectCommandInput> = {}) =>
  ({ s3 }: Clients) =>
    s3.send(new GetObjectCommand({ ...PLAIN, ...more }));
const remove =
  (more: Partial<DeleteObjectCommandInput> = {}) =>
  ({ s3 }: Clients) =>
    s3.send(new DeleteObjectCommand({ ...PLAIN, ...more }));
const copy =
  (more: Partial<CopyObjectCommandInput> = {}) =>
  ({ s3 }: Clients) =>
    s3.send(new CopyObjectCommand({ ...PLAIN, CopySource: 'plain/source', ...more }));
const create =
  (more: Partial<CreateMultipartUploadCommandInput> = {}) =>
  ({ s3 }: Clients) =>
    s3.send(new CreateMultipartUploadCommand({ ...PLAIN, ...more }));

/** Begins an upload with the part `abc`; between that and its completion something else may happen. */
const upload =
  (
    more: Partial<CompleteMultipartUploadCommandInput>,
    begun: Partial<CreateMultipartUploadCommandInput> = {},
    listed: object = {},
    meanwhile: (aws: Clients) => Promise<unknown> = async () => {},
  ) =>
  async (aws: Clients) => {
    const { UploadId } = await create(begun)(aws);
    const ChecksumAlgorithm = begun.ChecksumAlgorithm ?? 'CRC32';
    const Body = 'abc';
    const command = new UploadPartCommand({ ...PLAIN, UploadId, PartNumber: 1, Body, ChecksumAlgorithm });
    const { ETag } = await aws.s3.send(command);
    await meanwhile(aws);
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag, ...listed }] };
    return aws.s3.send(new CompleteMultipartUploadCommand({ ...PLAIN, UploadId, MultipartUpload, ...more }));
  };
const copyPart = (more: object) => async (aws: Clients) => {
  await put({ Key: 'source' })(aws);
  const { UploadId } = await create()(aws);
  const from = { CopySource: 'plain/source', PartNumber: 1 };
  return aws.s3.send(new UploadPartCopyCommand({ ...PLAIN, UploadId, ...from, ...more }));
};
const ofUnknown = (command: (ids: { UploadId: string }) => UploadPartCommand | CompleteMultipartUploadCommand) => {
  return ({ s3 }: Clients) => {
    const one = command({ UploadId: 'fakeid' });
    return one instanceof UploadPartCommand ? s3.send(one) : s3.send(one);
  };
};
const composite = { ChecksumAlgorithm: 'CRC32', ChecksumType: 'COMPOSITE' } as const;
const full = { ChecksumAlgorithm: 'CRC32C', ChecksumType: 'FULL_OBJECT' } as const;
const etagOf = (body: { ETag?: string | undefined }) => body.ETag ?? '';

const refused = (source: string, what: string, answer: string, send: RecordedCall['send'], message?: string) => ({
  source,
  what,
  answer,
  send,
  ...(message === undefined ? {} : { message }),
});

const PARTS = 'test_multipart_parts_checksum_exceptions';
const NO_PART = 'One or more of the specified parts could not be found.';

/** Refused calls on objects; see recorded-calls.ts. */
export const OBJECTS: readonly RecordedCall[] = [
  ...(
    [
      ['0-8', '400 InvalidArgument', FORM],
      ['bytes=1-0', '400 InvalidArgument', FORM],
      ['bytes=-', '400 InvalidArgument', FORM],
      ['bytes=1-', '400 InvalidArgument', FORM],
      ['bytes=0-100', '400 InvalidArgument', 'Range specified is not valid for source object of size: 10'],
      ['bytes=100-200', '400 InvalidRequest', 'The specified copy range is invalid for the source object size'],
    ] as const
  ).map(([CopySourceRange, answer, words]) =>
    refused('test_upload_part_copy_range', CopySourceRange, answer, copyPart({ CopySourceRange }), words),
  ),
  refused(
    'test_upload_part_copy_with_copy_source_if_match_failed',
    'a part of a source with another ETag',
    '412 PreconditionFailed',
    copyPart({ CopySourceIfMatch: '"other"' }),
    HELD,
  ),
  refused(
    'test_upload_part_copy_with_copy_source_if_unmodified_since_match_failed',
    'a part of a source that is newer',
    '412 PreconditionFailed',
    copyPart({ CopySourceIfUnmodifiedSince: LONG_AGO }),
    HELD,
  ),
  refused(
    `${PARTS}_composite, create-mpu-wrong-checksum-algo`,
    'an upload with an unknown checksum',
    '400 InvalidRequest',
    create({ ChecksumAlgorithm: 'TEST' as ChecksumAlgorithm }),
    'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
  ),
  refused(
    `${PARTS}_composite, create-mpu-no-checksum-algo-with-type`,
    'an upload with a type of checksum alone',
    '400 InvalidRequest',
    create({ ChecksumType: 'COMPOSITE' }),
    'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
  ),
  refused(
    `${PARTS}_composite, complete-part-with-checksum`,
    'a part that is listed with another algorithm',
    '400 BadDigest',
    upload({}, composite, { ChecksumSHA256: 'ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=' }),
    'The sha256 you specified for part 1 did not match what we received.',
  ),
  refused(
    `${PARTS}_composite, complete-part-with-bad-checksum-type`,
    'a composite upload completed as a whole one',
    '400 InvalidRequest',
    upload({ ChecksumType: 'FULL_OBJECT' }, composite, { ChecksumCRC32: 'NSRBwg==' }),
    'The upload was created using the COMPOSITE checksum mode.',
  ),
  refused(
    'test_complete_multipart_parts_checksum_composite, complete-multipart-no-checksum',
    'a composite upload without the checksums of its parts',
    '400 InvalidRequest',
    upload({}, composite),
    'The complete request must include the checksum for each part. It was missing for part 1 in the request.',
  ),
  refused(
    'test_complete_multipart_parts_checksum_composite, complete-multipart-wrong-parts-checksum',
    'a part that is listed with a wrong checksum',
    '400 InvalidPart',
    upload({}, composite, { ChecksumCRC32: 'TBHN8A==' }),
    NO_PART,
  ),
  refused(
    `${PARTS}_full_object, complete-part-bad-checksum-type`,
    'a whole upload completed as a composite one',
    '400 InvalidRequest',
    upload({ ChecksumType: 'COMPOSITE' }, full),
    'The upload was created using the FULL_OBJECT checksum mode.',
  ),
  refused(
    `${PARTS}_full_object, complete-part-good-checksum-no-type`,
    'the right checksum of the whole without its type',
    '400 BadDigest',
    upload({ ChecksumCRC32C: 'Nks/tw==' }, full),
    'The crc32c you specified did not match the calculated checksum.',
  ),
  refused(
    `${PARTS}_full_object, complete-part-bad-checksum`,
    'a wrong checksum of the whole',
    '400 BadDigest',
    upload({ ChecksumCRC32C: 'fwuu0Q==', ChecksumType: 'FULL_OBJECT' }, full),
    'The crc32c you specified did not match the calculated checksum.',
  ),
  refused(
    'test_complete_multipart_parts_checksum_default, complete-multipart-parts-checksum',
    'a checksum of a part in an upload without',
    '400 InvalidPart',
    upload({}, {}, { ChecksumCRC32: 'NSRBwg==' }),
    NO_PART,
  ),
  refused(
    'test_complete_multipart_parts_checksum_default, complete-multipart-full-object-type',
    'a type of checksum for an upload without',
    '400 InvalidRequest',
    upload({ ChecksumType: 'FULL_OBJECT' }),
    'The upload was created using the null checksum mode.',
  ),
  refused(
    'test_multipart_size_validation',
    'another size than was uploaded',
    '400 InvalidRequest',
    upload({ MpuObjectSize: 5 }),
    "The provided 'x-amz-mp-object-size' header value 5 does not match what was computed: 3",
  ),
  refused(
    'test_multipart_no_such_upload, upload-exc',
    'a part of an unknown upload',
    '404 NoSuchUpload',
    ofUnknown((ids) => new UploadPartCommand({ ...PLAIN, ...ids, PartNumber: 1, Body: '' })),
    GONE,
  ),
  refused(
    'test_multipart_no_such_upload, complete-exc',
    'the end of an unknown upload',
    '404 NoSuchUpload',
    ofUnknown(
      (ids) =>
        new CompleteMultipartUploadCommand({ ...PLAIN, ...ids, MultipartUpload: { Parts: [{ PartNumber: 1 }] } }),
    ),
    GONE,
  ),
  refused(
    'test_multipart_if_none_match_with_put',
    'an object that came during an upload, If-None-Match',
    '412 PreconditionFailed',
    upload({ IfNoneMatch: '*' }, {}, {}, put()),
    HELD,
  ),
  refused(
    'test_multipart_if_none_match_with_delete',
    'an object that went during an upload, If-None-Match',
    '409 ConditionalRequestConflict',
    after(put(), upload({ IfNoneMatch: '*' }, {}, {}, remove())),
    CONFLICT,
  ),
  refused(
    'test_multipart_if_match_with_put, complete-multipart-if-match-put-before',
    'an object that came during an upload, If-Match with the one before',
    '412 PreconditionFailed',
    async (aws) => {
      const IfMatch = etagOf(await put({ Body: 'before' })(aws));
      return upload({ IfMatch }, {}, {}, put())(aws);
    },
    HELD,
  ),
  refused(
    'test_multipart_if_match_with_put, complete-multipart-if-match-put-during',
    'an object that came during an upload, If-Match with it',
    '409 ConditionalRequestConflict',
    after(put(), upload({ IfMatch: '"781e5e245d69b566979b86e28d23f2c7"' }, {}, {}, put())),
    CONFLICT,
  ),
  refused(
    'test_multipart_if_match_with_delete, complete-multipart-after-del',
    'an object that went during an upload, If-Match',
    '404 NoSuchKey',
    after(put(), upload({ IfMatch: '"781e5e245d69b566979b86e28d23f2c7"' }, {}, {}, remove())),
    'The specified key does not exist.',
  ),
  refused(
    'test_multipart_if_match_with_delete, complete-multipart-if-match-after-put',
    'an object that went and came back during an upload, If-Match',
    '409 ConditionalRequestConflict',
    after(put(), upload({ IfMatch: '"781e5e245d69b566979b86e28d23f2c7"' }, {}, {}, after(remove(), put()))),
    CONFLICT,
  ),
  refused(
    'test_put_object_if_none_match',
    'a new object that is there',
    '412 PreconditionFailed',
    after(put(), put({ IfNoneMatch: '*' })),
    HELD,
  ),
  refused(
    'test_put_object_if_none_match_validation',
    'a new object under an ETag',
    '501 NotImplemented',
    after(put(), put({ IfNoneMatch: 'etag' })),
    'A header you provided implies functionality that is not implemented',
  ),
  refused(
    'test_put_object_if_match_validation',
    'a change of an object that is not there',
    '404 NoSuchKey',
    put({ IfMatch: 'etag' }),
  ),
  refused(
    'test_precondition_failed_error',
    'an object with another ETag',
    '412 PreconditionFailed',
    after(put(), get({ IfMatch: '"other"' })),
    HELD,
  ),
  refused(
    'test_delete_object_if_match_non_express',
    'the deletion of another ETag',
    '412 PreconditionFailed',
    after(put(), remove({ IfMatch: '"other"' })),
    HELD,
  ),
  refused(
    'test_delete_object_if_match_modified_non_express',
    'the deletion of what was last modified then',
    '501 NotImplemented',
    after(put(), remove({ IfMatchLastModifiedTime: LONG_AGO })),
    'A header you provided implies functionality that is not implemented',
  ),
  refused(
    'test_delete_object_if_match_size_non_express',
    'the deletion of what has this size',
    '501 NotImplemented',
    after(put(), remove({ IfMatchSize: 10 })),
    'A header you provided implies functionality that is not implemented',
  ),
  refused(
    'test_delete_object_versioned, delete-with-bad-version',
    'the deletion of what is no version',
    '400 InvalidArgument',
    remove({ ...VERSIONED, VersionId: 'bad' }),
    'Invalid version id specified',
  ),
  refused(
    'test_delete_object_with_no_locking',
    'a bypass without Object Lock',
    '400 InvalidArgument',
    remove({ BypassGovernanceRetention: true }),
    'x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.',
  ),
  refused(
    'test_get_object_attributes_versioned, deleted-object-attrs',
    'attributes of what is deleted',
    '404 NoSuchKey',
    after(put(VERSIONED), remove(VERSIONED), ({ s3 }) =>
      s3.send(new GetObjectAttributesCommand({ ...VERSIONED, ObjectAttributes: ['ETag'] })),
    ),
    'The specified key does not exist.',
  ),
  refused(
    'test_s3_copy_object_src_not_exists, copy-object-src-bucket-not-exists',
    'a copy from no bucket',
    '404 NoSuchBucket',
    copy({ CopySource: 'nowhere-at-all/key' }),
    'The specified bucket does not exist',
  ),
  refused(
    'test_s3_copy_object_src_not_exists, copy-object-src-object-not-exists',
    'a copy of no object',
    '404 NoSuchKey',
    copy(),
    'The specified key does not exist.',
  ),
  refused(
    'test_s3_copy_object_wrong_format',
    'a copy of no key',
    '400 InvalidArgument',
    copy({ CopySource: 'wrongformat' }),
    'Invalid copy source object key',
  ),
  refused(
    'test_s3_object_acl_exceptions, put-object-canned-acl',
    'an object with an unknown ACL',
    '400 InvalidArgument',
    put({ ACL: 'fake-acl' as ObjectCannedACL }),
  ),
  refused(
    'test_s3_object_acl_exceptions, put-object-two-type-acl',
    'the ACL of an object in two ways',
    '400 InvalidRequest',
    after(put(), ({ s3 }) =>
      s3.send(new PutObjectAclCommand({ ...PLAIN, ACL: 'public-read', GrantRead: `id="${'0'.repeat(64)}"` })),
    ),
    'Specifying both Canned ACLs and Header Grants is not allowed',
  ),
  refused(
    'test_s3_bucket_acl_exceptions, put-bucket-canned-acl',
    'a bucket with an unknown ACL',
    '400 InvalidArgument',
    ({ s3 }) => s3.send(new PutBucketAclCommand({ Bucket: 'plain', ACL: 'fake-acl' as BucketCannedACL })),
  ),
  refused(
    'test_s3_bucket_acl_exceptions, put-bucket-two-type-acl',
    'the ACL of a bucket in two ways',
    '400 InvalidRequest',
    ({ s3 }) =>
      s3.send(new PutBucketAclCommand({ Bucket: 'plain', ACL: 'public-read', GrantRead: `id="${'0'.repeat(64)}"` })),
    'Specifying both Canned ACLs and Header Grants is not allowed',
  ),
  refused(
    'test_s3_bucket_acl_exceptions, put-bucket-two-type-acl-acp',
    'the ACL of a bucket in a header and a document',
    '400 UnexpectedContent',
    ({ s3 }) =>
      s3.send(
        new PutBucketAclCommand({
          Bucket: 'plain',
          ACL: 'public-read',
          AccessControlPolicy: { Grants: [], Owner: { ID: '0'.repeat(64) } },
        }),
      ),
    'This request does not support content',
  ),
];
