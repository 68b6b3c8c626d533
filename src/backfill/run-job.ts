/** One job of S3 Batch Operations, from the request until it ends: whatever stops a run, the next one continues with the same job. */
import { send } from '../apply/send.ts';
import { Failure } from '../events/failure.ts';
import { listJobs } from '../observe/jobs.ts';
import {
  isJobEnding,
  isJobOver,
  type JobRequest,
  type JobSeen,
  judgeEnd,
  nextJob,
  tokenOf,
} from '../plan/backfill-jobs.ts';
import { type JobWork, leaveRunning } from './job-work.ts';
import { watchJob } from './watch-job.ts';

/** How many jobs are asked for where AWS does not know the role yet, which a killed run may have made a moment ago. Each is charged. */
const mostAttempts = { newRole: 3, oldRole: 2 };

/** What IAM takes to make a new role known. */
const roleKnownMs = 15_000;

/**
 * @returns the job as last seen: over, or under way where nobody waits.
 * @throws Failure `cancelled` or `unknown` where the run is stopped and the job goes on; `blocked` where another job of ours is active and nobody waits, there are more
 * objects than allowed, or AWS takes no further job; what AWS refuses.
 */
export async function runJob(request: JobRequest, work: JobWork): Promise<JobSeen> {
  const { surroundings, roleIsNew } = work;
  if (roleIsNew) await waitForRole(work);
  for (let attempt = 1; ; attempt += 1) {
    const { id, isNew } = await findOrCreate(request, work);
    if (isNew && !work.wait && request.ConfirmationRequired === false) return unseenJob(id, request);
    const job = await watchJob(id, work);
    const most = roleIsNew ? mostAttempts.newRole : mostAttempts.oldRole;
    if (judgeEnd(job) !== 'role-unknown' || attempt === most) return job;
    const message = `job ${id} failed because AWS does not know its role, perhaps not yet; s3repl creates another job`;
    surroundings.report({ type: 'warning', code: 'role-not-known-yet', message });
    await waitForRole(work);
  }
}

async function waitForRole({ surroundings: { report, sleep } }: JobWork): Promise<void> {
  const reason = 'IAM to make the role known to S3 Batch Operations';
  report({ type: 'pending', step: 'backfill-role', resource: 'role of the job', reason, seconds: 0 });
  await sleep(roleKnownMs);
}

/** As AWS makes it: whoever does not wait does not wait for it to be known either. */
function unseenJob(id: string, { Description, Priority }: JobRequest): JobSeen {
  const counts = { succeeded: 0, failed: 0, replicates: true, reasons: [] };
  return { id, description: Description, status: 'New', priority: Priority, confirms: false, ...counts };
}

async function findOrCreate(
  request: JobRequest,
  work: JobWork,
): Promise<{ readonly id: string; readonly isNew: boolean }> {
  const { at, spec, surroundings, signal } = work;
  for (;;) {
    const jobs = await listJobs(at);
    signal.throwIfAborted();
    const next = nextJob(request, jobs, spec);
    switch (next.kind) {
      case 'join':
        surroundings.report({
          type: 'note',
          message: `job ${next.job.id} is already running; s3repl continues with it`,
        });
        return { id: next.job.id, isNew: false };
      case 'wait':
        await waitForOther(next.job, work);
        break;
      case 'create':
        return { id: await createJob(request, next.token, jobs, work), isNew: true };
    }
  }
}

/** Two jobs of ours run one after the other: the second finds what the first has left. @throws Failure `blocked` where nobody waits for more than a moment, or nobody confirms it. */
export async function waitForOther(job: JobSeen, work: JobWork): Promise<void> {
  const { id, status } = job;
  const isEnding = isJobEnding(job);
  if (!work.wait && !isEnding) {
    throw new Failure(
      'blocked',
      'other-job-active',
      `job ${id} of this configuration is active (${status}), with another selection of objects`,
      `wait until it is over, leave out --no-wait, or cancel it: the same command with --cancel ${id}`,
    );
  }
  const message = isEnding
    ? `job ${id} of this configuration is about to end (${status}): s3repl waits for it`
    : `job ${id} of this configuration is active (${status}), with another selection of objects: s3repl waits until it ends`;
  work.surroundings.report({ type: 'note', message });
  // It belongs to another run, or to nobody: this one confirms nothing there.
  await watchJob(id, { ...work, wait: true, approveCount: undefined, maxObjects: undefined }, { confirms: false });
}

async function createJob(request: JobRequest, token: string, jobs: readonly JobSeen[], work: JobWork): Promise<string> {
  assertRoom(jobs);
  const { at, surroundings } = work;
  const ask = async (ClientRequestToken: string) => {
    const input = { ...request, ClientRequestToken };
    const { JobId } = await send<'CreateJob'>(at, { service: 'S3Control', operation: 'CreateJob', input }).catch(
      (error: unknown) => {
        throw leaveRunning(error, undefined, work) ?? explainRefusal(error);
      },
    );
    if (JobId === undefined) throw new Failure('failed', 'no-job-id', 'AWS answered CreateJob without an ID', runAgain);
    return JobId;
  };
  const id = await ask(token);
  // A token that AWS remembers for longer than the list of jobs shows gives a job that is over.
  const made = jobs.some((job) => job.id === id && isJobOver(job)) ? await ask(tokenOf(request, id)) : id;
  surroundings.report({ type: 'note', message: `job ${made} is created` });
  return made;
}

const runAgain = 'run the same command again: it continues with the job if there is one';

/** For the whole account (S3 User Guide, batch-ops). */
const mostActive = 6;

/** @throws Failure `blocked` where the account has as many jobs as AWS runs. */
function assertRoom(jobs: readonly JobSeen[]): void {
  const active = jobs.filter((job) => job.replicates && !isJobOver(job));
  if (active.length < mostActive) return;
  throw tooManyFailure(`: ${active.map(({ id, description }) => `${id} (${description})`).join(', ')}`);
}

function tooManyFailure(which: string, options?: ErrorOptions): Failure {
  return new Failure(
    'blocked',
    'too-many-jobs',
    `AWS runs at most ${mostActive} jobs of S3 Batch Replication in an account, and ${mostActive} are active${which}`,
    'wait until one of them is over, and run the same command again',
    options,
  );
}

function explainRefusal(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const options = { cause: error };
  if (error.name === 'TooManyRequestsException') return tooManyFailure(', perhaps in other Regions', options);
  if (error.name !== 'IdempotencyException') return error;
  const message = 'AWS got the same request a moment ago with different values, such as another --priority';
  return new Failure('failed', 'same-token', message, runAgain, options);
}
