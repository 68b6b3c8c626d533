/** Why S3 does not even try: no event, no status (rules.md 2.2; recorded/replication.md 55, 58, 62). */
import type { Known, ObjectSnapshot } from '../snapshot.ts';
import type { Cause, SilentReason, Verdict } from '../verdict.ts';
import type { Governing } from './governing.ts';
import type { Rule } from './rule.ts';
import { isKmsEncrypted } from './source-reads.ts';

export interface Silence {
  readonly reason: SilentReason;
  readonly cause: Cause;
}

type Test = readonly [reason: SilentReason, holds: Known<boolean>];

export function silenceOf(rule: Rule, object: ObjectSnapshot): Silence | undefined {
  const [reason] = tests(rule, object).find(([, holds]) => holds === true) ?? [];
  return reason && { reason, cause: silentCause(reason, object, rule) };
}

export function silenceDoubts(rule: Rule, object: ObjectSnapshot): readonly string[] {
  const names: Partial<Record<SilentReason, string>> = {
    replica: 'the replication status',
    'existing-object': age,
    archived: 'the storage class',
  };
  return tests(rule, object).flatMap(([reason, holds]) => (holds === 'unknown' ? (names[reason] ?? reason) : []));
}

/**
 * Whether it was tagged only after it was written, when S3 looks at tags: not older than the rule, no status (S3 User Guide,
 * replication-troubleshoot; rules.md 2.2). Under a rule without tags the status may still come. @param governing all rules that govern it.
 */
export function wasTaggedLater(
  object: ObjectSnapshot,
  { rule, certain }: Governing,
  governing: readonly Governing[],
): boolean {
  if (!isUntaken(object) || object.existedBeforeRule !== false || !certain || rule.strange.length > 0) return false;
  return governing.every((one) => one.rule.tags.length > 0) && silenceOf(rule, object) === undefined;
}

/** S3 did not, and never will, take in a version without a status (recorded/replication.md 55, 58). Undefined where the age is known or does not matter. */
export function ageUnknown(rule: Rule, object: ObjectSnapshot): Cause | undefined {
  if (!isUntaken(object) || object.existedBeforeRule !== 'unknown' || object.deleteMarker !== false) return undefined;
  const tags = rule.tags.length > 0 ? ', or its tags were added after it was written' : '';
  return {
    check: 'C36',
    summary: `${object.key} has no replication status, so S3 did not take it in when it was written: it is older than rule ${rule.id}, or the rule was disabled or different then${tags}.`,
    fix: 'Replicate it with S3 Batch Replication (s3repl backfill), or write the object again.',
    evidence: { path: rule.path, unknown: [age] },
    code: 'age-unknown',
    same: ['age', rule.path],
  };
}

const age = 'whether it is older than the rule';

export function isOfUnknownAge({ outcome, causes }: Pick<Verdict, 'outcome' | 'causes'>): boolean {
  return outcome === 'unknown' && causes.every(({ code }) => code === 'age-unknown');
}

/** One without a version ID does not exist; it is only asked about. */
function isUntaken({ versionId, replicationStatus }: ObjectSnapshot): boolean {
  return versionId !== null && replicationStatus === null;
}

function tests(rule: Rule, object: ObjectSnapshot): readonly Test[] {
  const { replicationStatus: status, existedBeforeRule } = object;
  // A status shows that the rule, or an earlier one, took the version in.
  const old = existedBeforeRule === 'unknown' && status !== null && status !== 'unknown' ? false : existedBeforeRule;
  return [
    ['replica', status === 'unknown' ? 'unknown' : status === 'REPLICA'],
    ['existing-object', old],
    ['archived', object.deleteMarker === true ? false : isArchived(object)],
    ['delete-marker-not-selected', object.deleteMarker === true && !rule.deleteMarkers],
    ['kms-not-selected', object.deleteMarker !== true && isKmsEncrypted(object) && rule.replicaKey === null],
  ];
}

/** S3 Glacier Flexible Retrieval, Deep Archive and the archive tiers; Glacier Instant Retrieval replicates (recorded 62). */
function isArchived({ storageClass, archiveStatus = null }: ObjectSnapshot): Known<boolean> {
  if (storageClass === 'unknown' || archiveStatus === 'unknown') return 'unknown';
  return storageClass === 'GLACIER' || storageClass === 'DEEP_ARCHIVE' || archiveStatus !== null;
}

