import { tagKeys } from '../iam/request-keys.ts';
import type { Bucket } from '../store/state.ts';
import { AwsError } from '../wire/errors.ts';
import type { Operation } from '../wire/operation.ts';
import { authorizeS3 } from './authorize-s3.ts';
import { accessDenied } from './request.ts';
import type { StoredObject } from './stored-object.ts';

export function refusal(operation: Operation, bucket: Bucket, action: string, key?: string): AwsError | undefined {
  return refusalOf(() => authorizeS3(operation, bucket, action, key));
}

export function requireAction(operation: Operation, bucket: Bucket, action: string, key: string): void {
  authorizeS3(operation, bucket, action, key);
}

/**
 * Where ACLs count and the object is not the bucket owner's, its owner may read it and its ACL, whatever the bucket's policy; others
 * get only what the ACL gives (S3 User Guide, "Access policy guidelines"; recorded fact 49: not its tags).
 */
export function refusalOnObject(
  operation: Operation,
  bucket: Bucket,
  action: string,
  object: StoredObject,
): AwsError | undefined {
  const { account } = operation.caller;
  const tags = tagKeys('s3:ExistingObjectTag/', object.tags);
  const byPolicy = refusalOf(() => authorizeS3(operation, bucket, action, object.key, tags));
  if (bucket.ownership === 'BucketOwnerEnforced' || object.owner === bucket.account) return byPolicy;
  const reads = /^s3:GetObject(Version)?$/.test(action);
  const refused = byPolicy ?? accessDenied();
  if (account === object.owner) return reads || /Acl$/.test(action) ? undefined : byPolicy;
  if (reads && object.acl.startsWith('public-read')) return undefined;
  if (account !== bucket.account) return refused;
  const granted = object.acl === 'bucket-owner-full-control' || (reads && object.acl === 'bucket-owner-read');
  return granted ? undefined : refused;
}

function refusalOf(run: () => void): AwsError | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
}
