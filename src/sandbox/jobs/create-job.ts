import { createHash, randomUUID } from 'node:crypto';
import { accountIn, arnParts, isAccountId, objectOfArn } from '../../aws/arn.ts';
import { authorize } from '../iam/authorize-call.ts';
import { requestTagKeys } from '../iam/request-keys.ts';
import { authorizeS3On } from '../s3/authorize-s3.ts';
import { accessDenied, document } from '../s3/request.ts';
import { checkTags } from '../s3/tags.ts';
import { emptyRecord } from '../store/record.ts';
import { AwsError } from '../wire/errors.ts';
import type { Operation } from '../wire/operation.ts';
import { arnOfJob, isOver, type Job } from './job.ts';
import { badRequest, idempotencyConflict, tooManyJobs, tooManyTags } from './job-errors.ts';
import { type CreateJobRequest, createJobShape, type ManifestRequest } from './job-shapes.ts';
import { stageMs } from './job-times.ts';

/** For the whole account (S3 User Guide, batch-ops). */
const mostActive = 6;

export const mostTags = 50;

/** @throws AwsError where S3 refuses the request, or the sandbox does not have what it asks for (501). */
export function createJob(operation: Operation): Job {
  const { state, call, caller, now } = operation;
  const request = document(operation, 'CreateJobRequest', createJobShape);
  authorizeCreation(operation, request);
  const list = readList(request);
  checkRequest(request, list);
  const { ConfirmationRequired, Operation: name, Report, Description, RoleArn } = request;
  const { ClientRequestToken: token, Priority: priority, Tags: tags = [] } = request;
  const digest = createHash('sha256')
    .update(JSON.stringify({ ...request, ClientRequestToken: '' }))
    .digest('hex');
  const ofAccount = Object.values(state.jobs).filter(({ account }) => account === caller.account);
  // How long AWS knows a token is not documented; here, as long as the job.
  const known = ofAccount.find((job) => job.token === token && job.region === call.region);
  if (known !== undefined) {
    if (known.digest !== digest) throw idempotencyConflict();
    return known;
  }
  if (ofAccount.filter((job) => !isOver(job)).length >= mostActive) throw tooManyJobs();
  const id = randomUUID();
  state.jobs[id] = {
    id,
    partition: call.partition,
    region: call.region,
    account: caller.account,
    created: now,
    token,
    digest,
    request: {
      Operation: name,
      Report,
      RoleArn,
      ...(ConfirmationRequired !== undefined && { ConfirmationRequired }),
      ...(Description !== undefined && { Description }),
      ...list,
    },
    status: 'New',
    due: now + stageMs,
    priority,
    tags,
    succeeded: 0,
    failed: 0,
    activeSeconds: 0,
    taskFailures: emptyRecord(),
  };
  return state.jobs[id];
}

/** `s3:CreateJob` knows no resource (Service Authorization Reference, Amazon S3). */
function authorizeCreation(operation: Operation, request: CreateJobRequest): void {
  const { caller, call } = operation;
  const { Operation: name, Priority, RoleArn, Tags = [] } = request;
  const keys = {
    's3:RequestJobOperation': name,
    's3:RequestJobPriority': String(Priority),
    ...requestTagKeys(Tags),
  };
  authorizeS3On(operation, ['s3:CreateJob'], '*', keys);
  if (Tags.length > 0) {
    const job = arnOfJob({ ...call, account: caller.account, id: '*' });
    authorizeS3On(operation, ['s3:PutJobTagging'], job, requestTagKeys(Tags));
  }
  const arn = arnParts(RoleArn);
  if (arn?.service !== 'iam' || !isAccountId(arn.account) || !arn.resource.startsWith('role/')) {
    throw badRequest(`${RoleArn} is not the ARN of a role.`);
  }
  if (accountIn(RoleArn) !== caller.account) throw accessDenied('Cross-account pass role is not allowed.');
  authorize(operation, {
    action: 'iam:PassRole',
    resource: RoleArn,
    account: arn.account,
    context: { 'iam:PassedToService': 'batchoperations.s3.amazonaws.com' },
  });
}

function readList({ Operation: name, Manifest, ManifestGenerator: given }: CreateJobRequest): ManifestRequest {
  if (name !== 'S3ReplicateObject') throw notThere(`jobs of ${name}`);
  if (Manifest !== undefined && given !== undefined) {
    throw badRequest('A job has either a Manifest or a ManifestGenerator.');
  }
  if (Manifest !== undefined) {
    const { ObjectArn } = Manifest.Location;
    if (Manifest.Spec.Format !== 'S3BatchOperations_CSV_20180820') throw notThere('manifests of S3 Inventory');
    if (objectOfArn(ObjectArn) === undefined) throw badRequest(`${ObjectArn} is not the ARN of an object.`);
    return { Manifest };
  }
  if (given === undefined) throw badRequest('A job has either a Manifest or a ManifestGenerator.');
  const generator = given.S3JobManifestGenerator;
  if (generator.EnableManifestOutput) throw notThere('generated manifests that are saved (EnableManifestOutput)');
  if (arnParts(generator.SourceBucket)?.service !== 's3') {
    throw badRequest(`${generator.SourceBucket} is not the ARN of a bucket.`);
  }
  return { ManifestGenerator: generator };
}

function notThere(what: string): AwsError {
  return new AwsError('NotImplemented', 501, `The sandbox does not have ${what}.`);
}

function checkRequest(request: CreateJobRequest, { ManifestGenerator: generator }: ManifestRequest): void {
  const { Filter = {} } = generator ?? {};
  const { ClientRequestToken, Description, Priority, Tags = [], Report } = request;
  checkLength('ClientRequestToken', ClientRequestToken, 64);
  if (Description !== undefined) checkLength('Description', Description, 256);
  if (Priority < 0) throw badRequest('Priority must be between 0 and 2147483647.');
  if (Tags.length > mostTags) throw tooManyTags();
  checkTags(Tags);
  if (Report.Enabled && (Report.Bucket === undefined || Report.Format === undefined || !Report.ReportScope)) {
    throw badRequest('A report that is enabled has a Bucket, a Format and a ReportScope.');
  }
  if (Report.Prefix !== undefined) checkLength('Prefix', Report.Prefix, 512);
  // "Array of strings with a length of 1 string" (S3 API Reference, KeyNameConstraint); the API model has no limit.
  const lists = { ...Filter.KeyNameConstraint, MatchAnyObjectEncryption: Filter.MatchAnyObjectEncryption };
  for (const [name, list] of Object.entries(lists)) {
    if (list !== undefined && list.length !== 1) throw badRequest(`${name} must have exactly one element.`);
  }
}

function checkLength(name: string, text: string, most: number): void {
  if (text.length >= 1 && text.length <= most) return;
  throw badRequest(`${name} must have between 1 and ${most} characters.`);
}
