import type { AccountId } from '../../aws/brand.ts';
import { countKmsRequest } from '../kms/requests.ts';
import { useKey } from '../kms/use-key.ts';
import { arnOfBucket, type Bucket, type SandboxState } from '../store/state.ts';
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
  const { caller, state } = operation;
  runInS3Words(() =>
    useKey(operation, {
      action,
      keyArn: encryption.keyArn,
      region: bucket.region,
      encryptionContext: encryptionContextOf(bucket, key, encryption),
      viaService: s3Endpoint(bucket),
    }),
  );
  const requester = { account: caller.account, arn: caller.principalArn };
  countObjectKeyUse(state, { bucket, requester, encryption, action });
}

/** Objects that a Bucket Key serves for one principal. A choice: AWS says only that it is used for a limited time, and saves up to 99 percent (S3 User Guide, bucket-key). */
const objectsOfBucketKey = 100;

export interface ObjectKeyUse {
  readonly bucket: Bucket;
  /** `arn` of a role, not of its session. */
  readonly requester: { readonly account: AccountId; readonly arn: string };
  readonly encryption: KmsEncryption;
  readonly action: 'kms:GenerateDataKey' | 'kms:Decrypt' | 'kms:Encrypt';
}

/** Counts the request that S3 sends to KMS for an object; none where a Bucket Key of this principal serves it. */
export function countObjectKeyUse(state: SandboxState, use: ObjectKeyUse): void {
  const { bucket, requester, encryption, action } = use;
  if (encryption.bucketKey) {
    const { bucketKeys } = state.kmsUse;
    const name = `${bucket.name} ${action} ${encryption.keyArn} ${requester.arn}`;
    const uses = bucketKeys[name] ?? 0;
    bucketKeys[name] = uses + 1;
    if (uses % objectsOfBucketKey > 0) return;
  }
  countKmsRequest(state, { account: requester.account, region: bucket.region });
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
