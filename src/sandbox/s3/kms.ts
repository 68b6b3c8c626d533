import { useKey } from '../kms/use-key.ts';
import { arnOfBucket, type Bucket } from '../store/state.ts';
import { AwsError } from '../wire/errors.ts';
import type { Operation } from '../wire/operation.ts';
import { accessDenied } from './request.ts';
import type { ObjectEncryption } from './stored-object.ts';

export type KmsEncryption = Extract<ObjectEncryption, { keyArn: string }>;

/** With a Bucket Key the bucket's ARN, otherwise the object's (S3 User Guide, "Encryption context"), and what the writer added. */
function encryptionContextOf(bucket: Bucket, key: string, encryption: KmsEncryption): Record<string, string> {
  const arn = arnOfBucket(bucket);
  return { ...encryption.context, 'aws:s3:arn': encryption.bucketKey ? arn : `${arn}/${key}` };
}

/** In `kms:ViaService`: S3's endpoint in the bucket's Region (rules.md 1.5, 6). */
function s3Endpoint(bucket: Bucket): string {
  return `s3.${bucket.region}.amazonaws.com`;
}

/** As the caller. @throws AwsError KMS's errors in S3's words. */
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

/** S3 puts `KMS.` before KMS's error codes, and gives refusals as its own. */
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
