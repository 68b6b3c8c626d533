/** Jobs of S3 Batch Operations, of the account and Region of a connection. */
import type { JobDescriptor, JobStatus } from '@aws-sdk/client-s3-control';
import { bucketNameIn, isAccountId } from '../aws/arn.ts';
import { required } from '../aws/required.ts';
import type { Spec } from '../config/spec.ts';
import type { Connection } from '../connect/connection.ts';
import { isJobOver, isOurJob, type JobSeen } from '../plan/backfill-jobs.ts';
import { pagesOf } from './pages.ts';

const { DescribeJobCommand, JobStatus: jobStatuses, paginateListJobs } = required('@aws-sdk/client-s3-control');

/** In milliseconds: AWS asks for no more than one look at a job in 30 seconds (S3 User Guide, batch-ops-job-status). */
export const lookPauseMs = 30_000;

/** In milliseconds, a choice: for so long AWS may not know a job by its ID that a list has already (S3 User Guide, troubleshooting-batch-operations). */
export const registrationMs = 5 * 60_000;

/** AWS keeps a job for 90 days after its end (S3 User Guide, troubleshooting-batch-operations). */
const mostPages = 1000;

/** @param statuses absent: all. */
export async function listJobs(at: Connection, statuses?: readonly string[]): Promise<readonly JobSeen[]> {
  const jobs: JobSeen[] = [];
  const pages = paginateListJobs(
    { client: at.s3Control, pageSize: 1000 },
    { AccountId: at.account, ...(statuses && { JobStatuses: statuses as JobStatus[] }) },
  );
  for await (const { Jobs = [] } of pagesOf(pages, { list: 'S3Control ListJobs', most: mostPages })) {
    jobs.push(...Jobs.map(jobSeen));
  }
  return jobs;
}

const activeStatuses = Object.values(jobStatuses).filter((status) => !isJobOver({ status }));

/** Those of the configuration that are not over. */
export async function listActiveJobs(at: Connection, spec: Spec): Promise<readonly JobSeen[]> {
  const jobs = await listJobs(at, activeStatuses);
  return jobs.filter((job) => isOurJob(job, spec));
}

/** @returns null where AWS does not know the job, or not yet (S3 User Guide, troubleshooting-batch-operations). */
export async function readJob(at: Connection, JobId: string): Promise<JobDescriptor | null> {
  try {
    const { Job } = await at.s3Control.send(new DescribeJobCommand({ AccountId: at.account, JobId }));
    return Job ?? null;
  } catch (error) {
    if (isJobUnknown(error)) return null;
    throw error;
  }
}

/** As `readJob`. */
export async function describeJob(at: Connection, id: string): Promise<JobSeen | null> {
  const job = await readJob(at, id);
  return job && jobSeen(job);
}

/** The API model has one name, the guide the other. */
export function isJobUnknown(error: unknown): boolean {
  return error instanceof Error && /^(NotFoundException|NoSuchJobException|NoSuchJob)$/.test(error.name);
}

/** A list names the operation only. */
export type Described = Omit<JobDescriptor, 'Operation'> & { readonly Operation?: JobDescriptor['Operation'] | string };

export function jobSeen(job: Described): JobSeen {
  const { JobId = '', Description = '', Status = 'New', Priority = 0, CreationTime, TerminationDate } = job;
  const { TotalNumberOfTasks, NumberOfTasksSucceeded = 0, NumberOfTasksFailed = 0 } = job.ProgressSummary ?? {};
  const listed = ['New', 'Preparing'].includes(Status) ? undefined : TotalNumberOfTasks;
  return {
    id: JobId,
    description: Description,
    status: Status,
    priority: Priority,
    replicates:
      typeof job.Operation === 'string'
        ? job.Operation === 'S3ReplicateObject'
        : job.Operation?.S3ReplicateObject !== undefined,
    ...(CreationTime && { created: CreationTime }),
    ...(TerminationDate && { ended: TerminationDate }),
    ...(listed !== undefined && { total: listed }),
    succeeded: NumberOfTasksSucceeded,
    failed: NumberOfTasksFailed,
    ...reportOf(job),
    // Whoever leaves it out has to confirm too (S3 User Guide, batch-ops-job-status).
    confirms: job.ConfirmationRequired !== false,
    reasons: (job.FailureReasons ?? []).map(({ FailureCode = '', FailureReason = '' }) => ({
      code: FailureCode,
      reason: FailureReason,
    })),
  };
}

function reportOf({ Report }: Described): Pick<JobSeen, 'report'> {
  const { Enabled, Bucket, Prefix = '', ExpectedBucketOwner } = Report ?? {};
  if (!Enabled || Bucket === undefined) return {};
  const owner = ExpectedBucketOwner !== undefined && isAccountId(ExpectedBucketOwner) && { owner: ExpectedBucketOwner };
  return { report: { bucket: bucketNameIn(Bucket), prefix: Prefix, ...owner } };
}
