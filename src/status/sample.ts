/** The newest versions of the source bucket, by their own replication status: also what no metric counts shows there (recorded facts 40 and 67). */
import { covers } from '../model/classes/judge-classes.ts';
import type { Exclusion } from '../model/object-class.ts';
import { instantOf } from '../model/replication/dates.ts';
import { findGoverning } from '../model/replication/governing.ts';
import type { Prepared } from '../model/replication/prepare.ts';
import type { Rule } from '../model/replication/rule.ts';
import { silenceOf } from '../model/replication/silent.ts';
import type { Known, ObjectSnapshot } from '../model/snapshot.ts';
import { hourMs } from './meter.ts';
import type { BucketKeySavings, SampledObject, SampleStatus } from './replication-status.ts';
import type { StatusFacts } from './status-facts.ts';

/** A version that a rule which counts selects. */
export interface GovernedVersion extends SampledObject {
  /** One for each destination of such a rule. */
  readonly ways: readonly Way[];
  /** It has no status, which S3 gives to what such a rule selects: it is older than the rule, or nothing replicates. */
  readonly lacksStatus: boolean;
}

/** How a version reaches one destination. */
export interface Way {
  /** Of repl.yaml; without one, any that is enabled. */
  readonly rule: Rule;
  /** Whether the rule selects the version whatever its tags are, which were not read. */
  readonly isSure: boolean;
  /** By which S3 replicates it: the same, or a rule that does not count and takes precedence. */
  readonly by: Rule;
}

export interface Counting {
  /** Rules that decide. */
  isCounted(rule: Rule): boolean;
  /** What repl.yaml says of a rule's objects that do not have to replicate. */
  exceptionsOf(rule: Rule): readonly Exclusion[];
}

/**
 * What the rules that count select: also what S3 replicates by a rule of others, which takes precedence at the same destination (S3 User Guide, replication-add-config).
 * @returns the newest first.
 */
export function listGoverned(prepared: Prepared, counting: Counting): readonly GovernedVersion[] {
  const { snapshot, rules: book } = prepared;
  if (snapshot.objects === 'unknown' || book === null || book === 'unknown') return [];
  const counted = {
    ...book,
    byDestination: book.byDestination.map((rules) => rules.filter((rule) => counting.isCounted(rule))),
  };
  return snapshot.objects
    .flatMap((object): readonly GovernedVersion[] => {
      const acting = findGoverning(book, object).map(({ rule }) => rule);
      const ways = findGoverning(counted, object)
        .filter(({ rule }) => !counting.exceptionsOf(rule).some((one) => mayCover(one, object)))
        .map(({ rule, certain }): Way => {
          const by = acting.find(({ destination }) => destination === rule.destination) ?? rule;
          return { rule, isSure: certain, by };
        });
      const lacksStatus =
        object.replicationStatus === null &&
        ways.some(({ rule, isSure }) => isSure && silenceOf(rule, object) === undefined);
      return ways.length === 0 ? [] : [{ ...describeVersion(object), ways, lacksStatus }];
    })
    .toSorted((a, b) => b.modified - a.modified);
}

function mayCover(exception: Exclusion, object: ObjectSnapshot): boolean {
  const { tags: _, ...others } = exception;
  return covers(object.tags === 'unknown' ? others : exception, object);
}

/** Versions that the same rule selects and the same rule replicates: one that arrived shows nothing of another's. @param governed the newest first, as in each list that is returned. */
export function groupByWay(governed: readonly GovernedVersion[]): readonly (readonly GovernedVersion[])[] {
  const groups = new Map<string, GovernedVersion[]>();
  for (const version of governed) {
    for (const { rule, by } of version.ways) {
      const name = JSON.stringify([rule.destination, rule.id, by.id]);
      const group = groups.get(name);
      if (group) group.push(version);
      else groups.set(name, [version]);
    }
  }
  return [...groups.values()];
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
