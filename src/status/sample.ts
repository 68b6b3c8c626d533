/** The newest versions of the source bucket, by their own replication status: also what no metric counts shows there (recorded facts 40 and 67). */
import { instantOf } from '../model/replication/dates.ts';
import { findGoverning } from '../model/replication/governing.ts';
import type { Prepared } from '../model/replication/prepare.ts';
import type { Rule } from '../model/replication/rule.ts';
import { silenceOf } from '../model/replication/silent.ts';
import type { Known, ObjectSnapshot } from '../model/snapshot.ts';
import { hourMs } from './meter.ts';
import type { BucketKeySavings, SampledObject, SampleStatus } from './replication-status.ts';
import type { StatusFacts } from './status-facts.ts';

/** A version that a rule takes. */
export interface GovernedVersion extends SampledObject {
  readonly rules: readonly Rule[];
  /** Those of the rules that take it whatever its tags are, which were not read. */
  readonly sure: readonly Rule[];
  /** It has no status, which S3 gives to what such a rule takes: it is older than the rule, or nothing replicates. */
  readonly lacksStatus: boolean;
}

/** @param isCounted rules that decide. @returns the newest first. */
export function listGoverned(prepared: Prepared, isCounted: (rule: Rule) => boolean): readonly GovernedVersion[] {
  const { snapshot, rules: book } = prepared;
  if (snapshot.objects === 'unknown' || book === null || book === 'unknown') return [];
  return snapshot.objects
    .flatMap((object): readonly GovernedVersion[] => {
      const governing = findGoverning(book, object).filter(({ rule }) => isCounted(rule));
      const rules = governing.map(({ rule }) => rule);
      const sure = governing.filter(({ certain }) => certain).map(({ rule }) => rule);
      const lacksStatus =
        object.replicationStatus === null && sure.some((rule) => silenceOf(rule, object) === undefined);
      return rules.length === 0 ? [] : [{ ...describeVersion(object), rules, sure, lacksStatus }];
    })
    .toSorted((a, b) => b.modified - a.modified);
}

export function describeSample(
  { snapshot: { objects }, isAll, isNewest, period }: StatusFacts,
  governed: readonly GovernedVersion[],
): Known<SampleStatus> {
  if (objects === 'unknown') return 'unknown';
  const count = (status: ObjectSnapshot['replicationStatus']) =>
    objects.filter(({ replicationStatus }) => replicationStatus === status).length;
  return {
    asOf: period.to,
    isAll,
    isNewest,
    counts: {
      COMPLETED: count('COMPLETED'),
      PENDING: count('PENDING'),
      FAILED: count('FAILED'),
      REPLICA: count('REPLICA'),
      none: count(null),
      unread: count('unknown'),
    },
    newest: nameVersion(governed[0]),
    oldestPending: nameVersion(governed.findLast(({ status }) => status === 'PENDING')),
    newestFailed: nameVersion(governed.find(({ status }) => status === 'FAILED')),
  };
}

/** Whether each version that was written in the last hour is among them, with its status. */
export function coversLastHour({ snapshot: { objects }, isAll, isNewest, period }: StatusFacts): boolean {
  if (objects === 'unknown') return false;
  const begin = period.to - hourMs;
  const times = objects.map(({ lastModified }) => instantOf(lastModified) ?? period.to);
  const isRead = objects.every(
    ({ replicationStatus }, index) => replicationStatus !== 'unknown' || (times[index] ?? 0) < begin,
  );
  return isRead && isNewest && (isAll || times.some((time) => time < begin));
}

/** DSSE-KMS knows no Bucket Keys (S3 User Guide, bucket-key). */
export function describeBucketKeys(
  { objects }: StatusFacts['snapshot'],
  operations: BucketKeySavings['operations'],
): BucketKeySavings {
  const underKeys = objects === 'unknown' ? [] : objects.filter(({ encryption }) => encryption === 'SSE-KMS');
  const known = underKeys.filter(({ bucketKey }) => bucketKey !== 'unknown');
  return { sampled: known.length, without: known.filter(({ bucketKey }) => bucketKey === false).length, operations };
}

function describeVersion({ key, versionId, replicationStatus, lastModified }: ObjectSnapshot): SampledObject {
  return { key, versionId: versionId ?? 'null', status: replicationStatus, modified: instantOf(lastModified) ?? 0 };
}

function nameVersion(version: GovernedVersion | undefined): SampledObject | null {
  if (version === undefined) return null;
  const { key, versionId, status, modified } = version;
  return { key, versionId, status, modified };
}
