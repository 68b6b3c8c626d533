/** What S3 Batch Replication does, or did, for objects that live replication does not take in any more (C32). */
import { nameIn } from '../aws/arn.ts';
import type { Spec } from '../config/spec.ts';
import { accountIn } from '../model/replication/find.ts';
import { isOfUnknownAge } from '../model/replication/silent.ts';
import type { JobSnapshot, ObjectSnapshot } from '../model/snapshot.ts';
import { isJobOver, judgeEnd, setUpOf } from '../plan/backfill-jobs.ts';
import { countText } from '../text/count-text.ts';
import { withoutMarks } from '../text/without-marks.ts';
import { withoutPeriod } from '../text/without-period.ts';
import { taskCode } from './catalogue/task-codes.ts';
import type { DiagnosedVerdict, Level, Sighting } from './diagnosis.ts';
import { isMade, type JobRole, lookAtJobRole } from './look-at-job-role.ts';
import type { Scope } from './scope.ts';

/** Nothing where no object waits for a job, or jobs were not looked at. @param spec whose role counts as well. */
export function lookAtJobs(
  scope: Scope,
  objects: readonly ObjectSnapshot[],
  verdicts: readonly DiagnosedVerdict[],
  spec: Spec | undefined,
): readonly Sighting[] {
  const { jobs } = scope.prepared.snapshot;
  const waiting = waitingKeys(objects, verdicts);
  if (jobs === undefined || waiting.length === 0) return [];
  const told = jobs === 'unknown' ? [] : jobsThatMatter(jobs);
  return [
    ...told.flatMap(lookAtJob),
    ...jobRoles(scope, told, spec).flatMap((role) => lookAtJobRole(scope, role, waiting)),
  ];
}

/** They FAILED, or S3 did not take them in when they were written. */
function waitingKeys(objects: readonly ObjectSnapshot[], verdicts: readonly DiagnosedVerdict[]): readonly string[] {
  const failed = objects.filter(({ replicationStatus }) => replicationStatus === 'FAILED').map(({ key }) => key);
  const untaken = verdicts
    .filter(
      ({ verdict }) => isOfUnknownAge(verdict) || ['existing-object', 'tagged-later'].includes(`${verdict.reason}`),
    )
    .map(({ verdict }) => verdict.object);
  return [...new Set([...failed, ...untaken])];
}

/** Those that run; without one that copies, also the last that is over. */
function jobsThatMatter(jobs: readonly JobSnapshot[]): readonly JobSnapshot[] {
  const running = jobs.filter((job) => !isJobOver(job));
  const last = jobs.filter(isJobOver).slice(0, 1);
  return running.some(({ status }) => status !== 'Suspended') ? running : [...running, ...last];
}

function jobRoles(
  { prepared: { snapshot } }: Scope,
  jobs: readonly JobSnapshot[],
  spec: Spec | undefined,
): readonly JobRole[] {
  const owner = accountIn(snapshot, snapshot.source.account);
  const roles = owner === 'unknown' || owner.roles === 'unknown' ? {} : owner.roles;
  const isOurs = (arn: string) => nameIn(arn) === spec?.backfill.role || isMade(roles[arn] ?? null);
  const ofSpec = Object.keys(roles).filter((arn) => roles[arn] !== null && nameIn(arn) === spec?.backfill.role);
  const arns = [...new Set([...ofSpec, ...jobs.map(({ role }) => role)])].filter((arn) => arn !== '');
  return arns.map((arn) => ({
    arn,
    isOurs: isOurs(arn),
    running: jobs.filter((job) => job.role === arn && !isJobOver(job)).map(({ id }) => id),
    isUsed: jobs.some(({ role }) => role === arn),
  }));
}

function lookAtJob(job: JobSnapshot): readonly Sighting[] {
  return isJobOver(job) ? lookAtEnd(job) : [sight(job, ...progressOf(job))];
}

type Said = readonly [level: Level, summary: string, fix: string];

function sight({ id }: JobSnapshot, level: Level, summary: string, fix: string): Sighting {
  return { level, cause: { check: 'C32', summary, fix, evidence: {}, same: ['job', id] } };
}