export function silentCause(reason: SilentReason, object: ObjectSnapshot, rule: Rule | undefined): Cause {
  const { key, encryption, archiveStatus, storageClass } = object;
  const told = [encryption, archiveStatus ?? storageClass, rule && lacksSlash(rule, key)];
  return { ...silence(reason, object, rule), same: [reason, rule?.path, ...told] };
}

function silence(reason: SilentReason, object: ObjectSnapshot, rule: Rule | undefined): Cause {
  const evidence = rule === undefined ? {} : { path: rule.path };
  const id = rule?.id;
  const { key } = object;
  const batch = 'Replicate it with S3 Batch Replication (s3repl backfill)';
  switch (reason) {
    case 'no-rule':
      return {
        check: 'C03',
        summary: 'The source bucket has no replication rule.',
        fix: 'Put a replication configuration on the source bucket (s3:PutBucketReplication).',
        evidence,
      };
    case 'rule-disabled':
      return {
        check: 'C03',
        summary: `Rule ${id}, which matches ${key}, is disabled.`,
        fix: `Enable rule ${id}; what was written meanwhile needs S3 Batch Replication (s3repl backfill).`,
        evidence,
      };
    case 'filter':
      return { check: 'C28', ...filterTexts(key, rule), evidence };
    case 'tagged-later':
      return {
        check: 'C28',
        summary: `${key} has the tags that rule ${id} wants and no replication status: they were probably added after it was written, and S3 looks at tags only then.`,
        fix: `Write the object again with its tags in the same request, or use S3 Batch Replication (s3repl backfill).`,
        evidence,
      };
    case 'kms-not-selected':
      return {
        check: 'C04',
        summary: `Rule ${id} does not select ${object.encryption} objects such as ${key}.`,
        fix: `Set SourceSelectionCriteria.SseKmsEncryptedObjects to Enabled and give EncryptionConfiguration.ReplicaKmsKeyID. ${before}`,
        evidence,
      };
    case 'existing-object':
      return {
        check: 'C36',
        summary: `${key} is older than rule ${id}: live replication is for new versions.`,
        fix: `${batch}.`,
        evidence,
      };
    case 'replica':
      return { check: 'C36', ...replicaTexts(key, rule), evidence };
    case 'delete-marker-not-selected':
      return {
        check: 'C04',
        summary: `Rule ${id} does not replicate delete markers.`,
        fix: 'Set DeleteMarkerReplication to Enabled, which a rule with tags cannot have.',
        evidence,
      };
    case 'version-delete':
      return {
        check: 'C33',
        summary: `S3 never replicates the deletion of a version (${key}).`,
        fix: 'Delete the version at the destination as well, if that is what you want.',
        evidence,
      };
    case 'archived':
      return {
        check: 'C29',
        summary: `${key} is archived (${object.archiveStatus ?? object.storageClass}), which S3 does not replicate.`,
        fix: 'Restore the object and copy it onto itself in another storage class.',
        evidence,
      };
  }
}

const before = 'What was written before needs S3 Batch Replication (s3repl backfill).';

function filterTexts(key: string, rule: Rule | undefined): Pick<Cause, 'summary' | 'fix'> {
  const filter =
    rule && [`prefix "${rule.prefix}"`, ...rule.tags.map(([name, value]) => `tag ${name}=${value}`)].join(' and ');
  return {
    summary: `No enabled rule matches ${key}${filter ? `: rule ${rule.id} wants ${filter}` : ''}.`,
    fix:
      rule && lacksSlash(rule, key)
        ? `Write the prefix as "${rule.prefix.replace(/\/+/, '')}": prefixes are literal, and keys do not begin with a slash. ${before}`
        : `Widen the filter of a rule, if the object is to replicate; prefixes and tags are literal. ${before}`,
  };
}

/** Prefixes are literal, and keys seldom begin with a slash. */
function lacksSlash({ prefix }: Rule, key: string): boolean {
  return prefix.startsWith('/') && !key.startsWith('/');
}

function replicaTexts(key: string, rule: Rule | undefined): Pick<Cause, 'summary' | 'fix'> {
  const changes = rule?.replicaModifications
    ? ' Later changes of its metadata do replicate, as the rule has replica modification sync.'
    : '';
  return {
    summary: `${key} is a replica itself, and S3 does not replicate replicas.${changes}`,
    fix: 'Replicate from the bucket where it was written, or use S3 Batch Replication for objects with status REPLICA (s3repl backfill --status replica).',
  };
}
