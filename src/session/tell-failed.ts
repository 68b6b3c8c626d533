/** Why S3 did not replicate the newest FAILED versions of the source bucket, by doctor's causes. */
import { diagnose } from '../doctor/diagnose.ts';
import { isUnexplained } from '../model/replication/history.ts';
import type { Verdict } from '../model/verdict.ts';
import { withoutPeriod } from '../text/without-period.ts';
import { readAround } from './read-around.ts';
import type { Session } from './session.ts';

const most = 100;
const mostNamed = 3;

/** To find FAILED versions, and to tell which rules take them. */
const neededActions: ReadonlySet<string> = new Set([
  's3:ListBucketVersions',
  's3:GetObjectVersion',
  's3:GetObjectVersionTagging',
]);

/** @returns how many FAILED versions were looked at. */
export async function tellFailed(session: Session): Promise<number> {
  const { spec, view } = session;
  const { snapshot, refused } = await readAround(session, { sample: most });
  const objects = snapshot.objects === 'unknown' ? [] : snapshot.objects;
  const failed = objects.filter(({ replicationStatus }) => replicationStatus === 'FAILED');
  const actions = [
    ...new Set(refused.filter((call) => call.account === spec.source.account).map(({ action }) => action)),
  ];
  const unread = actions.filter((action) => neededActions.has(action));
  if (unread.length > 0) {
    const message = `s3repl could not check all FAILED objects: account ${spec.source.account} does not allow ${unread.join(', ')}`;
    const fix = 's3repl permissions --for backfill prints the permissions that it needs';
    view.report({ type: 'warning', code: 'failed-not-read', message, fix });
  }
  const { causes, verdicts } = diagnose(snapshot, { objects: failed, spec });
  for (const { level, check, summary, fix, evidence, objects: met } of causes) {
    // That FAILED objects stay FAILED is why there is a backfill.
    const isKnown = level !== 'unknown' && check === 'C36';
    if (level === 'note' || met.count === 0 || isKnown) continue;
    const named = met.first.slice(0, mostNamed).join(', ');
    const message = `${withoutPeriod(summary)} (${met.count} of the ${failed.length} newest FAILED versions: ${named}${met.count > mostNamed ? ', …' : ''})`;
    view.report({
      type: level === 'fails' ? 'problem' : 'warning',
      code: 'object-failed',
      message,
      fix,
      check,
      evidence,
    });
  }
  const nameOf = (version: { readonly versionId: string | null }, key: string) =>
    JSON.stringify([key, version.versionId]);
  const stopped = verdicts.flatMap(({ verdict }) => (isStopped(verdict) ? [nameOf(verdict, verdict.object)] : []));
  const fixed = failed.filter((one) => !stopped.includes(nameOf(one, one.key))).length;
  if (fixed > 0) {
    const message = `${fixed} of the ${failed.length} newest FAILED versions would replicate now`;
    view.report({
      type: 'warning',
      code: 'failed-would-replicate',
      message,
      fix: 'run s3repl backfill --status failed',
    });
  }
  return failed.length;
}

/** Whether something of now keeps it from its replica: that it FAILED earlier does not. */
function isStopped(verdict: Verdict): boolean {
  const { outcome, causes } = verdict;
  return outcome !== 'replicates' && (isUnexplained(verdict) || !causes.every(({ check }) => check === 'C36'));
}
