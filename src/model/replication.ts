import { explainUngoverned, findGoverning } from './replication/governing.ts';
import { judge, judgeInHindsight } from './replication/judge.ts';
import type { Prepared } from './replication/prepare.ts';
import { silentCause, wasTaggedLater } from './replication/silent.ts';
import type { ObjectSnapshot } from './snapshot.ts';
import type { Cause, Verdict } from './verdict.ts';

type Judged = Omit<Verdict, 'object' | 'versionId' | 'rule' | 'destination'>;

/** Would S3 replicate this version, and if not, why? One verdict for each destination, or one without a rule where none governs the version. */
export function judgeObject(prepared: Prepared, object: ObjectSnapshot): readonly Verdict[] {
  const { rules, source } = prepared;
  if (source.value === null) return [verdict(object, judgeMissingSource(prepared))];
  if (object.versionDelete) return [verdict(object, judgeSilent('version-delete', object))];
  if (rules === 'unknown') return [verdict(object, unreadRules(prepared))];
  const governed = rules === null ? [] : findGoverning(rules, object);
  if (governed.length === 0) {
    const { reason, nearest } = explainUngoverned(rules, object);
    return [verdict(object, judgeSilent(reason, object, nearest))];
  }
  const judged = governed.map((one) => ({
    rule: one.rule,
    judged: wasTaggedLater(object, one, governed)
      ? judgeSilent('tagged-later', object, one.rule)
      : judge(prepared, object, one),
  }));
  // One destination that fails makes the source FAILED, and says nothing about the others.
  const explained = judged.some(({ judged: { outcome } }) => outcome === 'fails' || outcome === 'unknown');
  return judged.map(({ rule, judged: one }) => ({
    ...verdict(object, judgeInHindsight(prepared, object, rule, one, explained)),
    rule: rule.id,
    destination: rule.destination,
  }));
}

function verdict({ key, versionId }: ObjectSnapshot, judged: Judged): Verdict {
  return {
    object: key,
    versionId: versionId === 'unknown' ? null : versionId,
    rule: null,
    destination: null,
    ...judged,
  };
}

function judgeSilent(
  reason: Parameters<typeof silentCause>[0],
  object: ObjectSnapshot,
  rule?: Parameters<typeof silentCause>[2],
): Judged {
  return {
    outcome: 'not-replicated',
    reason,
    causes: [silentCause(reason, object, rule)],
    warnings: [],
    replica: null,
  };
}

function judgeMissingSource({ source }: Prepared): Judged {
  const cause: Cause = {
    check: 'C05',
    summary: `Source bucket ${source.name} does not exist.`,
    fix: 'Name a bucket that exists.',
    evidence: { arn: source.arn, path: source.path },
  };
  return { outcome: 'fails', reason: 'SrcBucketNotFound', causes: [cause], warnings: [], replica: null };
}

function unreadRules({ source }: Prepared): Judged {
  const what = `the replication configuration of bucket ${source.name}`;
  const cause: Cause = {
    check: 'C03',
    summary: `${what} could not be read, and it decides.`,
    fix: `Let the identity that s3repl runs as read ${what} (s3:GetReplicationConfiguration).`,
    evidence: { arn: source.arn, path: source.path, unknown: [what] },
  };
  return { outcome: 'unknown', reason: null, causes: [cause], warnings: [], replica: null };
}
