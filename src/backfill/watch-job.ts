/** Watches a job until it ends, and confirms it once the number of its objects is known. */
import { requestJobStatus } from '../apply/job-status.ts';
import type { JobProgress } from '../events/event.ts';
import { Failure } from '../events/failure.ts';
import { describeJob, lookPauseMs, registrationMs } from '../observe/jobs.ts';
import { countsOf, isJobOver, type JobSeen } from '../plan/backfill-jobs.ts';
import { countText } from '../text/count-text.ts';
import { type JobWork, leaveRunning } from './job-work.ts';

/** How long the run that asked for another job has to confirm it, before we take it for dead. */
const confirmationMs = 10 * 60_000;

/** @throws as `runJob`. */
export async function watchJob(id: string, work: JobWork, { confirms = true } = {}): Promise<JobSeen> {
  const watching = new Watching(id, work, confirms);
  try {
    return await watch(id, work, watching);
  } catch (error) {
    throw leaveRunning(error, watching, work) ?? error;
  }
}

async function watch(id: string, work: JobWork, watching: Watching): Promise<JobSeen> {
  for (;;) {
    const job = await describeJob(work.at, id);
    if ((await watching.isOver(job)) && job !== null) return job;
    work.signal.throwIfAborted();
    await work.surroundings.sleep(lookPauseMs);
    work.signal.throwIfAborted();
  }
}

class Watching {
  readonly id: string;
  /** Whether the job goes no further than its list of objects, unless somebody confirms it. */
  isUnconfirmed: boolean;
  readonly #work: JobWork;
  readonly #confirms: boolean;
  readonly #started: number;
  readonly #measure: ReturnType<typeof measureRate>;
  #suspended: number | undefined;

  constructor(id: string, work: JobWork, confirms: boolean) {
    this.id = id;
    // Until the first look: a job goes on by itself only if the run that asked for it neither waits nor counts.
    this.isUnconfirmed = work.wait || work.maxObjects !== undefined;
    this.#work = work;
    this.#confirms = confirms;
    this.#started = work.surroundings.now();
    this.#measure = measureRate(work.surroundings.now);
  }

  /** Whether there is nothing to watch any more. */
  async isOver(job: JobSeen | null): Promise<boolean> {
    const { report, now } = this.#work.surroundings;
    const waited = now() - this.#started;
    if (job === null) {
      if (waited > registrationMs) throw jobUnknownFailure(this.id);
      return false;
    }
    const seconds = Math.round(waited / 1000);
    report({ type: 'progress', job: job.id, ...countsOf(job), seconds, ...this.#measure(job) });
    if (isJobOver(job)) return true;
    this.isUnconfirmed = !isConfirmed(job);
    if (job.status === 'Suspended') await this.#seeSuspended(job);
    return !this.#work.wait && !this.isUnconfirmed;
  }

  async #seeSuspended(job: JobSeen): Promise<void> {
    if (this.#confirms) {
      await confirm(job, this.#work);
      this.isUnconfirmed = false;
      return;
    }
    const now = this.#work.surroundings.now();
    this.#suspended ??= now;
    if (now - this.#suspended > confirmationMs) throw notConfirmedFailure(job.id);
  }
}

/** Whether it goes on by itself. */
function isConfirmed({ status, confirms }: JobSeen): boolean {
  return !confirms || !['New', 'Preparing', 'Suspended'].includes(status);
}

/** @returns what can be said of the speed, from what was done since the first look. */
function measureRate(now: () => number): (job: JobSeen) => Pick<JobProgress, 'perSecond' | 'secondsLeft'> {
  let first: { readonly at: number; readonly done: number } | undefined;
  return ({ status, total = 0, succeeded, failed }) => {
    const done = succeeded + failed;
    if (status !== 'Active') return {};
    first ??= { at: now(), done };
    const perSecond = (1000 * (done - first.done)) / (now() - first.at);
    if (!(perSecond > 0) || !Number.isFinite(perSecond)) return {};
    return { perSecond, secondsLeft: Math.max(0, Math.round((total - done) / perSecond)) };
  };
}

/** @throws Failure `blocked` where there are more objects than allowed, `cancelled` after a no: the job is canceled then. */
async function confirm({ id, total = 0 }: JobSeen, work: JobWork): Promise<void> {
  const { maxObjects, approveCount } = work;
  if (maxObjects !== undefined && total > maxObjects) {
    await requestJobStatus(work.at, id, 'Cancelled', 'more objects than --max-objects allows');
    throw new Failure(
      'blocked',
      'too-many-objects',
      `job ${id} would replicate ${countText(total)} objects, but --max-objects allows ${countText(maxObjects)}: s3repl canceled the job, and no object was copied`,
      'narrow it with --rule, --created-after or --created-before (a list: shorten it), or raise --max-objects',
    );
  }
  try {
    await approveCount?.(total);
  } catch (error) {
    if (error instanceof Failure && error.code === 'declined')
      await requestJobStatus(work.at, id, 'Cancelled', 'declined');
    throw error;
  }
  await requestJobStatus(work.at, id, 'Ready');
}

function notConfirmedFailure(id: string): Failure {
  return new Failure(
    'blocked',
    'other-job-unconfirmed',
    `job ${id} of this configuration, with another selection of objects, waits for confirmation`,
    `cancel it: the same command with --cancel ${id}; or confirm it: run the command that started it`,
  );
}

function jobUnknownFailure(id: string): Failure {
  return new Failure(
    'failed',
    'job-unknown',
    `AWS does not know job ${id}, ${registrationMs / 60_000} minutes after s3repl created it`,
    'run the same command again',
  );
}
