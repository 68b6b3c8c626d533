import { useKey } from '../kms/use-key.ts';
import { arnOfBucket, type Bucket } from '../store/state.ts';
import { AwsError } from '../wire/errors.ts';
import type { Operation } from '../wire/operation.ts';
import { accessDenied } from './request.ts';
import type { ObjectEncryption } from './stored-object.ts';

/** An encryption with a KMS key. */
export type KmsEncryption = Extract<ObjectEncryption, { keyArn: string }>;

/**
 * The encryption context that S3 gives KMS: with a Bucket Key the bucket's ARN, without one the object's (S3 User Guide,
 * "Encryption context"), and what the writer added.
 */
function encryptionContextOf(bucket: Bucket, key: string, encryption: KmsEncryption): Record<string, string> {
  const arn = arnOfBucket(bucket);
  return { ...encryption.context, 'aws:s3:arn': encryption.bucketKey ? arn : `${arn}/${key}` };
}

/** The endpoint that `kms:ViaService` names: S3's in the Region of the bucket (rules.md 1.5, 6). */
function s3Endpoint(bucket: Bucket): string {
  return `s3.${bucket.region}.amazonaws.com`;
}

/** S3 uses a key as the caller. Throws KMS's errors in S3's words. */
export function useKeyForObject(
  operation: Operation,
  bucket: Bucket,
  key: string,
  encryption: KmsEncryption,
  action: 'kms:GenerateDataKey' | 'kms:Decrypt',
): void {
  runInS3Words(() =>
    useKey(operation, {
      action,
      keyArn: encryption.keyArn,
      region: bucket.region,
      encryptionContext: encryptionContextOf(bucket, key, encryption),
      viaService: s3Endpoint(bucket),
    }),
  );
}

/** Runs something of KMS for S3, which answers its errors with `KMS.` before the code, and refusals as its own. */
export function runInS3Words<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (error.code === 'AccessDenied') throw error;
    if (error.code === 'AccessDeniedException') throw accessDenied(error.message);
    throw new AwsError(`KMS.${error.code}`, 400, error.message);
  }
}
