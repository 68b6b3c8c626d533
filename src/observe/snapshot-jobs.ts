/** The last jobs of S3 Batch Replication on a bucket, for a snapshot: those of everybody. */
import type { JobDescriptor } from '@aws-sdk/client-s3-control';
import { bucketNameIn } from '../aws/arn.ts';
import type { Connection } from '../connect/connection.ts';
import type { JobSnapshot, Known } from '../model/snapshot.ts';
import { compareAge, isJobOver, isOurJob } from '../plan/backfill-jobs.ts';
import { reportFolder } from '../plan/job-report.ts';
import { atMost } from './at-most.ts';
import { jobSeen, listJobs, readJob } from './jobs.ts';
import { isNotAws, type Noted, noteOptional } from './reading.ts';

/** A list does not name the buckets of its jobs (API Reference, JobListDescriptor), so the newest of the account are asked for theirs. */
const mostOver = 12;
/** An account has 6 active ones of S3 Batch Replication (S3 User Guide, batch-ops). */
const mostRunning = 12;
const atOnce = 20;

/**
 * The newest first, in the Region of the connection: where the bucket is, its jobs are. A job with a list of somebody's own says nowhere which bucket it is about, and is
 * left out unless it is one of the configuration. @param name of the configuration for the bucket. @returns `unknown` where AWS does not let us list or describe them.
 */
export function readJobsAsAllowed(
  at: Connection,
  bucket: string,
  name: string | undefined,
): Promise<Noted<Known<readonly JobSnapshot[]>>> {
  return noteOptional((reading) => reading(['jobs'], readJobs(at, bucket, name)), isNotAws);
}

async function readJobs(at: Connection, bucket: string, name: string | undefined): Promise<readonly JobSnapshot[]> {
  const newest = (await listJobs(at)).filter(({ replicates }) => replicates).toSorted((a, b) => compareAge(b, a));
  const running = newest.filter((job) => !isJobOver(job)).slice(0, mostRunning);
  const over = newest.filter(isJobOver).slice(0, mostOver);
  const described = await atMost(atOnce, [...running, ...over], ({ id }) => readJob(at, id));
  const isOn = (job: JobDescriptor) => bucketOf(job) === bucket || (bucketOf(job) === undefined && isOurs(job, name));
  return described.flatMap((job) => (job !== null && isOn(job) ? [snapshotOf(job)] : []));
}

function isOurs({ Description: description = '' }: JobDescriptor, name: string | undefined): boolean {
  return name !== undefined && isOurJob({ description }, { name });
}

function bucketOf({ ManifestGenerator: generator }: JobDescriptor): string | undefined {
  const arn = generator?.S3JobManifestGenerator?.SourceBucket;
  return arn === undefined ? undefined : bucketNameIn(arn);
}

function snapshotOf(job: JobDescriptor): JobSnapshot {
  const { id, status, description, created, ended, total, succeeded, failed, report, reasons } = jobSeen(job);
  return {
    ...{ id, status, description, role: job.RoleArn ?? '' },
    ...(created && { created: created.toISOString() }),
    ...(ended && { ended: ended.toISOString() }),
    ...(total !== undefined && { total }),
    ...{ succeeded, failed, reasons },
    ...(report && { report: `s3://${report.bucket}/${reportFolder(report.prefix, id)}` }),
  };
}
