/** Jobs of S3 Batch Replication on the screen of `s3repl status`. */
import type { JobSnapshot } from '../model/snapshot.ts';
import { isJobOver, judgeEnd } from '../plan/backfill-jobs.ts';
import type { Status } from '../status/replication-status.ts';
import { withoutPeriod } from '../text/without-period.ts';
import { progressText } from './event-text.ts';
import type { Sign, SignedLine } from './signed-line.ts';
import { type Frame, fieldLines, moreText } from './status-layout.ts';
import { utcText } from './utc-text.ts';

const mostJobs = 3;

export function jobsLines({ jobs }: Status, frame: Frame): readonly SignedLine[] {
  const field = { label: 'jobs' };
  if (jobs === 'unknown')
    return fieldLines(frame, { ...field, sign: '?', text: 'jobs of S3 Batch Replication were not read' });
  if (jobs.length === 0)
    return fieldLines(frame, { ...field, sign: '-', text: 'no backfill job runs or ended in this time' });
  const more = jobs.length - mostJobs;
  return [
    ...jobs.slice(0, mostJobs).flatMap((job) => jobLines(job, frame)),
    ...(more > 0 ? fieldLines(frame, { label: '', text: moreText(more, more === 1 ? 'job' : 'jobs') }) : []),
  ];
}

function jobLines(job: JobSnapshot, frame: Frame): readonly SignedLine[] {
  const { id, status, created, ended, reasons } = job;
  const times = [...timeText('created', created, frame), ...timeText('ended', ended, frame)];
  if (hasFoundNothing(job)) {
    const text = [`${id} found no object to replicate`, ...times].join(', ');
    return fieldLines(frame, { sign: '✔', label: 'job', text });
  }
  const [why] = reasons;
  return [
    ...fieldLines(frame, { sign: jobSign(job), label: 'job', text: [`${id} ${status}`, ...times].join(', ') }),
    ...fieldLines(frame, { label: '', text: jobText(job, frame) }),
    ...(why ? fieldLines(frame, { label: '', text: `AWS says: ${withoutPeriod(why.reason || why.code)}` }) : []),
  ];
}

/** AWS ends such a job as `Failed` (S3 User Guide, replication-troubleshoot). */
function hasFoundNothing(job: JobSnapshot): boolean {
  return isJobOver(job) && judgeEnd(job) === 'nothing-to-do';
}

function jobText(job: JobSnapshot, { now, width }: Frame): string {
  const { id, status, created, total = 0, succeeded, failed } = job;
  if (total === 0 && (isJobOver(job) || created === undefined)) return 'no list of objects';
  const seconds = created === undefined ? 0 : (now - Date.parse(created)) / 1000;
  return progressText({ type: 'progress', job: id, status, total, succeeded, failed, seconds }, width - 11);
}

function timeText(what: string, time: string | undefined, { now }: Frame): readonly string[] {
  const at = Date.parse(time ?? '');
  return Number.isNaN(at) ? [] : [`${what} ${utcText(at, now)}`];
}

function jobSign(job: JobSnapshot): Sign {
  if (job.failed > 0 || job.status === 'Failed') return '!';
  return isJobOver(job) ? '✔' : '-';
}
