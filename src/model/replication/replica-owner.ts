import type { BucketSnapshot, Known, ObjectSnapshot } from '../snapshot.ts';
import type { OwnedBucket } from './ask.ts';
import type { Rule } from './rule.ts';

/** Bucket owner enforced or owner override: the destination account; otherwise the source object's owner (recorded/replication.md 49). */
export function replicaOwner(
  object: ObjectSnapshot,
  rule: Rule,
  { account, value }: OwnedBucket & { readonly value: BucketSnapshot },
): Known<string> {
  if (rule.ownerOverride || value.ownership === 'BucketOwnerEnforced' || object.owner === account) return account;
  return value.ownership === 'unknown' ? 'unknown' : object.owner;
}
