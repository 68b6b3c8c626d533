import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateJobCommand, UpdateJobPriorityCommand } from '@aws-sdk/client-s3-control';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { addVersion, newVersionId, versionsOf } from '../../../src/sandbox/s3/object-store.ts';
import type { ObjectVersion } from '../../../src/sandbox/s3/stored-object.ts';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import type { Bucket } from '../../../src/sandbox/store/state.ts';
import { clientsOf, refusal, SOURCE } from '../clients.ts';
import { deny, Pair } from '../replicating.ts';
import {
  backfillingPair,
  describeJob,
  eligible,
  jobInput,
  listJobs,
  outcomeOf,
  putOld,
  runJob,
  startJob,
  updateStatus,
} from './backfilling.ts';

const day = 24 * 3_600_000;
const keys = (number: number) => Array.from({ length: number }, (_, index) => `key-${index}`);

let sandbox: Sandbox;
let pair: Pair;

beforeEach(async () => {
  sandbox = await openSandbox();
  pair = await backfillingPair(sandbox);
});

const done = { status: 'Complete', failed: 0, codes: [], reason: undefined };
const statusOf = async (id: string) => (await describeJob(sandbox, id)).Status;

describe('a job', () => {
  test('replicates what was there before the rule, and a second one finds nothing left to do', async () => {
    const [first = '', second = ''] = await putOld(pair, ['a', 'b']);
    expect(await pair.status(first, 'a')).toBeUndefined();
    expect(await runJob(sandbox)).toEqual({ ...done, total: 2, succeeded: 2 });
    expect(await pair.status(first, 'a')).toBe('COMPLETED');
    expect((await pair.replica(second, 'b'))?.ReplicationStatus).toBe('REPLICA');
    expect(await runJob(sandbox)).toMatchObject({
      status: 'Failed',
      total: undefined,
      reason: 'Manifest generation found no keys matching the filter criteria.',
    });
  });

  test('goes through its states on the virtual clock', async () => {
    await putOld(pair, keys(15));
    const { s3Control } = clientsOf(sandbox);
    const { JobId = '' } = await s3Control.send(new CreateJobCommand(jobInput()));
    const seen: (string | undefined)[] = [];
    for (let second = 0; second < 15; second++) {
      await sandbox.clock.sleep(1000);
      const status = await statusOf(JobId);
      if (seen.at(-1) !== status) seen.push(status);
    }
    expect(seen).toEqual(['Preparing', 'Ready', 'Active', 'Completing', 'Complete']);
  });

  test('tells what was asked for, how far it is and when it ended', async () => {
    await putOld(pair, keys(15));
    const began = sandbox.clock.now();
    const Report = {
      Enabled: true,
      Bucket: 'arn:aws:s3:::report',
      Format: 'Report_CSV_20180820',
      ReportScope: 'AllTasks',
    } as const;
    const id = await startJob(sandbox, { Description: 'old & new', Report, Tags: [{ Key: 'a', Value: 'b' }] });
    await sandbox.clock.sleep(8000);
    const job = await describeJob(sandbox, id);
    expect(job).toMatchObject({
      ...{ JobId: id, JobArn: `arn:aws:s3:eu-west-1:${SOURCE}:job/${id}`, Status: 'Active', Priority: 10 },
      ...{ Description: 'old & new', ConfirmationRequired: false, Operation: { S3ReplicateObject: {} }, Report },
      ManifestGenerator: jobInput().ManifestGenerator,
      ProgressSummary: {
        ...{ TotalNumberOfTasks: 15, NumberOfTasksSucceeded: 10, NumberOfTasksFailed: 0 },
        Timers: { ElapsedTimeInActiveSeconds: 1 },
      },
    });
    expect(job.CreationTime?.getTime()).toBeGreaterThanOrEqual(began);
    expect(job.TerminationDate).toBeUndefined();
    await sandbox.clock.sleep(day);
    const { TerminationDate } = await describeJob(sandbox, id);
    expect((TerminationDate?.getTime() ?? 0) - began).toBeLessThan(60_000);
  });

  test('goes on where it was when the sandbox is opened again', async () => {
    const directory = await mkdtemp(join(tmpdir(), 's3repl-jobs-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    sandbox = await openSandbox({ directory });
    pair = await backfillingPair(sandbox);
    const [first = ''] = await putOld(pair, keys(25));
    const id = await startJob(sandbox);
    await sandbox.clock.sleep(8000);
    expect(outcomeOf(await describeJob(sandbox, id), sandbox)).toMatchObject({ status: 'Active', succeeded: 10 });
    await sandbox.close();
    sandbox = await openSandbox({ directory });
    expect(outcomeOf(await describeJob(sandbox, id), sandbox)).toMatchObject({ status: 'Active', succeeded: 10 });
    await sandbox.clock.sleep(10_000);
    expect(outcomeOf(await describeJob(sandbox, id), sandbox)).toEqual({ ...done, total: 25, succeeded: 25 });
    expect(await new Pair(sandbox, pair.account).status(first, 'key-0')).toBe('COMPLETED');
    await sandbox.close();
  });
});

describe('confirmation', () => {
  test.each([true, undefined])('is waited for where ConfirmationRequired is %s', async (ConfirmationRequired) => {
    const [version = ''] = await putOld(pair, ['key']);
    const id = await startJob(sandbox, { ConfirmationRequired });
    await sandbox.clock.sleep(day);
    const job = await describeJob(sandbox, id);
    expect(job).toMatchObject({ Status: 'Suspended', SuspendedCause: 'AWAITING_CONFIRMATION' });
    expect(job.ProgressSummary).toMatchObject({ TotalNumberOfTasks: 1, NumberOfTasksSucceeded: 0 });
    expect(job.SuspendedDate).toBeInstanceOf(Date);
    expect(await pair.replica(version)).toBeUndefined();
    expect(await updateStatus(sandbox, id, 'Ready', { StatusUpdateReason: 'seen' })).toMatchObject({
      ...{ JobId: id, Status: 'Ready', StatusUpdateReason: 'seen' },
    });
    await sandbox.clock.sleep(10_000);
    expect(await describeJob(sandbox, id)).toMatchObject({ Status: 'Complete', StatusUpdateReason: 'seen' });
    expect(await pair.replica(version)).toBeDefined();
  });

  test('that does not come within 30 days fails the job', async () => {
    await putOld(pair, ['key']);
    const id = await startJob(sandbox, { ConfirmationRequired: true });
    await sandbox.clock.sleep(29 * day);
    expect(await statusOf(id)).toBe('Suspended');
    await sandbox.clock.sleep(2 * day);
    expect(await statusOf(id)).toBe('Failed');
  });

  test('is for a job that waits for it only', async () => {
    await putOld(pair, ['key']);
    const id = await startJob(sandbox);
    expect(await refusal(updateStatus(sandbox, id, 'Ready'))).toBe('400 JobStatusException');
    await sandbox.clock.sleep(day);
    expect(await refusal(updateStatus(sandbox, id, 'Ready'))).toBe('400 JobStatusException');
  });
});

describe('cancelling', () => {
  test('leaves what was replicated, and sends no more tasks', async () => {
    const versions = await putOld(pair, keys(30));
    const id = await startJob(sandbox);
    await sandbox.clock.sleep(8000);
    expect(await updateStatus(sandbox, id, 'Cancelled')).toMatchObject({ Status: 'Cancelling' });
    await sandbox.clock.sleep(10_000);
    expect(outcomeOf(await describeJob(sandbox, id), sandbox)).toMatchObject({ status: 'Cancelled', succeeded: 10 });
    const replicas = versions.map((version) => sandbox.state.buckets.dst?.objects[`key-${versions.indexOf(version)}`]);
    expect(replicas.filter((found) => found !== undefined)).toHaveLength(10);
    expect(await refusal(updateStatus(sandbox, id, 'Cancelled'))).toBe('400 JobStatusException');
  });

  test('ends a job that waits for confirmation, too', async () => {
    await putOld(pair, ['key']);
    const id = await startJob(sandbox, { ConfirmationRequired: true });
    await sandbox.clock.sleep(day);
    await updateStatus(sandbox, id, 'Cancelled');
    await sandbox.clock.sleep(5000);
    expect(await statusOf(id)).toBe('Cancelled');
  });
});

test('a job of higher priority goes first, and one that runs already waits for it', async () => {
  await putOld(pair, keys(150));
  const low = await startJob(sandbox, { Priority: 1 });
  await sandbox.clock.sleep(8000);
  const high = await startJob(sandbox, { Priority: 2 });
  await sandbox.clock.sleep(9000);
  expect([await statusOf(low), await statusOf(high)]).toEqual(['Paused', 'Active']);
  await clientsOf(sandbox).s3Control.send(new UpdateJobPriorityCommand({ AccountId: SOURCE, JobId: low, Priority: 3 }));
  await sandbox.clock.sleep(3000);
  expect([await statusOf(low), await statusOf(high)]).toEqual(['Active', 'Paused']);
  await sandbox.clock.sleep(60_000);
  expect([await statusOf(low), await statusOf(high)]).toEqual(['Complete', 'Complete']);
});

test('more than half of a thousand tasks that failed fail the job', async () => {
  await putOld(pair, ['like-all-others']);
  const src = sandbox.state.buckets.src as Bucket;
  const [like] = versionsOf(src, 'like-all-others') as [ObjectVersion];
  for (const key of keys(1099)) addVersion(src, { ...like, key, versionId: newVersionId(src) });
  await pair.setPolicy({ ...deny('arn:aws:s3:::dst/*', 's3:ReplicateObject'), Principal: '*' });
  const { codes, ...job } = await runJob(sandbox);
  expect(job).toMatchObject({ status: 'Failed', total: 1100, succeeded: 0, failed: 1000 });
  expect(new Set(codes)).toEqual(new Set(['DstPutObjectNotPermitted']));
});

test('a job that is over is kept for 90 days', async () => {
  await putOld(pair, ['key']);
  const id = await startJob(sandbox);
  await sandbox.clock.sleep(89 * day);
  expect(await statusOf(id)).toBe('Complete');
  await sandbox.clock.sleep(2 * day);
  expect(await refusal(describeJob(sandbox, id))).toBe('400 NotFoundException');
  expect((await listJobs(sandbox)).Jobs ?? []).toEqual([]);
});

test('jobs are listed newest first, by status and page by page', async () => {
  await putOld(pair, ['key']);
  const first = await startJob(sandbox, { Description: 'first', ConfirmationRequired: true });
  await sandbox.clock.sleep(day);
  const second = await startJob(sandbox, { Filter: { ...eligible, ObjectReplicationStatuses: ['FAILED'] } });
  await sandbox.clock.sleep(day);
  const { Jobs = [], NextToken } = await listJobs(sandbox, { MaxResults: 1 });
  expect(Jobs).toMatchObject([{ JobId: second, Operation: 'S3ReplicateObject', Status: 'Failed', Priority: 10 }]);
  const { Jobs: rest, NextToken: end } = await listJobs(sandbox, { MaxResults: 1, NextToken });
  expect(rest).toMatchObject([{ JobId: first, Description: 'first', ProgressSummary: { TotalNumberOfTasks: 1 } }]);
  expect(end).toBeUndefined();
  const { Jobs: open = [] } = await listJobs(sandbox, { JobStatuses: ['Suspended', 'Active'] });
  expect(open.map(({ JobId }) => JobId)).toEqual([first]);
  expect((await listJobs(sandbox, { JobStatuses: ['Active'] })).Jobs ?? []).toEqual([]);
});
