import type { ServerSideEncryptionRule } from '@aws-sdk/client-s3';
import { isArn } from '../../aws/arn.ts';
import type { BucketSnapshot, Found, Known, ObjectSnapshot, Snapshot } from '../snapshot.ts';
import { findIn, findKey, settingOf } from './find.ts';

/** By the default encryption of the source bucket; SSE-S3 where nothing was set (S3 User Guide, default-bucket-encryption). */
export function encryptionOf(snapshot: Snapshot): Pick<ObjectSnapshot, 'encryption' | 'kmsKey' | 'bucketKey'> {
  const { account, bucket: name } = snapshot.source;
  const bucket = findIn(snapshot, account, 'buckets', name);
  const key = defaultKey(bucket);
  if (key === 'unknown') return { encryption: key, kmsKey: key, bucketKey: key };
  if (key === null) return { encryption: 'SSE-S3', kmsKey: null, bucketKey: false };
  const { encryption, id, bucketKey } = key;
  const { arn } = findKey(snapshot, id ?? 'alias/aws/s3', account, settingOf(bucket, 'region'));
  return { encryption, kmsKey: isArn(arn) ? arn : 'unknown', bucketKey };
}

export interface DefaultKey {
  readonly encryption: 'SSE-KMS' | 'DSSE-KMS';
  /** Undefined: the AWS managed key. */
  readonly id: string | undefined;
  readonly bucketKey: boolean;
}

type Encrypting = Pick<BucketSnapshot, 'encryption'>;

/** Null where the default is SSE-S3. */
export function defaultKey(bucket: Found<Encrypting>): Found<DefaultKey> {
  const rules = encryptionRules(bucket);
  if (rules === 'unknown') return rules;
  const rule = rules.find((one) => one.ApplyServerSideEncryptionByDefault?.SSEAlgorithm?.startsWith('aws:kms'));
  if (!rule?.ApplyServerSideEncryptionByDefault) return null;
  const { SSEAlgorithm, KMSMasterKeyID: id } = rule.ApplyServerSideEncryptionByDefault;
  // DSSE-KMS knows no Bucket Keys (S3 User Guide, bucket-key).
  if (SSEAlgorithm === 'aws:kms:dsse') return { encryption: 'DSSE-KMS', id, bucketKey: false };
  return { encryption: 'SSE-KMS', id, bucketKey: rule.BucketKeyEnabled === true };
}

export function encryptionRules(bucket: Found<Encrypting>): Known<readonly ServerSideEncryptionRule[]> {
  const encryption = bucket === null || bucket === 'unknown' ? 'unknown' : bucket.encryption;
  if (encryption === 'unknown') return encryption;
  const rules: unknown = encryption?.Rules ?? [];
  return Array.isArray(rules) ? rules : 'unknown';
}
