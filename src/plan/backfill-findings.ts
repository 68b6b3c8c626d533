/** What a job meets besides the objects of our rules. Pure. */
import type { Spec } from '../config/spec.ts';
import { judgeClasses } from '../model/classes/judge-classes.ts';
import { prepare } from '../model/replication/prepare.ts';
import { ruleIdPrefix } from '../state/names.ts';
import { bucketOf, type State } from '../state/state.ts';
import { snapshotOf } from './snapshot-of.ts';

export interface BackfillWarning {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

/** @param at judges policies with dates. */
export function backfillWarnings(state: State, spec: Spec, at: Date): readonly BackfillWarning[] {
  return [...lifecycleWarnings(state, spec), ...neighborWarnings(state, spec, at)];
}

/** S3 User Guide, s3-batch-replication-batch: a delete marker may arrive before the versions that it hides, and be removed as expired. */
function lifecycleWarnings(state: State, spec: Spec): readonly BackfillWarning[] {
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
        message: `the lifecycle rule ${names} of bucket ${name} removes expired delete markers: a marker that arrives before the versions it hides may be removed, and they come back`,
        fix: 'switch this action off while the job runs',
      },
    ];
  });
}

function unreadWarning(bucket: string, account: string): BackfillWarning {
  return {
    code: 'lifecycle-unread',
    message: `whether a lifecycle rule of ${bucket} removes expired delete markers is not known: account ${account} does not allow s3:GetLifecycleConfiguration`,
    fix: 'make sure that there is no such rule while the job runs',
  };
}

/** S3 tries every rule of the bucket with every object (S3 User Guide, replication-troubleshoot): a broken one makes tasks fail although ours work. */
function neighborWarnings(state: State, spec: Spec, at: Date): readonly BackfillWarning[] {
  const prefix = ruleIdPrefix(spec);
  const prepared = prepare(snapshotOf(state, spec, at));
  const { plain } = judgeClasses(prepared, undefined, ({ id }) => !id.startsWith(prefix));
  const failing = plain.filter(({ verdicts }) => verdicts.some(({ outcome }) => outcome === 'fails'));
  return [...new Set(failing.map(({ probe }) => probe.rule.id))].map((id) => ({
    code: 'rule-of-others-fails',
    message: `rule ${id}, which is not of this set-up, would not replicate: a job tries every rule of the bucket, and its objects fail`,
    fix: 's3repl doctor says why; mend the rule, disable it for the time of the job, or narrow the job with --rule',
  }));
}
