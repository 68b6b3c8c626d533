import type { ObjectSnapshot } from '../snapshot.ts';
import type { Cause, Replica, Verdict } from '../verdict.ts';
import { assumeRole } from './assume-role.ts';
import { destinationOf, destinationState, lockState } from './destination-bucket.ts';
import { deleteMarkerWrite, replicaWrites, type Target } from './destination-writes.ts';
import { replicaEncryption, sourceKey } from './encryption.ts';
import { combineOutcomes, type Finding, unreadOf } from './finding.ts';
import type { Governing } from './governing.ts';
import { causeOfUnexplainedFailure, failedStays, hasCompletedLater } from './history.ts';
import { hostSuffixes, type Prepared } from './prepare.ts';
import { replicaOwner } from './replica-owner.ts';
import type { Rule } from './rule.ts';
import { ageUnknown, silenceDoubts, silenceOf } from './silent.ts';
import { listSource, readConfiguration, sourceState } from './source-bucket.ts';
import { isKmsEncrypted, sourceReads } from './source-reads.ts';
import { strangeElements } from './strange-elements.ts';

type Judged = Pick<Verdict, 'outcome' | 'reason' | 'causes' | 'warnings' | 'replica'>;

/** All that S3 would meet, while AWS reports only the first. */
export interface Attempt {
  readonly findings: readonly Finding[];
  /** What arrives if nothing stops it; null where S3 stops earlier, and findings may be missing. */
  readonly replica: Replica | null;
}

export function judge(prepared: Prepared, object: ObjectSnapshot, { rule, certain }: Governing): Judged {
  const silence = certain && rule.strange.length === 0 ? silenceOf(rule, object) : undefined;
  if (silence) {
    return { outcome: 'not-replicated', reason: silence.reason, causes: [silence.cause], warnings: [], replica: null };
  }
  const undated = certain && rule.strange.length === 0 ? ageUnknown(rule, object) : undefined;
  if (undated) return { outcome: 'unknown', reason: null, causes: [undated], warnings: [], replica: null };
  const attempt = attemptUnderEachHost(prepared, object, rule);
  const doubts = [
    ...silenceDoubts(rule, object),
    ...(certain ? [] : ['the tags, which the rule filters by']),
    ...(object.deleteMarker === 'unknown' ? ['whether it is a delete marker'] : []),
    ...(object.encryption === 'unknown' ? ['the encryption'] : []),
  ].map((what) => unreadOf('C36', `${what} of object`, object.key, ['objects']));
  return sum({ ...attempt, findings: [...attempt.findings, ...doubts] });
}

function sum({ findings, replica }: Attempt): Judged {
  const causesOf = (effect: Finding['effect']) => distinctCauses(findings.filter((one) => one.effect === effect));
  const warnings = causesOf('warns');
  const stop = findings.find((finding) => finding.effect === 'stops');
  if (stop) return { outcome: 'fails', reason: stop.reason, causes: [stop.cause], warnings, replica: null };
  const unknown = causesOf('unknown');
  if (unknown.length > 0) return { outcome: 'unknown', reason: null, causes: unknown, warnings, replica: null };
  const loss = findings.find((finding) => finding.effect === 'loses-tags');
  if (loss) {
    // AWS sends no event for it, and so gives no code (recorded/replication.md 67).
    const untagged = replica && { ...replica, tags: false as const };
    return { outcome: 'fails', reason: null, causes: [loss.cause], warnings, replica: untagged };
  }
  return { outcome: 'replicates', reason: null, causes: [], warnings, replica };
}

function distinctCauses(findings: readonly Finding[]): readonly Cause[] {
  return [...new Map(findings.map(({ cause }) => [`${cause.check} ${cause.summary}`, cause])).values()];
}

/** No source confirms the name under which KMS knows S3 in China: tries both (rules.md 1.5 (13)). */
export function attemptUnderEachHost(prepared: Prepared, object: ObjectSnapshot, rule: Rule): Attempt {
  const known = attempts.get(rule)?.get(object);
  if (known) return known;
  const attempt = attemptOfItsKind(prepared, object, rule);
  const ofRule = attempts.get(rule) ?? new WeakMap<ObjectSnapshot, Attempt>();
  attempts.set(rule, ofRule.set(object, attempt));
  return attempt;
}

/** A cache: the doctor asks for all findings after a verdict needed the first. Rules belong to one snapshot. */
const attempts = new WeakMap<Rule, WeakMap<ObjectSnapshot, Attempt>>();

/** If one meets nothing, none of its kind does; findings have texts for each object. */
function attemptOfItsKind(prepared: Prepared, object: ObjectSnapshot, rule: Rule): Attempt {
  const attempt = () => newAttempt(prepared, object, rule);
  const kind = kindOf(prepared, object, rule);
  if (kind === undefined) return attempt();
  const first = prepared.answerOnce(`attempt ${kind}`, attempt);
  return first.findings.length === 0 ? first : attempt();
}

