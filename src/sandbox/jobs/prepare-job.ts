import { bucketNameIn } from '../../aws/arn.ts';
import type { Replicator } from '../replication/replicator.ts';
import type { Keeping } from '../store/contents.ts';
import { arnOfBucket, type Bucket, type SandboxState } from '../store/state.ts';
import type { Job, JobFailure, JobTask } from './job.ts';
import { assumeJobRole, type Rights, rightsOf } from './job-role.ts';
import type { ManifestGenerator } from './job-shapes.ts';
import { listTasks } from './manifest.ts';
import { readOwnManifest } from './own-manifest.ts';

/** No page has the codes of jobs, only the texts of some (S3 User Guide, replication-troubleshoot); the codes of tasks are used where they fit. */
export const undocumentedCode = 'ManifestGenerationFailed';

export interface Prepared {
  readonly tasks: readonly JobTask[];
  /** By name, where only the list tells it. */
  readonly bucket?: string;
}

/** Gives the list of objects, or why there is none. */
export function prepareJob(
  state: SandboxState,
  { replicator, contents }: Keeping & { readonly replicator: Replicator },
  job: Job,
): Prepared | JobFailure {
  const { ManifestGenerator: generator, Manifest: manifest } = job.request;
  const foreign = refuseReportBucket(state, job);
  if (foreign !== undefined) return foreign;
  if (generator !== undefined) return generateList(state, replicator, job, generator);
  const role = assumeJobRole(state, job);
  if (role === undefined) return roleUnknown(job);
  const read = readOwnManifest({ state, contents, role }, manifest);
  if (!('tasks' in read)) return failure(read.code, read.reason);
  const found = findSource(state, job, read.bucket);
  return 'code' in found ? found : read;
}

function generateList(
  state: SandboxState,
  replicator: Replicator,
  job: Job,
  { SourceBucket, ExpectedBucketOwner: expected, Filter = {} }: ManifestGenerator,
): Prepared | JobFailure {
  const bucket = findSource(state, job, bucketNameIn(SourceBucket), expected);
  if ('code' in bucket) return bucket;
  const tasks = listTasks(bucket, Filter, (version) => replicator.rulesFor(bucket, version).length > 0);
  if (tasks.length > 0) return { tasks };
  return failure(undocumentedCode, 'Manifest generation found no keys matching the filter criteria.');
}

/** The API's own limit for a reason is 256 characters. */
function failure(code: string, reason: string): JobFailure {
  return { code, reason: reason.slice(0, 256) };
}

/** "The job fails" (API Reference, JobReport). */
function refuseReportBucket(state: SandboxState, { request: { Report } }: Job): JobFailure | undefined {
  const { Enabled, Bucket: arn = '', ExpectedBucketOwner: expected } = Report;
  const bucket = state.buckets[bucketNameIn(arn)];
  if (!Enabled || expected === undefined || bucket === undefined || bucket.account === expected) return undefined;
  return failure('ReportBucketOwnerMismatch', `${arn} does not belong to the expected owner.`);
}

/** @param expected the owner's account, where the job names one. */
function findSource(state: SandboxState, job: Job, name: string, expected?: string): Bucket | JobFailure {
  const bucket = state.buckets[name];
  const { region, partition } = job;
  if (bucket === undefined || bucket.partition !== partition) {
    return failure('SrcBucketNotFound', `Bucket ${name} does not exist.`);
  }
  if (bucket.region !== region) {
    return failure('SrcBucketInvalidRegion', `Bucket ${name} is not in the Region of the job, ${region}.`);
  }
  if (expected !== undefined && expected !== bucket.account) {
    return failure(undocumentedCode, `Bucket ${name} does not belong to the expected owner.`);
  }
  const refused = refuseRole(state, job, bucket);
  if (refused !== undefined) return refused;
  if (bucket.replication !== undefined) return bucket;
  return failure('SrcBucketReplicationConfigMissing', `Bucket ${name} has no replication configuration.`);
}

function roleUnknown({ request: { RoleArn } }: Job): JobFailure {
  return failure('AssumeRoleNotPermitted', `S3 Batch Operations cannot assume the role ${RoleArn}.`);
}

/** What a job that makes its own list does to the bucket (S3 User Guide, s3-batch-replication-policies). */
const generatorActions = ['s3:GetReplicationConfiguration', 's3:PutInventoryConfiguration'];

/** What it may not is named: the texts that AWS gives for it are not recorded. */
function refuseRole(state: SandboxState, job: Job, bucket: Bucket): JobFailure | undefined {
  const { RoleArn, ManifestGenerator: generator } = job.request;
  const role = assumeJobRole(state, job);
  if (role === undefined) return roleUnknown(job);
  if (generator === undefined) return undefined;
  const arn = arnOfBucket(bucket);
  const may: Rights = rightsOf(state, role, bucket);
  const missing = generatorActions.find((action) => !may(action, arn));
  if (missing === undefined) return undefined;
  const reason = `Error occurred when preparing manifest: AccessDenied: ${missing} on ${arn} by ${RoleArn}`;
  return failure(undocumentedCode, reason);
}
