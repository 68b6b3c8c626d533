import { bucketNameIn } from '../../aws/arn.ts';
import type { Replicator } from '../replication/replicator.ts';
import { arnOfBucket, type Bucket, type SandboxState } from '../store/state.ts';
import type { Job, JobFailure, JobTask } from './job.ts';
import { assumeJobRole, rightsOf } from './job-role.ts';
import { listTasks } from './manifest.ts';

/** No page has the codes of jobs, only the texts of some (S3 User Guide, replication-troubleshoot); the codes of tasks are used where they fit. */
export const undocumentedCode = 'ManifestGenerationFailed';

/** Gives the list of objects, or why there is none. */
export function prepareJob(
  state: SandboxState,
  replicator: Replicator,
  job: Job,
): { readonly tasks: readonly JobTask[] } | JobFailure {
  const { SourceBucket, Filter = {} } = job.request.ManifestGenerator;
  const bucket = state.buckets[bucketNameIn(SourceBucket)];
  if (bucket === undefined || bucket.partition !== job.partition) {
    return failure('SrcBucketNotFound', `${SourceBucket} does not exist.`);
  }
  const refused = refuseBucket(job, bucket) ?? refuseRole(state, job, bucket);
  if (refused !== undefined) return refused;
  if (bucket.replication === undefined) {
    return failure('SrcBucketReplicationConfigMissing', `${SourceBucket} has no replication configuration.`);
  }
  const tasks = listTasks(bucket, Filter, (version) => replicator.rulesFor(bucket, version).length > 0);
  if (tasks.length > 0) return { tasks };
  return failure(undocumentedCode, 'Manifest generation found no keys matching the filter criteria.');
}

/** The API's own limit for a reason is 256 characters. */
function failure(code: string, reason: string): JobFailure {
  return { code, reason: reason.slice(0, 256) };
}

function refuseBucket({ region, request }: Job, bucket: Bucket): JobFailure | undefined {
  const { SourceBucket, ExpectedBucketOwner: expected } = request.ManifestGenerator;
  if (bucket.region !== region) {
    return failure('SrcBucketInvalidRegion', `${SourceBucket} is not in the Region of the job, ${region}.`);
  }
  if (expected === undefined || expected === bucket.account) return undefined;
  return failure(undocumentedCode, `${SourceBucket} does not belong to the expected owner.`);
}

/** What it may not is named: the texts that AWS gives for it are not recorded. */
function refuseRole(state: SandboxState, job: Job, bucket: Bucket): JobFailure | undefined {
  const { RoleArn } = job.request;
  const role = assumeJobRole(state, job);
  if (role === undefined) {
    return failure('AssumeRoleNotPermitted', `S3 Batch Operations cannot assume the role ${RoleArn}.`);
  }
  const arn = arnOfBucket(bucket);
  const may = rightsOf(state, role, bucket);
  const missing = ['s3:GetReplicationConfiguration', 's3:PutInventoryConfiguration'].find(
    (action) => !may(action, arn),
  );
  if (missing === undefined) return undefined;
  const reason = `Error occurred when preparing manifest: AccessDenied: ${missing} on ${arn} by ${RoleArn}`;
  return failure(undocumentedCode, reason);
}
