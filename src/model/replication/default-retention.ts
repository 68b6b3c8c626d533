import type { ObjectSnapshot, Snapshot } from '../snapshot.ts';
import { findIn, memberOf } from './find.ts';

/** The bucket's default, from the snapshot's time (S3 User Guide, object-lock-configure, "default retention"). Not looked at: nothing, only a warning. */
export function defaultRetentionOf(snapshot: Snapshot): Pick<ObjectSnapshot, 'retention'> {
  const { account, bucket } = snapshot.source;
  const retention = memberOf(findIn(snapshot, account, 'buckets', bucket), 'objectLockRetention');
  if (!retention || retention === 'unknown' || retention.Mode === undefined) return {};
  const until = new Date(snapshot.takenAt);
  until.setUTCFullYear(until.getUTCFullYear() + (retention.Years ?? 0));
  until.setUTCDate(until.getUTCDate() + (retention.Days ?? 0));
  if (Number.isNaN(until.getTime())) return {};
  return { retention: { mode: retention.Mode, until: until.toISOString() } };
}
