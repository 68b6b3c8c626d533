import type { Connection } from '../connect/connection.ts';
import type { Surroundings } from '../connect/surroundings.ts';
import { Failure, stopFailure } from '../events/failure.ts';
import { describeJob, lookPauseMs } from '../observe/jobs.ts';
import { isJobOver, type JobSeen } from '../plan/backfill-jobs.ts';
import { requestJobStatus } from './job-status.ts';

export interface CancelWork {
  readonly surroundings: Pick<Surroundings, 'report' | 'now' | 'sleep'>;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/**
 * Cancels jobs of S3 Batch Operations, and waits until they are over: until then their role is in use.
 * @throws Failure `unknown` at the time limit, `cancelled` after Ctrl-C, `failed` at the deadline: nothing but the jobs has gone, and running again goes on.
 */
export async function cancelJobs(at: Connection, jobs: readonly JobSeen[], work: CancelWork): Promise<void> {
  const { report, now, sleep } = work.surroundings;
  const started = now();
  for (const { id } of jobs) await requestJobStatus(at, id, 'Cancelled', 'destroy');
  for (;;) {
    const left = await findNotOver(at, jobs);
    const [first] = left;
    if (first === undefined) return;
    const waited = now() - started;
    if (waited + lookPauseMs > work.timeoutMs) throw notOverFailure(first, waited);
    report({
      type: 'pending',
      resource: `job ${first.id}`,
      reason: 'S3 Batch Operations to cancel it',
      seconds: Math.round(waited / 1000),
    });
    await sleep(lookPauseMs);
    if (work.signal.aborted) throw stopFailure(work.signal, `while the job ${first.id} was being canceled`);
  }
}

async function findNotOver(at: Connection, jobs: readonly JobSeen[]): Promise<readonly JobSeen[]> {
  const seen = await Promise.all(jobs.map(({ id }) => describeJob(at, id)));
  return seen.filter((job): job is JobSeen => job !== null && !isJobOver(job));
}

function notOverFailure({ id, status }: JobSeen, waited: number): Failure {
  return new Failure(
    'unknown',
    'backfill-not-over',
    `after ${Math.round(waited / 60_000)} minutes the job ${id} of S3 Batch Operations is still ${status}; nothing else was changed`,
    'run the same command again later to continue',
  );
}
