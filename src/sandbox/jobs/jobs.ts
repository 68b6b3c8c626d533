/** What S3 Control answers about jobs. */
import { requestTagKeys } from '../iam/request-keys.ts';
import { authorizeS3On } from '../s3/authorize-s3.ts';
import { document } from '../s3/request.ts';
import type { Tag } from '../s3/shapes.ts';
import { checkTags } from '../s3/tags.ts';
import { type Answer, element, s3Empty } from '../wire/answer.ts';
import type { Operation } from '../wire/operation.ts';
import { createJob, mostTags } from './create-job.ts';
import { describeJob, describeListed } from './describe-job.ts';
import { arnOfJob, isOver, type Job, jobStatuses } from './job.ts';
import {
  badRequest,
  invalidListRequest,
  invalidNextToken,
  jobNotFound,
  noSuchJob,
  tooManyTags,
  wrongJobStatus,
} from './job-errors.ts';
import { taggingShape } from './job-shapes.ts';
import { registrationMs, stageMs } from './job-times.ts';

export const jobOperations: Readonly<Record<string, (operation: Operation) => Answer>> = {
  CreateJob: (operation) => answerWith('CreateJobResult', element('JobId', createJob(operation).id)),
  DescribeJob: (operation) => answerWith('DescribeJobResult', `<Job>${describeJob(openJob(operation))}</Job>`),
  ListJobs: listJobs,
  UpdateJobStatus: updateStatus,
  UpdateJobPriority: updatePriority,
  GetJobTagging: (operation) => {
    const { tags } = openJob(operation);
    const content = taggingShape.encode('GetJobTaggingResult', { Tags: tags });
    return answerWith('GetJobTaggingResult', content.replace(/^<\w+>|<\/\w+>$/g, ''));
  },
  PutJobTagging: putTagging,
  DeleteJobTagging: (operation) => {
    openJob(operation).tags = [];
    return s3Empty(200);
  },
};

function answerWith(name: string, content: string): Answer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/">${content}</${name}>`;
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}

/** @param tags those that the request brings. @throws AwsError `AccessDenied`, `NotFoundException`, `NoSuchJobException` */
function openJob(operation: Operation, tags: readonly Tag[] = []): Job {
  const { state, call, caller, now } = operation;
  const { job: id = '', operation: name, query } = call;
  const found = state.jobs[id];
  const isOurs = found?.account === caller.account && found.region === call.region;
  authorizeS3On(operation, [`s3:${name}`], arnOfJob({ ...call, account: caller.account, id }), {
    ...(isOurs ? existingKeys(found) : {}),
    ...(name === 'UpdateJobPriority' ? { 's3:RequestJobPriority': query.priority ?? [] } : {}),
    ...requestTagKeys(tags),
  });
  if (!isOurs) throw jobNotFound();
  if (now < found.created + registrationMs) throw noSuchJob();
  return found;
}

function existingKeys({ request, priority, status }: Job) {
  return {
    's3:ExistingJobOperation': request.Operation,
    's3:ExistingJobPriority': String(priority),
    's3:JobSuspendedCause': status === 'Suspended' ? 'AWAITING_CONFIRMATION' : [],
  };
}

/** Newest first. `s3:ListJobs` knows no resource (Service Authorization Reference, Amazon S3). */
function listJobs(operation: Operation): Answer {
  const { state, call, caller } = operation;
  authorizeS3On(operation, ['s3:ListJobs'], '*');
  const { jobStatuses: asked = '', maxResults = '1000', nextToken } = call.query;
  const statuses = asked === '' ? [] : asked.split(',');
  const unknown = statuses.find((status) => !jobStatuses.some((one) => one === status));
  if (unknown !== undefined) throw invalidListRequest(`${unknown} is not the status of a job.`);
  if (!/^\d{1,4}$/.test(maxResults) || Number(maxResults) > 1000) {
    throw invalidListRequest('MaxResults must be between 0 and 1000.');
  }
  const ofCaller = Object.values(state.jobs)
    .filter(({ account, region }) => account === caller.account && region === call.region)
    .toSorted((a, b) => b.created - a.created || (a.id < b.id ? -1 : 1));
  const after = nextToken === undefined ? -1 : ofCaller.findIndex(({ id }) => id === nextToken);
  if (nextToken !== undefined && after === -1) throw invalidNextToken();
  const left = ofCaller.slice(after + 1).filter(({ status }) => statuses.length === 0 || statuses.includes(status));
  // AWS does not say what no results at a time would be.
  const page = left.slice(0, Number(maxResults) || 1000);
  const members = page.map((job) => `<member>${describeListed(job)}</member>`).join('');
  const last = page.at(-1);
  const next = page.length < left.length && last !== undefined ? element('NextToken', last.id) : '';
  return answerWith('ListJobsResult', `${next}<Jobs>${members}</Jobs>`);
}

function updateStatus(operation: Operation): Answer {
  const { requestedJobStatus: asked = '', statusUpdateReason: reason } = operation.call.query;
  const job = openJob(operation);
  if (asked !== 'Ready' && asked !== 'Cancelled') throw badRequest(`A job cannot be asked to become "${asked}".`);
  if (reason !== undefined && (reason === '' || reason.length > 256)) {
    throw badRequest('StatusUpdateReason must have between 1 and 256 characters.');
  }
  if (!(asked === 'Ready' ? job.status === 'Suspended' : isCancellable(job))) throw wrongJobStatus(job.status, asked);
  job.status = asked === 'Ready' ? 'Ready' : 'Cancelling';
  job.due = operation.now + stageMs;
  if (reason !== undefined) job.updateReason = reason;
  const members = [element('JobId', job.id), element('Status', job.status)];
  if (reason !== undefined) members.push(element('StatusUpdateReason', reason));
  return answerWith('UpdateJobStatusResult', members.join(''));
}

function isCancellable(job: Job): boolean {
  return !isOver(job) && !['Cancelling', 'Completing', 'Failing'].includes(job.status);
}

function updatePriority(operation: Operation): Answer {
  const { priority = '' } = operation.call.query;
  const job = openJob(operation);
  if (!/^\d{1,10}$/.test(priority) || Number(priority) > 2147483647) {
    throw badRequest('Priority must be between 0 and 2147483647.');
  }
  if (isOver(job)) throw badRequest(`A job that is ${job.status} has no priority to change.`);
  job.priority = Number(priority);
  return answerWith('UpdateJobPriorityResult', element('JobId', job.id) + element('Priority', priority));
}

function putTagging(operation: Operation): Answer {
  const { Tags } = document(operation, 'PutJobTaggingRequest', taggingShape);
  const job = openJob(operation, Tags);
  if (Tags.length > mostTags) throw tooManyTags();
  checkTags(Tags);
  job.tags = Tags;
  return s3Empty(200);
}
