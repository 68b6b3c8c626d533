/** Jobs of `backfill` that still need what `destroy` removes. */
import { Failure } from '../events/failure.ts';
import type { JobSeen } from '../plan/backfill-jobs.ts';
import { backfillPolicyName, backfillRole, isOurs } from '../state/names.ts';
import type { State } from '../state/state.ts';
import type { Session } from './session.ts';

/** Without their role there is no job. @throws Failure `blocked` where a job runs and is not to be canceled. */
export async function findActiveJobs(
  { spec, connections }: Pick<Session, 'spec' | 'connections'>,
  observed: State,
  cancel: boolean,
): Promise<readonly JobSeen[]> {
  const { role } = backfillRole(observed, spec);
  if (role === null || !(isOurs(role, spec) || backfillPolicyName(spec) in role.inlinePolicies)) return [];
  const { listActiveJobs } = await import('../observe/jobs.ts');
  const jobs = await listActiveJobs(connections.get('source'), spec);
  if (jobs.length === 0 || cancel) return jobs;
  throw new Failure(
    'blocked',
    'backfill-active',
    `a backfill is still running, and needs what s3repl destroy removes: ${describeJobs(jobs)}`,
    'run s3repl backfill to watch it until it ends, and then s3repl destroy; or run s3repl destroy --cancel-backfill: the job replicates nothing more',
  );
}

/** @returns "the job ID of S3 Batch Operations is Active (1 of 3 tasks done, 0 failed)" for each. */
export function describeJobs(jobs: readonly JobSeen[]): string {
  return jobs
    .map(({ id, status, total, succeeded, failed }) => {
      const progress =
        total === undefined
          ? 'its list of objects is not ready'
          : `${succeeded + failed} of ${total} tasks done, ${failed} failed`;
      return `the job ${id} of S3 Batch Operations is ${status} (${progress})`;
    })
    .join('; ');
}

/** Cancels what runs by now. */
export async function cancelActiveJobs(
  session: Pick<Session, 'spec' | 'connections' | 'surroundings' | 'signal'>,
  observed: State,
  timeoutMs: number,
): Promise<void> {
  const jobs = await findActiveJobs(session, observed, true);
  if (jobs.length === 0) return;
  const { cancelJobs } = await import('../apply/cancel-jobs.ts');
  const { connections, surroundings, signal } = session;
  await cancelJobs(connections.get('source'), jobs, { surroundings, signal, timeoutMs });
}
