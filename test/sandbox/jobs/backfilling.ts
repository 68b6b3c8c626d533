/** A pair of buckets with old objects, the role of a job, and jobs on them. */
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { DeleteBucketReplicationCommand, PutObjectCommand, type PutObjectCommandInput } from '@aws-sdk/client-s3';
import {
  CreateJobCommand,
  type CreateJobCommandInput,
  DescribeJobCommand,
  type JobDescriptor,
  type JobManifestGeneratorFilter,
  ListJobsCommand,
  UpdateJobStatusCommand,
} from '@aws-sdk/client-s3-control';
import type { Job } from '../../../src/sandbox/jobs/job.ts';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import { clientsOf, SOURCE } from '../clients.ts';
import {
  allow,
  aReplicationRule,
  type Pair,
  type PairOptions,
  policyOf,
  replicatingPair,
  SRC,
  type Statement,
} from '../replicating.ts';

export const JOB_ROLE = `arn:aws:iam::${SOURCE}:role/backfill`;

/** What the role of a job needs at least (S3 User Guide, s3-batch-replication-policies). */
export const initiates = allow(`arn:aws:s3:::${SRC}/*`, 's3:InitiateReplication');
export const lists = allow(`arn:aws:s3:::${SRC}`, 's3:GetReplicationConfiguration', 's3:PutInventoryConfiguration');

/** @param known virtual milliseconds to wait until S3 knows it. */
export async function makeJobRole(sandbox: Sandbox, RoleName = 'backfill', known = 10_000): Promise<void> {
  const { iam } = clientsOf(sandbox);
  const trust = {
    Effect: 'Allow',
    Principal: { Service: 'batchoperations.s3.amazonaws.com' },
    Action: 'sts:AssumeRole',
  };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument: policyOf(initiates, lists) }));
  await sandbox.clock.sleep(known);
}

export async function setJobRole(sandbox: Sandbox, ...statements: readonly Statement[]): Promise<void> {
  const PolicyDocument = policyOf(...statements);
  const { iam } = clientsOf(sandbox);
  await iam.send(new PutRolePolicyCommand({ RoleName: 'backfill', PolicyName: 'own', PolicyDocument }));
}

/** A pair that replicates, with the role of a job. */
export async function backfillingPair(sandbox: Sandbox, options: PairOptions = {}): Promise<Pair> {
  const pair = await replicatingPair(sandbox, options);
  await makeJobRole(sandbox);
  return pair;
}

/** Puts objects that no rule takes in; the rules come back afterwards. Gives the version ids. */
export async function putOld(
  pair: Pair,
  objects: readonly (string | (Partial<PutObjectCommandInput> & { readonly Key: string }))[],
  rules = [aReplicationRule()],
): Promise<readonly string[]> {
  await pair.s3.send(new DeleteBucketReplicationCommand({ Bucket: SRC }));
  const ids: string[] = [];
  for (const object of objects) {
    const more = typeof object === 'string' ? { Key: object } : object;
    const { VersionId = '' } = await pair.s3.send(new PutObjectCommand({ Bucket: SRC, Body: 'content', ...more }));
    ids.push(VersionId);
  }
  await pair.setRules(...rules);
  return ids;
}

export const eligible: JobManifestGeneratorFilter = {
  EligibleForReplication: true,
  ObjectReplicationStatuses: ['NONE', 'FAILED'],
};

export type JobChanges = Partial<CreateJobCommandInput> & { readonly Filter?: JobManifestGeneratorFilter };

export function jobInput({ Filter = eligible, ...more }: JobChanges = {}): CreateJobCommandInput {
  return {
    AccountId: SOURCE,
    ConfirmationRequired: false,
    Operation: { S3ReplicateObject: {} },
    Report: { Enabled: false },
    ManifestGenerator: {
      S3JobManifestGenerator: { SourceBucket: `arn:aws:s3:::${SRC}`, EnableManifestOutput: false, Filter },
    },
    Priority: 10,
    RoleArn: JOB_ROLE,
    ...more,
  };
}

/** Gives the id of a new job that the sandbox knows by now. */
export async function startJob(sandbox: Sandbox, changes: JobChanges = {}): Promise<string> {
  const { s3Control } = clientsOf(sandbox);
  const { JobId = '' } = await s3Control.send(new CreateJobCommand(jobInput(changes)));
  await sandbox.clock.sleep(500);
  return JobId;
}

export async function describeJob(sandbox: Sandbox, JobId: string): Promise<JobDescriptor> {
  const { s3Control } = clientsOf(sandbox);
  return (await s3Control.send(new DescribeJobCommand({ AccountId: SOURCE, JobId }))).Job ?? {};
}

export function updateStatus(sandbox: Sandbox, JobId: string, requestedJobStatus: 'Ready' | 'Cancelled', more = {}) {
  const { s3Control } = clientsOf(sandbox);
  const asked = { AccountId: SOURCE, JobId, RequestedJobStatus: requestedJobStatus, ...more };
  return s3Control.send(new UpdateJobStatusCommand(asked));
}

/** A page of them. */
export async function listJobs(sandbox: Sandbox, more = {}) {
  const { s3Control } = clientsOf(sandbox);
  return await s3Control.send(new ListJobsCommand({ AccountId: SOURCE, ...more }));
}

const hour = 3_600_000;

/** Runs a job to its end, and gives what it has come to. */
export async function runJob(sandbox: Sandbox, changes: JobChanges = {}) {
  const id = await startJob(sandbox, changes);
  await sandbox.clock.sleep(hour);
  return outcomeOf(await describeJob(sandbox, id), sandbox);
}

export function outcomeOf(job: JobDescriptor, sandbox: Sandbox) {
  const {
    TotalNumberOfTasks: total,
    NumberOfTasksSucceeded: succeeded,
    NumberOfTasksFailed: failed,
  } = job.ProgressSummary ?? {};
  const known = sandbox.state.jobs[job.JobId ?? ''] as Job | undefined;
  return {
    status: job.Status,
    total,
    succeeded,
    failed,
    codes: Object.values(known?.taskFailures ?? {}),
    reason: job.FailureReasons?.[0]?.FailureReason,
  };
}