/** Equal for objects that meet the same: all but the names of object and rule, and where policies see the object. */
function kindOf({ classOf, source }: Prepared, object: ObjectSnapshot, rule: Rule): string | undefined {
  const [read, written] = [source.arn, rule.destination].map((bucket) => classOf(`${bucket}/${object.key}`));
  // Policies tell all objects apart by more than their names, or none.
  if (read === undefined) return undefined;
  const anyObject = { ...object, key: '', versionId: null, lastModified: '' };
  const anyRule = { ...rule, id: '', priority: 0, prefix: '', tags: [], path: [] };
  return JSON.stringify([read, written, anyObject, anyRule]);
}

function newAttempt(prepared: Prepared, object: ObjectSnapshot, rule: Rule): Attempt {
  const suffixes = hostSuffixes(prepared.snapshot);
  const attempts = suffixes.map((hostSuffix) => attemptOf({ ...prepared, hostSuffix }, object, rule));
  const findings = combineOutcomes(
    attempts.map((attempt) => attempt.findings),
    {
      because: 'unconfirmed',
      check: 'C24',
      what: `which kms:ViaService S3 has here, ${suffixes.map((suffix) => `s3.REGION.${suffix}`).join(' or ')}`,
      path: prepared.role.path,
      sources: [{ note: 'rules.md 1.5 (13)' }, { note: 'rules.md 7 (7)' }],
    },
  );
  return { findings, replica: attempts[0]?.replica ?? null };
}

/** In the order in which S3 does it (recorded/replication.md 57). */
function attemptOf(prepared: Prepared, object: ObjectSnapshot, rule: Rule): Attempt {
  const isMarker = object.deleteMarker === true;
  const first = [...sourceState(prepared), ...assumeRole(prepared)];
  if (first.some(({ effect }) => effect === 'stops')) return { findings: first, replica: null };
  const before = [...first, ...readConfiguration(prepared), ...strangeElements(prepared, rule)];
  const reads = isMarker
    ? listSource(prepared, rule)
    : [...sourceReads(prepared, object), ...(isKmsEncrypted(object) ? sourceKey(prepared, object) : [])];
  const destination = destinationOf(prepared, rule);
  const { bucket, read } = destination;
  const there = bucket && judgeAtDestination(prepared, object, rule, bucket, read !== 'guessed');
  if (there && read === true) return { ...there, findings: [...before, ...reads, ...there.findings] };
  // An unread bucket already explains all that is unknown about it.
  const known = there?.findings.filter(({ effect }) => effect !== 'unknown') ?? [];
  return { findings: [...before, ...reads, ...destination.findings, ...known], replica: null };
}

function judgeAtDestination(
  prepared: Prepared,
  object: ObjectSnapshot,
  rule: Rule,
  bucket: Target['bucket'],
  owned: boolean,
): Attempt & { readonly replica: Replica } {
  const state = destinationState(prepared, rule, bucket);
  const owner = replicaOwner(object, rule, bucket);
  if (object.deleteMarker === true) {
    const findings = [...state, ...(owned ? deleteMarkerWrite(prepared, object, bucket) : [])];
    return { findings, replica: { encryption: 'NONE', kmsKey: null, owner, storageClass: object.storageClass } };
  }
  const { encryption, kmsKey, findings } = replicaEncryption(prepared, object, rule, bucket);
  return {
    findings: [
      ...state,
      ...lockState(prepared, object, bucket),
      ...findings,
      ...(owned ? replicaWrites(prepared, object, { rule, bucket, kmsKey }) : []),
    ],
    replica: { encryption, kmsKey, owner, storageClass: rule.storageClass ?? object.storageClass },
  };
}

/**
 * With its replication status: S3 never tries a version that FAILED again, whatever is fixed (recorded/replication.md 46; rules.md 2.2). The reason is
 * surely gone only where a later one COMPLETED. @param explained whether some destination does not get it, or may not.
 */
export function judgeInHindsight(
  prepared: Prepared,
  object: ObjectSnapshot,
  rule: Rule,
  judged: Judged,
  explained: boolean,
): Judged {
  const { key, replicationStatus: status } = object;
  const causeOfStatus = (what: string, summary: string, fix: string): Cause => {
    return { check: 'C36', summary, fix, evidence: {}, same: [what] };
  };
  if (status === 'COMPLETED' && judged.outcome === 'fails') {
    const cause = causeOfStatus(
      'replicated already',
      `${key} was replicated, but its next version would fail.`,
      'Fix the cause before you write the next version.',
    );
    return { ...judged, warnings: [...judged.warnings, cause] };
  }
  if (status !== 'FAILED' || judged.outcome !== 'replicates') return judged;
  if (explained) {
    const cause = causeOfStatus(
      'not elsewhere',
      `${key} FAILED earlier, as it did not reach another destination.`,
      failedStays,
    );
    return { ...judged, warnings: [...judged.warnings, cause] };
  }
  const failWith = (cause: Cause): Judged => ({ ...judged, outcome: 'fails', causes: [cause], replica: null });
  const later = hasCompletedLater(prepared, object, rule);
  if (later === false) return failWith(causeOfUnexplainedFailure(prepared, object));
  const since =
    later === true
      ? 'for a reason that is not there any more: a newer version under the same rule COMPLETED.'
      : 'and other versions under the same rule COMPLETED; the snapshot does not tell which are newer.';
  return failWith(causeOfStatus(since, `${key} FAILED earlier, ${since}`, failedStays));
}
