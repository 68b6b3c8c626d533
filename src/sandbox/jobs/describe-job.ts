import { element } from '../wire/answer.ts';
import { arnOfJob, type Job } from './job.ts';
import { generatorShape, manifestShape, shownRequestShape } from './job-shapes.ts';

/** The members of a `JobDescriptor`. */
export function describeJob(job: Job): string {
  const { request, status, failure } = job;
  const { ManifestGenerator: generator, Manifest: manifest, ...shown } = request;
  return [
    element('JobId', job.id),
    element('JobArn', arnOfJob(job)),
    describeInShort(job),
    shownRequestShape.encode('Job', shown).slice('<Job>'.length, -'</Job>'.length),
    manifest === undefined ? '' : manifestShape.encode('Manifest', manifest),
    generator === undefined ? '' : generatorShape.encode('ManifestGenerator', { S3JobManifestGenerator: generator }),
    optionalElement('StatusUpdateReason', job.updateReason),
    failure === undefined
      ? ''
      : `<FailureReasons><member>${element('FailureCode', failure.code)}${element('FailureReason', failure.reason)}</member></FailureReasons>`,
    optionalTime('SuspendedDate', job.suspended),
    // The only cause that AWS names (Service Authorization Reference, s3:JobSuspendedCause).
    status === 'Suspended' ? element('SuspendedCause', 'AWAITING_CONFIRMATION') : '',
  ].join('');
}

/** The members of a `JobListDescriptor`. */
export function describeListed(job: Job): string {
  return [element('JobId', job.id), element('Operation', job.request.Operation), describeInShort(job)].join('');
}

function describeInShort(job: Job): string {
  return [
    optionalElement('Description', job.request.Description),
    element('Priority', String(job.priority)),
    element('Status', job.status),
    optionalTime('CreationTime', job.created),
    optionalTime('TerminationDate', job.ended),
    describeProgress(job),
  ].join('');
}

/** How many there are is known once they are listed. */
function describeProgress({ tasks, succeeded, failed, activeSeconds }: Job): string {
  const members = [
    optionalElement('TotalNumberOfTasks', tasks === undefined ? undefined : String(tasks.length)),
    element('NumberOfTasksSucceeded', String(succeeded)),
    element('NumberOfTasksFailed', String(failed)),
    `<Timers>${element('ElapsedTimeInActiveSeconds', String(activeSeconds))}</Timers>`,
  ];
  return `<ProgressSummary>${members.join('')}</ProgressSummary>`;
}

function optionalElement(name: string, text: string | undefined): string {
  return text === undefined ? '' : element(name, text);
}

function optionalTime(name: string, time: number | undefined): string {
  return time === undefined ? '' : element(name, new Date(time).toISOString());
}
