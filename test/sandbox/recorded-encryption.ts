import {
  DeleteBucketEncryptionCommand,
  GetBucketEncryptionCommand,
  PutBucketEncryptionCommand,
  type ServerSideEncryptionRule,
} from '@aws-sdk/client-s3';
import type { Clients } from './clients.ts';
import { after, MALFORMED, type RecordedCall } from './recorded-calls.ts';

const MISSING_BUCKET = 'The specified bucket does not exist';
const defaults = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } } as const;
const kms = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' }, BucketKeyEnabled: true } as const;
const putEncryption =
  (Rules: ServerSideEncryptionRule[], Bucket = 'src') =>
  (aws: Clients) =>
    aws.s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
const getEncryption = (Bucket: string) => (aws: Clients) => aws.s3.send(new GetBucketEncryptionCommand({ Bucket }));
const deleteEncryption = (Bucket: string) => (aws: Clients) =>
  aws.s3.send(new DeleteBucketEncryptionCommand({ Bucket }));

/** Calls on default encryption; see recorded-calls.ts. */
export const ENCRYPTION: readonly RecordedCall[] = [
  {
    source: 'test_s3_default_bucket_encryption, default-bucket-encryption',
    what: 'Get of a new bucket',
    answer: '200',
    send: getEncryption('src'),
  },
  {
    source: 'test_s3_default_bucket_encryption, delete-bucket-encryption-idempotent',
    what: 'Delete twice',
    answer: '204',
    send: after(deleteEncryption('src'), deleteEncryption('src')),
  },
  {
    source: 'test_s3_default_bucket_encryption, get-bucket-no-encryption',
    what: 'Get after Delete',
    answer: '200',
    send: after(deleteEncryption('src'), getEncryption('src')),
  },
  {
    source: 'test_s3_bucket_encryption_sse_kms_aws_managed_key, put-bucket-enc',
    what: 'Put of SSE-KMS without a key',
    answer: '200',
    send: putEncryption([kms]),
  },
  ...(
    [
      ['get', getEncryption('nowhere')],
      ['delete', deleteEncryption('nowhere')],
      ['put', putEncryption([defaults], 'nowhere')],
    ] as const
  ).map(([call, send]) => ({
    source: `test_s3_default_bucket_encryption_exc, ${call}-bucket-enc-no-bucket`,
    what: `${call}, no bucket`,
    answer: '404 NoSuchBucket',
    message: MISSING_BUCKET,
    send,
  })),
  {
    source: 'test_s3_default_bucket_encryption_exc, put-bucket-encryption-no-rules',
    what: 'no rule',
    answer: '400 MalformedXML',
    message: MALFORMED,
    send: putEncryption([]),
  },
  {
    source: 'test_s3_default_bucket_encryption_exc, put-bucket-encryption-two-rules',
    what: 'two rules',
    answer: '400 MalformedXML',
    message: MALFORMED,
    send: putEncryption([defaults, defaults]),
  },
  {
    source: 'test_s3_default_bucket_encryption_exc, put-bucket-encryption-kms-with-aes',
    what: 'a key with AES256',
    answer: '400 InvalidArgument',
    message: 'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse',
    send: putEncryption([{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256', KMSMasterKeyID: 'key' } }]),
  },
];
