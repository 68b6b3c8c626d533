/** Whose the replica is. */
import type { BucketSnapshot, Known, ObjectSnapshot } from '../snapshot.ts';
import type { OwnedBucket } from './ask.ts';
import type { Rule } from './rule.ts';

/**
 * The destination account by Bucket owner enforced or by the owner override, else the account that owns the source object
 * (recorded/replication.md 49).
 */
export function replicaOwner(
  object: ObjectSnapshot,
  rule: Rule,
  { account, value }: OwnedBucket & { readonly value: BucketSnapshot },
): Known<string> {
  if (rule.ownerOverride || value.ownership === 'BucketOwnerEnforced' || object.owner === account) return account;
  return value.ownership === 'unknown' ? 'unknown' : object.owner;
}
