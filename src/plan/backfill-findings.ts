/** What a job meets besides the objects of our rules. Pure. */
import type { Spec } from '../config/spec.ts';
import { type JudgedProbe, judgeClasses } from '../model/classes/judge-classes.ts';
import { prepare } from '../model/replication/prepare.ts';
import { judgeObject } from '../model/replication.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { isOurRule, ruleIdPrefix } from '../state/names.ts';
import { bucketOf, type State } from '../state/state.ts';

export interface BackfillWarning {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

export function hasRulesOfOthers(state: State, spec: Spec): boolean {
  const rules = bucketOf(state, spec.source.account, spec.source.bucket)?.replication?.Rules ?? [];
  return !rules.every((rule) => isOurRule(rule, spec));
}

/** S3 User Guide, s3-batch-replication-batch: a delete marker may arrive before the versions that it hides, and be removed as expired. */
export function lifecycleWarnings(state: State, spec: Spec): readonly BackfillWarning[] {
  return [spec.source, ...spec.destinations].flatMap(({ account, bucket: name }) => {
    const { lifecycle } = bucketOf(state, account, name) ?? {};
    if (lifecycle === 'unknown') return [unreadWarning(name, account)];
    const rules = lifecycle?.Rules ?? [];
    const removing = rules.filter(
      ({ Status, Expiration }) => Status === 'Enabled' && Expiration?.ExpiredObjectDeleteMarker,
    );
    if (removing.length === 0) return [];
    const names = removing.map(({ ID = '(without an ID)' }) => ID).join(', ');
    return [
      {
        code: 'lifecycle-removes-markers',
        message: `the lifecycle rule ${names} of bucket ${name} removes expired delete markers: S3 may remove a marker that arrives before the versions it hides, and these become visible again`,
        fix: 'turn this action off while the job runs',
      },
    ];
  });
}

function unreadWarning(bucket: string, account: string): BackfillWarning {
  return {
    code: 'lifecycle-unread',
    message: `s3repl cannot tell whether a lifecycle rule of ${bucket} removes expired delete markers: account ${account} does not allow s3:GetLifecycleConfiguration`,
    fix: 'allow that action, or make sure that there is no such rule while the job runs',
  };
}

/**
 * S3 tries every rule of the bucket with every object (S3 User Guide, replication-troubleshoot): a broken one makes tasks fail although ours work.
 * @param snapshot of all that these rules lead to.
 */
export function neighborWarnings(snapshot: Snapshot, spec: Spec): readonly BackfillWarning[] {
  const prefix = ruleIdPrefix(spec);
  const prepared = prepare(snapshot);
  const { plain, others } = judgeClasses(prepared, undefined, ({ id }) => !id.startsWith(prefix));
  // Old objects may be older than the bucket's default encryption.
  const objects = plain.filter(({ probe }) => probe.what === 'new-object');
  const ofOldDefault = objects.map(({ probe }) => ({
    probe,
    verdicts: judgeObject(prepared, { ...probe.object, ...ownKey }),
  }));
  const all = new Set(findFailing(plain));
  return [...new Set([...all, ...findFailing([...others, ...ofOldDefault])])].map((id) => ({
    code: 'rule-of-others-fails',
    message: `rule ${id}, which s3repl did not create, would not replicate ${all.has(id) ? '' : 'some of '}its objects: a job tries every rule of the bucket, and fails for these`,
    fix: 'to see why, run s3repl doctor; then fix the rule, disable it while the job runs, or narrow the job with --rule',
  }));
}

const ownKey = { encryption: 'SSE-S3', kmsKey: null, bucketKey: false } as const;

/** @returns IDs of rules. */
function findFailing(probes: readonly JudgedProbe[]): readonly string[] {
  return probes.flatMap(({ probe: { rule }, verdicts }) =>
    verdicts.some((verdict) => verdict.outcome === 'fails' && verdict.rule === rule.id) ? [rule.id] : [],
  );
}