const later = 'Wait until the job has ended, and look again.';

/** S3 User Guide, batch-ops-job-status. */
function progressOf(job: JobSnapshot): Said {
  const { id, status, total, failed } = job;
  const name = `Job ${id} of S3 Batch Replication`;
  switch (status) {
    case 'New':
    case 'Preparing':
      return ['note', `${name} is still listing the objects of this bucket: it has copied nothing yet.`, later];
    case 'Suspended':
      return [
        'warning',
        `${name} waits for confirmation. Until somebody confirms it, it copies none of its ${countText(total ?? 0)} objects, and after 30 days it fails.`,
        setUpOf(job) !== undefined
          ? 'Run s3repl backfill: it asks you, and continues this job.'
          : 'Ask whoever created it to confirm it, in the S3 console or with aws s3control update-job-status.',
      ];
    case 'Pausing':
    case 'Paused':
      return [
        'note',
        `${name} is paused, because another job of the account has a higher priority: ${describeProgress(job)}.`,
        later,
      ];
    case 'Ready':
    case 'Active':
    case 'Completing': {
      const does = status === 'Ready' ? 'is about to copy' : 'is copying';
      const summary = `${name} ${does} objects of this bucket: ${describeProgress(job)}.`;
      return failed > 0 ? ['warning', summary, `${later} ${whyText(job)}`] : ['note', summary, later];
    }
    default:
      return ['note', `${name} is ${status}: ${describeProgress(job)}.`, later];
  }
}

function describeProgress({ total, succeeded, failed }: JobSnapshot): string {
  const of = total === undefined ? '' : ` of ${countText(total)}`;
  return `${countText(succeeded + failed)}${of} done, ${countText(failed)} failed`;
}

function lookAtEnd(job: JobSnapshot): readonly Sighting[] {
  const { id, status, failed, ended } = job;
  const name = `Job ${id} of S3 Batch Replication`;
  const when = ended === undefined ? '' : ` on ${ended.slice(0, 10)}`;
  switch (judgeEnd(job)) {
    case 'complete':
    case 'nothing-to-do':
      return [];
    case 'cancelled':
      return [
        sight(
          job,
          'note',
          `${name} was canceled${when}: ${describeProgress(job)}.`,
          'Run s3repl backfill for the rest.',
        ),
      ];
    case 'some-failed':
    case 'most-failed': {
      const summary = `${name} ended${when} (${status}) with failures: ${describeProgress(job)}.`;
      return [sight(job, 'warning', summary, `${whyText(job)} Then run s3repl backfill --status failed.`)];
    }
    case 'role-unknown':
    case 'failed': {
      const counts = failed > 0 ? ` (${describeProgress(job)})` : '';
      return [sight(job, 'warning', `${name} failed${when}${counts}: ${reasonText(job)}.`, failureFix(job))];
    }
  }
}

function whyText(job: JobSnapshot): string {
  const { id, report } = job;
  if (report !== undefined && setUpOf(job) !== undefined)
    return `Run s3repl backfill --explain ${id}: it says which objects failed and why. Fix the causes.`;
  return report === undefined
    ? 'It writes no report: run s3repl doctor --object KEY for an object that FAILED, and fix the cause.'
    : `Its report in ${report} has a code for each object that failed: look it up in docs/troubleshooting.md, and fix the cause.`;
}

function reasonText({ reasons: [first] }: JobSnapshot): string {
  if (first === undefined) return 'AWS gives no reason';
  return withoutPeriod([first.code, first.reason].filter((text) => text !== '').join(': '));
}

/** AWS documents no codes of jobs; where it takes one of tasks, that has a fix. */
function failureFix({ reasons }: JobSnapshot): string {
  const known = reasons.map(({ code }) => taskCode(code)?.fix).find((fix) => fix !== undefined);
  const fix = known === undefined ? 'Fix what the reason names.' : withoutMarks(known);
  return fix.includes('s3repl backfill') ? fix : `${fix} Then run s3repl backfill.`;
}
