/** `backfill --list` and `--cancel`. */

import { requestJobStatus } from '../apply/job-status.ts';
import type { JobWork } from '../backfill/job-work.ts';
import { watchJob } from '../backfill/watch-job.ts';
import type { Result } from '../events/event.ts';
import { Failure } from '../events/failure.ts';
import { describeJob, listJobs, lookPauseMs, registrationMs } from '../observe/jobs.ts';
import { compareAge, isJobEnding, isJobOver, isOurJob, type JobSeen } from '../plan/backfill-jobs.ts';
import { jobText } from '../show/job-text.ts';
import { shellLine } from '../text/shell-word.ts';
import { endOfJobs, jobResult } from './backfill-end.ts';
import type { BackfillOptions } from './backfill-options.ts';
import type { Session } from './session.ts';

/** Newest first. */
export async function listOurJobs({ spec, connections, view }: Session): Promise<Result> {
  const jobs = (await listJobs(connections.get('source'))).filter((job) => isOurJob(job, spec)).toSorted(compareAge);
  view.report({ type: 'phase', name: 'done' });
  for (const job of jobs.toReversed()) {
    const { created, ended, priority } = job;
    const times = { ...(created && { created }), ...(ended && { ended }) };
    view.report({ type: 'item', kind: 'job', members: { ...jobResult(job), priority, ...times }, text: jobText(job) });
  }
  const active = jobs.filter((job) => !isJobOver(job)).length;
  const summary =
    jobs.length === 0
      ? 'there is no job of this configuration; AWS deletes jobs 90 days after they end'
      : `${jobs.length} ${jobs.length === 1 ? 'job' : 'jobs'} of this configuration, ${active} active`;
  return { outcome: 'done', changes: 0, summary };
}

/** @throws Failure `invalid` for a job that is not of this configuration. */
async function findOurJob(session: Session, id: string): Promise<JobSeen> {
  const { spec, connections, view } = session;
  const job = (await describeJob(connections.get('source'), id)) ?? (await waitUntilKnown(session, id));
  view.report({ type: 'phase', name: 'done' });
  if (job === null) {
    const fix = 's3repl backfill --list shows the jobs of this configuration';
    throw new Failure('invalid', 'no-such-job', `there is no job ${id} in this account and Region`, fix);
  }
  if (!isOurJob(job, spec)) {
    const message = `job ${id} ("${job.description}") does not belong to ${spec.name}`;
    const { account, region } = spec.source;
    const paste = shellLine`aws s3control describe-job --account-id ${account} --region ${region} --job-id ${id}`;
    throw new Failure('invalid', 'not-our-job', message, 'ask whoever started it. To look at it:', { paste });
  }
  return job;
}

/** Lists have a new job before it can be asked for (S3 User Guide, troubleshooting-batch-operations). @returns null where they do not. */
async function waitUntilKnown({ connections, surroundings, signal }: Session, id: string): Promise<JobSeen | null> {
  const at = connections.get('source');
  if (!(await listJobs(at)).some((job) => job.id === id)) return null;
  for (let waited = 0; waited < registrationMs; waited += lookPauseMs) {
    const reason = 'AWS to know it';
    surroundings.report({ type: 'pending', resource: `job ${id}`, reason, seconds: 0 });
    await surroundings.sleep(lookPauseMs);
    signal.throwIfAborted();
    const job = await describeJob(at, id);
    if (job !== null) return job;
  }
  return null;
}

/** The result of a job that is over, whoever watched it. @throws Failure `invalid` for one that is not over, or not of this configuration. */
export async function explainOurJob(session: Session, options: BackfillOptions, id: string): Promise<Result> {
  const job = await findOurJob(session, id);
  if (!isJobOver(job)) {
    const fix = isJobEnding(job)
      ? 'it is about to end: try again in a minute'
      : 'to watch it until it ends, run the command that started it again';
    throw new Failure('invalid', 'job-active', `job ${id} is not over yet (${job.status})`, fix);
  }
  return endOfJobs(session, options, { jobs: [job], changes: 0, isNew: false });
}

/** @throws Failure `invalid` for a job that is not of this configuration. */
export async function cancelOurJob(session: Session, id: string, work: JobWork): Promise<Result> {
  const job = await findOurJob(session, id);
  if (isJobOver(job)) {
    const summary = `job ${id} is already over (${job.status})`;
    return { outcome: 'unchanged', changes: 0, job: jobResult(job), summary };
  }
  await requestJobStatus(work.at, id, 'Cancelled', 'asked for by backfill --cancel');
  const end = work.wait ? await watchJob(id, work, { confirms: false }) : job;
  const summary = work.wait
    ? `job ${id} is ${end.status}; what it has replicated stays`
    : `s3repl asked AWS to cancel job ${id}; what it has replicated stays`;
  return { outcome: 'done', changes: 1, job: jobResult(end), summary };
}
