import type { Operation } from './operation.ts';
import { policyAllows } from './policy-match.ts';
import { accessDenied } from './s3-request.ts';
import type { Bucket } from './state.ts';
import type { StoredObject } from './stored-object.ts';

/** Whether the caller may do something in a bucket, or with a key of it: the bucket is its own, or its policy lets it in. */
export function allowsAction({ caller }: Operation, bucket: Bucket, action: string, key?: string): boolean {
  if (caller.account === bucket.account) return true;
  const arn = `arn:${bucket.partition}:s3:::${bucket.name}`;
  const resource = key === undefined ? arn : `${arn}/${key}`;
  return bucket.policy !== undefined && policyAllows(bucket.policy, { caller, action, resource });
}

/** Refuses a caller who may not do something with a key. */
export function requireAction(operation: Operation, bucket: Bucket, action: string, key: string): void {
  if (!allowsAction(operation, bucket, action, key)) throw accessDenied();
}

/**
 * Whether the caller may do something with an existing object: where ACLs count and the object is not the bucket owner's, its
 * owner may read it and its ACL, whatever the bucket's policy, and others only what the ACL gives them (S3 User Guide,
 * "Access policy guidelines"; recorded fact 49: not its tags).
 */
export function allowsOnObject(operation: Operation, bucket: Bucket, action: string, object: StoredObject): boolean {
  const { account } = operation.caller;
  const byPolicy = allowsAction(operation, bucket, action, object.key);
  if (bucket.ownership === 'BucketOwnerEnforced' || object.owner === bucket.account) return byPolicy;
  const reads = /^s3:GetObject(Version)?$/.test(action);
  if (account === object.owner) return reads || /Acl$/.test(action) || (account !== bucket.account && byPolicy);
  if (reads && object.acl.startsWith('public-read')) return true;
  if (account !== bucket.account) return false;
  return object.acl === 'bucket-owner-full-control' || (reads && object.acl === 'bucket-owner-read');
}
