/** S3 Batch Operations: one kind of job, S3 Batch Replication. */
import { bucketNameIn, jobArn } from '../../aws/arn.ts';
import type { AccountId, Region } from '../../aws/brand.ts';
import type { Tag } from '../s3/shapes.ts';
import type { Partition } from '../wire/partition.ts';
import type { JobRequest } from './job-shapes.ts';

/** All that the API has (S3 User Guide, batch-ops-job-status). */
export const jobStatuses = [
  'New',
  'Preparing',
  'Suspended',
  'Ready',
  'Active',
  'Pausing',
  'Paused',
  'Completing',
  'Complete',
  'Cancelling',
  'Cancelled',
  'Failing',
  'Failed',
] as const;
export type JobStatus = (typeof jobStatuses)[number];

/** One version of the source bucket, empty where the manifest names none; a list takes less of the journal than names would. */
export type JobTask = readonly [key: string, versionId: string];

export interface JobFailure {
  readonly code: string;
  readonly reason: string;
}

/** Times are virtual milliseconds. */
export interface Job {
  readonly id: string;
  readonly partition: Partition;
  readonly region: Region;
  readonly account: AccountId;
  readonly created: number;
  readonly token: string;
  /** Of the request without its token. */
  readonly digest: string;
  readonly request: JobRequest;
  status: JobStatus;
  /** When its status changes next, if nobody asks for something else. */
  due: number;
  priority: number;
  tags: readonly Tag[];
  /** The source bucket, by name, of a job with a manifest of somebody's own; absent until that is read. */
  bucket?: string;
  /** Absent until the list of objects is made. */
  tasks?: readonly JobTask[];
  succeeded: number;
  failed: number;
  activeSeconds: number;
  /** What failed, by the task's number in the list: one of AWS's codes, or `Undecided`. */
  readonly taskFailures: Record<string, string>;
  updateReason?: string;
  failure?: JobFailure;
  suspended?: number;
  ended?: number;
}

const overStatuses: ReadonlySet<JobStatus> = new Set(['Complete', 'Cancelled', 'Failed']);

export function isOver({ status }: Pick<Job, 'status'>): boolean {
  return overStatuses.has(status);
}

/** By name. */
export function sourceOf({ request, bucket = '' }: Pick<Job, 'request' | 'bucket'>): string {
  const { ManifestGenerator: generator } = request;
  return generator === undefined ? bucket : bucketNameIn(generator.SourceBucket);
}

export function arnOfJob({ partition, region, account, id }: Pick<Job, 'partition' | 'region' | 'account' | 'id'>) {
  return jobArn({ partition, region, account }, id);
}
