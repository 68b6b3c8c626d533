import { bucketNameIn } from '../../aws/arn.ts';
import type { Replicator } from '../replication/replicator.ts';
import { findVersion, isReplicaIn, updateVersion, versionsOf } from '../s3/object-store.ts';
import type { ObjectVersion } from '../s3/stored-object.ts';
import { arnOfBucket, type Bucket, type SandboxState } from '../store/state.ts';
import { type Job, type JobTask, sourceOf } from './job.ts';
import { assumeJobRole, type Rights, rightsOf } from './job-role.ts';

/** What the tasks of one turn have in common. */
export interface Turn {
  readonly state: SandboxState;
  readonly replicator: Replicator;
  readonly job: Job;
  readonly bucket: Bucket | undefined;
  /** Undefined where the job cannot assume its role any more. */
  readonly may: Rights | undefined;
}

export function beginTurn(state: SandboxState, replicator: Replicator, job: Job): Turn {
  const bucket = state.buckets[sourceOf(job)];
  const role = assumeJobRole(state, job);
  const may = role && bucket && rightsOf(state, role, bucket);
  return { state, replicator, job, bucket, may };
}

/** "Task failed due to missing VersionId" (S3 User Guide of 2023, troubleshooting-batch-operations). */
export const missingVersionId = 'InvalidRequest';

/** Replicates one version, and gives AWS's failure code if that fails (S3 User Guide, replication-metrics-events). */
export function performTask(turn: Turn, [key, versionId]: JobTask): string | undefined {
  const { state, replicator, job, bucket, may } = turn;
  if (bucket === undefined) return 'SrcBucketNotFound';
  if (may === undefined) return 'AssumeRoleNotPermitted';
  if (versionId === '') return missingVersionId;
  if (!may('s3:InitiateReplication', `${arnOfBucket(bucket)}/${key}`)) return 'InitiateReplicationNotPermitted';
  if (bucket.replication === undefined) return 'SrcBucketReplicationConfigMissing';
  const version = findVersion(bucket, key, versionId);
  if (version === undefined) {
    return versionsOf(bucket, key).length === 0 ? 'SrcObjectNotFound' : 'SrcVersionNotFound';
  }
  return replicateVersion({ state, replicator }, bucket, version, wantsCompleted(job));
}

/** Whoever lists a version himself wants it whatever its status is. */
function wantsCompleted({ request: { ManifestGenerator: generator } }: Job): boolean {
  return generator === undefined || generator.Filter?.ObjectReplicationStatuses?.includes('COMPLETED') === true;
}

/**
 * To each destination, though one has failed (S3 User Guide, replication-troubleshoot). What has replicated already is "no longer pending", a failure
 * that does no harm; but where the job asks for COMPLETED, S3 compares (S3 pricing page), as it has to for a destination that was added later.
 */
function replicateVersion(
  { state, replicator }: Pick<Turn, 'state' | 'replicator'>,
  bucket: Bucket,
  version: ObjectVersion,
  isCompletedWanted: boolean,
): string | undefined {
  const rules = replicator.rulesFor(bucket, version);
  if (rules.length === 0) return 'SrcObjectNotEligible';
  const isThere = rules.every(({ destination }) => {
    const found = state.buckets[bucketNameIn(destination)];
    return found !== undefined && isReplicaIn(found, version);
  });
  if (isThere && version.replication === 'COMPLETED' && !isCompletedWanted) return 'SrcReplicationNotPending';
  const [failure] = replicator.replicateNow(bucket, version, rules);
  // Whether a replica that is replicated on changes its status is not documented.
  if (version.replication !== 'REPLICA') {
    updateVersion(bucket, version, { replication: failure === undefined ? 'COMPLETED' : 'FAILED' });
  }
  return failure;
}
