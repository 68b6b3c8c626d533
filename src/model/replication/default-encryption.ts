/** How S3 encrypts a new object that does not say how. */
import type { ObjectSnapshot, Snapshot } from '../snapshot.ts';
import { findIn, findKey } from './find.ts';

/** By the default encryption of the source bucket; SSE-S3 where nothing was set (S3 User Guide, default-bucket-encryption). */
export function encryptionOf(snapshot: Snapshot): Pick<ObjectSnapshot, 'encryption' | 'kmsKey' | 'bucketKey'> {
  const { account, bucket: name } = snapshot.source;
  const bucket = findIn(snapshot, account, 'buckets', name);
  const encryption = bucket === null || bucket === 'unknown' ? 'unknown' : bucket.encryption;
  if (encryption === 'unknown') return { encryption, kmsKey: encryption, bucketKey: encryption };
  const rule = encryption?.Rules?.find((one) => one.ApplyServerSideEncryptionByDefault);
  const { SSEAlgorithm = 'AES256', KMSMasterKeyID } = rule?.ApplyServerSideEncryptionByDefault ?? {};
  if (!SSEAlgorithm.startsWith('aws:kms')) return { encryption: 'SSE-S3', kmsKey: null, bucketKey: false };
  const region = bucket === null || bucket === 'unknown' ? 'unknown' : bucket.region;
  // Without a key of its own the default is the AWS managed key.
  const { arn } = findKey(snapshot, KMSMasterKeyID ?? 'alias/aws/s3', account, region);
  const dsse = SSEAlgorithm === 'aws:kms:dsse';
  return {
    encryption: dsse ? 'DSSE-KMS' : 'SSE-KMS',
    kmsKey: arn.startsWith('arn:') ? arn : 'unknown',
    // DSSE-KMS knows no Bucket Keys (S3 User Guide, bucket-key).
    bucketKey: !dsse && (rule?.BucketKeyEnabled ?? false),
  };
}
