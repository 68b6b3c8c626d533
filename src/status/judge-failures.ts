/** Whether what failed in the last hour still fails. */
import type { Status } from './replication-status.ts';

/** `over`: a newer version has arrived under the one rule there is. `repaired`: and no version of the bucket is FAILED any more. */
export function judgeFailures({ reasons, rules, sample, period }: Status): 'may-go-on' | 'over' | 'repaired' {
  const isOfOneRule = rules.filter(({ counts }) => counts).length === 1;
  if (!isOfOneRule || sample === 'unknown' || sample.newest?.status !== 'COMPLETED') return 'may-go-on';
  const { newest, newestFailed, isAll, counts } = sample;
  const isOver = reasons.every((reason) => reason.kind === 'failed' && reason.last + period.step <= newest.modified);
  if (!isOver) return 'may-go-on';
  return isAll && counts.unread === 0 && newestFailed === null ? 'repaired' : 'over';
}
