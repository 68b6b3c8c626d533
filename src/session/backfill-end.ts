/** How it ended: the jobs, and what is left. */
import type { JobResult, NextCommand, Result } from '../events/event.ts';
import { type BackfillChoice, countsOf, isJobOver, type JobSeen, judgeEnd } from '../plan/backfill-jobs.ts';
import { commandLine } from '../show/command-line.ts';
import { countText } from '../text/count-text.ts';
import { type BackfillOptions, selectionFlags } from './backfill-options.ts';
import { nextCommand } from './common-options.ts';
import { FailedFile } from './failed-file.ts';
import type { Session } from './session.ts';
import { tellFailed } from './tell-failed.ts';
import { tellMissing } from './tell-missing.ts';
import { isOfReading, tellReport } from './tell-report.ts';

export interface Ended {
  /** In the order in which they ran. */
  readonly jobs: readonly JobSeen[];
  /** Of the role. */
  readonly changes: number;
  /** Absent: another run has asked for them. */
  readonly choice?: BackfillChoice;
  /** Whether a report may still be on its way. */
  readonly isNew: boolean;
}

/** A success only where every object of every job was replicated: AWS's `Complete` alone does not say so. */
export async function endOfJobs(
  session: Session,
  options: BackfillOptions,
  { jobs, changes, choice, isNew }: Ended,
): Promise<Result> {
  const last = jobs.at(-1);
  if (last === undefined) return { outcome: 'unchanged', changes, summary: 'there was no job to start' };
  const about = { changes, job: jobResult(last) };
  if (!isJobOver(last)) {
    const summary = `job ${last.id} is running (${last.status}); run the same command again to watch it, or with --explain ${last.id} once it is over`;
    const next = nextCommand('backfill', options, { flags: selectionFlags(options) });
    return { ...about, outcome: 'started', summary, next };
  }
  const stopped = jobs.find((job) => ['cancelled', 'role-unknown', 'failed'].includes(judgeEnd(job)));
  if (stopped) return { ...about, ...explainFailedJob(stopped) };
  const failed = sum(jobs, ({ failed: count }) => count);
  const succeeded = sum(jobs, ({ succeeded: count }) => count);
  if (failed > 0) return { ...about, ...(await tellWhatFailed(session, options, { jobs, failed, succeeded, isNew })) };
  // Nothing failed: it is empty but for its titles.
  if (options.out !== undefined) (await FailedFile.open(options.out)).keep();
  const left = choice && (await tellMissing(session, options, choice));
  const next: { readonly next?: NextCommand } = left ? { next: left } : {};
  if (jobs.every((job) => judgeEnd(job) === 'nothing-to-do')) {
    const looked = choice ? ` with status ${choice.statuses.join(' or ')}` : '';
    const summary = `no object was replicated: ${namesOf(jobs)} found none to replicate${looked}`;
    return { ...about, outcome: 'done', summary, ...next };
  }
  const objects =
    ['no object was', 'one object was', 'both objects were'][succeeded] ?? `all ${countText(succeeded)} objects were`;
  return { ...about, outcome: 'done', summary: `${objects} replicated (${namesOf(jobs)})`, ...next };
}

function sum(jobs: readonly JobSeen[], of: (job: JobSeen) => number): number {
  return jobs.reduce((total, job) => total + of(job), 0);
}

function namesOf(jobs: readonly JobSeen[]): string {
  return `${jobs.length === 1 ? 'job' : 'jobs'} ${jobs.map(({ id }) => id).join(', ')}`;
}

export function jobResult(job: JobSeen): JobResult {
  return { id: job.id, ...countsOf(job) };
}

/** For AWS's own reasons, before or apart from any object. */
function explainFailedJob(job: JobSeen): Pick<Result, 'outcome' | 'error'> {
  const end = judgeEnd(job);
  const done = job.total === undefined ? '' : `, after ${countText(job.succeeded)} of ${countText(job.total)} objects`;
  if (end === 'cancelled') {
    const message = `job ${job.id} was canceled${done}; what it has replicated stays`;
    return {
      outcome: 'failed',
      error: { code: 'job-canceled', message, fix: 'run the same command again: it replicates the rest' },
    };
  }
  const why = job.reasons.map(({ code, reason }) => `${reason} (${code})`).join('; ') || 'AWS gives no reason';
  const fix =
    end === 'role-unknown'
      ? 'if the role is new, AWS may not know it everywhere yet: run the same command again; otherwise allow batchoperations.s3.amazonaws.com in its trust policy'
      : 'fix what AWS reports, and run the same command again; docs/backfill.md lists the known reasons';
  return { outcome: 'failed', error: { code: 'job-failed', message: `job ${job.id} failed${done}: ${why}`, fix } };
}

interface Failed extends Pick<Ended, 'jobs' | 'isNew'> {
  readonly failed: number;
  readonly succeeded: number;
}

async function tellWhatFailed(
  session: Session,
  options: BackfillOptions,
  { jobs, failed, succeeded, isNew }: Failed,
): Promise<Pick<Result, 'outcome' | 'error'>> {
  // The first job that has a failure is the last one.
  const last = jobs.at(-1);
  const told = last && (await tellReport(session, last, { out: options.out, waits: isNew }));
  const looked = told === undefined || told.read === 'not' ? await lookAtFailed(session) : failed;
  const most = jobs.some((job) => judgeEnd(job) === 'most-failed');
  const untried = sum(jobs, ({ total = 0 }) => total) - failed - succeeded;
  const rest = untried > 0 ? `, and AWS ended the job before it tried ${countText(untried)} more` : '';
  const message = `${countText(failed)} of ${countText(failed + succeeded)} ${failed + succeeded === 1 ? 'object' : 'objects'} ${failed === 1 ? 'was' : 'were'} not replicated (${namesOf(jobs)})${rest}`;
  const fix =
    looked === 0
      ? 'none of the newest versions is FAILED; s3repl doctor --object KEY explains one object'
      : `fix the problems above, and run s3repl backfill again${whatIsLeft(options)}`;
  if (last !== undefined && told !== undefined && told.read !== 'whole') {
    const which = told.read === 'not' ? 's3repl does not know which' : 's3repl does not know all of them';
    const error = { code: 'report-not-read', message: `${message}; ${which}: ${told.why}` };
    const again = explainAgain(last, options);
    return { outcome: 'unknown', error: { ...error, fix: looked === 'unknown' ? again : `${fix}; ${again}` } };
  }
  return { outcome: 'blocked', error: { code: most ? 'most-failed' : 'some-failed', message, fix } };
}

/** To run the same command would start another job. */
function explainAgain({ id }: JobSeen, options: BackfillOptions): string {
  const out = options.out === undefined ? [] : ([['--out', options.out]] as const);
  const command = commandLine(nextCommand('backfill', options, { flags: [['--explain', id], ...out] }));
  return `to read the report again, without another job: ${command}`;
}

async function lookAtFailed(session: Session): Promise<number | 'unknown'> {
  try {
    return await tellFailed(session);
  } catch (error) {
    if (isOfReading(error, session)) return 'unknown';
    throw error;
  }
}

/** A list is done again as a whole, and whether another run has given one is not known. */
function whatIsLeft({ manifest, explain }: BackfillOptions): string {
  if (explain !== undefined) return '';
  return manifest === undefined ? ': it replicates the rest' : ' with a list of the rest';
}
