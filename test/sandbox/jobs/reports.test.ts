/** What a job leaves of its tasks in a bucket. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutObjectLockConfigurationCommand,
} from '@aws-sdk/client-s3';
import type { JobReport } from '@aws-sdk/client-s3-control';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { readIndex, readRows } from '../../../src/plan/job-report.ts';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { OTHER, SOURCE } from '../clients.ts';
import { makeBucket } from '../make-bucket.ts';
import { allow, DST, deny, granted, Pair, policyOf, SRC } from '../replicating.ts';
import {
  backfillingPair,
  describeJob,
  initiates,
  lists,
  outcomeOf,
  putOld,
  runJob,
  setJobRole,
  startJob,
  updateStatus,
} from './backfilling.ts';

let sandbox: Sandbox;
let pair: Pair;

const REPORTS = 'reports';
const writesReports = allow(`arn:aws:s3:::${REPORTS}/batch/*`, 's3:PutObject');
const cannotWrite = 'The job report could not be written to your report bucket. Please check your permissions.';
const everyone = { Principal: '*' };

beforeEach(async () => open(await openSandbox()));

async function open(opened: Sandbox): Promise<void> {
  sandbox = opened;
  pair = await backfillingPair(sandbox);
  await makeBucket(sandbox, REPORTS, { account: SOURCE });
  await setJobRole(sandbox, initiates, lists, writesReports);
}

const report = (more: Partial<JobReport> = {}): JobReport => ({
  Enabled: true,
  Bucket: `arn:aws:s3:::${REPORTS}`,
  Format: 'Report_CSV_20180820',
  Prefix: 'batch',
  ReportScope: 'AllTasks',
  ...more,
});

async function keysIn(Bucket = REPORTS): Promise<readonly string[]> {
  const { Contents = [] } = await pair.s3.send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key = '' }) => Key);
}

async function read(Key: string, Bucket = REPORTS): Promise<string> {
  const { Body } = await pair.s3.send(new GetObjectCommand({ Bucket, Key }));
  return (await Body?.transformToString()) ?? '';
}

async function rowsIn(folder: string) {
  const { results } = readIndex(await read(`${folder}/manifest.json`));
  const files = await Promise.all(results.map(async ({ key, status }) => ({ status, text: await read(key) })));
  return files.flatMap(({ status, text }) => readRows(text).map((row) => ({ ...row, listedAs: status })));
}

/** Denies at the destination what begins so. */
const refuse = (prefix: string) =>
  pair.setPolicy(granted(), { ...deny(`arn:aws:s3:::${DST}/${prefix}*`, 's3:ReplicateObject'), ...everyone });

describe('a report', () => {
  test('has an index, and a file each of what succeeded and what failed', async () => {
    const [good = '', bad = ''] = await putOld(pair, ['a b,"c"+d/é%', 'refused/key']);
    await refuse('refused/');
    const id = await startJob(sandbox, { Report: report() });
    await sandbox.clock.sleep(3_600_000);
    const folder = `batch/job-${id}`;
    expect(await keysIn()).toEqual([
      `${folder}/manifest.json`,
      expect.stringMatching(new RegExp(`^${folder}/results/[0-9a-f]{40}\\.csv$`)),
      expect.stringMatching(new RegExp(`^${folder}/results/[0-9a-f]{40}\\.csv$`)),
    ]);
    expect(await rowsIn(folder)).toMatchObject([
      { bucket: SRC, key: 'a b,"c"+d/é%', versionId: good, status: 'succeeded', listedAs: 'succeeded' },
      {
        ...{ bucket: SRC, key: 'refused/key', versionId: bad, status: 'failed', listedAs: 'failed' },
        errorCode: 'DstPutObjectNotPermitted',
      },
    ]);
  });

  test('has only what failed where that is asked for', async () => {
    await putOld(pair, ['a', 'refused/key']);
    await refuse('refused/');
    const id = await startJob(sandbox, { Report: report({ ReportScope: 'FailedTasksOnly' }) });
    await sandbox.clock.sleep(3_600_000);
    expect(await rowsIn(`batch/job-${id}`)).toMatchObject([{ key: 'refused/key' }]);
  });

  test('has an index that names no file where nothing failed', async () => {
    await putOld(pair, ['a']);
    const id = await startJob(sandbox, { Report: report({ ReportScope: 'FailedTasksOnly' }) });
    await sandbox.clock.sleep(3_600_000);
    expect(await keysIn()).toEqual([`batch/job-${id}/manifest.json`]);
  });

  test('has several files where there are many tasks', async () => {
    await putOld(
      pair,
      Array.from({ length: 101 }, (_, at) => `key-${at}`),
    );
    const id = await startJob(sandbox, { Report: report() });
    await sandbox.clock.sleep(3_600_000);
    expect(await keysIn()).toHaveLength(3);
    expect(new Set((await rowsIn(`batch/job-${id}`)).map(({ key }) => key)).size).toBe(101);
  });

  test('is there when the sandbox is opened again, also where it is large', async () => {
    const directory = await mkdtemp(join(tmpdir(), 's3repl-reports-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    await open(await openSandbox({ directory }));
    const keys = Array.from({ length: 60 }, (_, at) => `${'x'.repeat(900)}-${at}`);
    await putOld(pair, keys);
    const id = await startJob(sandbox, { Report: report() });
    await sandbox.clock.sleep(3_600_000);
    await sandbox.close();
    sandbox = await openSandbox({ directory });
    pair = new Pair(sandbox, pair.account);
    expect((await rowsIn(`batch/job-${id}`)).map(({ key }) => key).toSorted()).toEqual(keys.toSorted());
    expect(await readdir(join(directory, 'contents'))).toHaveLength(1);
    await sandbox.close();
  });

  test('is at the top of the bucket without a prefix', async () => {
    await putOld(pair, ['a']);
    await setJobRole(sandbox, initiates, lists, allow(`arn:aws:s3:::${REPORTS}/*`, 's3:PutObject'));
    const { Prefix: _, ...atTheTop } = report();
    const id = await startJob(sandbox, { Report: atTheTop });
    await sandbox.clock.sleep(3_600_000);
    expect(await keysIn()).toContain(`job-${id}/manifest.json`);
  });

  test('is under SSE-S3 whatever the default of the bucket is', async () => {
    await putOld(pair, ['a']);
    const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const } }];
    const ServerSideEncryptionConfiguration = { Rules };
    await pair.s3.send(new PutBucketEncryptionCommand({ Bucket: REPORTS, ServerSideEncryptionConfiguration }));
    await runJob(sandbox, { Report: report() });
    const [Key = ''] = await keysIn();
    const { ServerSideEncryption } = await pair.s3.send(new HeadObjectCommand({ Bucket: REPORTS, Key }));
    expect(ServerSideEncryption).toBe('AES256');
  });

  test('in the source bucket is replicated like any other object', async () => {
    await putOld(pair, ['a']);
    await setJobRole(sandbox, initiates, lists, allow(`arn:aws:s3:::${SRC}/*`, 's3:PutObject'));
    await runJob(sandbox, { Report: report({ Bucket: `arn:aws:s3:::${SRC}` }) });
    const [Key = ''] = (await keysIn(SRC)).filter((key) => key.endsWith('manifest.json'));
    const { ReplicationStatus } = await pair.s3.send(new HeadObjectCommand({ Bucket: SRC, Key }));
    expect(ReplicationStatus).toBe('COMPLETED');
  });

  test('of a job that was cancelled has the tasks that were begun', async () => {
    await putOld(
      pair,
      Array.from({ length: 25 }, (_, at) => `key-${at}`),
    );
    const id = await startJob(sandbox, { Report: report() });
    await sandbox.clock.sleep(8000);
    await updateStatus(sandbox, id, 'Cancelled');
    await sandbox.clock.sleep(60_000);
    const { status, succeeded = 0 } = outcomeOf(await describeJob(sandbox, id), sandbox);
    expect(status).toBe('Cancelled');
    expect(succeeded).toBeGreaterThan(0);
    expect(succeeded).toBeLessThan(25);
    expect(await rowsIn(`batch/job-${id}`)).toHaveLength(succeeded);
  });

  test('is not written where no task was begun', async () => {
    expect(await runJob(sandbox, { Report: report() })).toMatchObject({ status: 'Failed', total: undefined });
    await putOld(pair, ['a']);
    const id = await startJob(sandbox, { Report: report(), ConfirmationRequired: true });
    await sandbox.clock.sleep(60_000);
    await updateStatus(sandbox, id, 'Cancelled');
    await sandbox.clock.sleep(60_000);
    expect(await keysIn()).toEqual([]);
  });

  test('is not written where none is asked for', async () => {
    await putOld(pair, ['a']);
    await runJob(sandbox, { Report: report({ Enabled: false }) });
    expect(await keysIn()).toEqual([]);
  });
});

describe('a report that cannot be written', () => {
  const set = {
    'the right is missing': () => setJobRole(sandbox, initiates, lists),
    'the right is for another prefix': () =>
      setJobRole(sandbox, initiates, lists, allow(`arn:aws:s3:::${REPORTS}/other/*`, 's3:PutObject')),
    'the policy of the bucket demands KMS': () => {
      const Condition = { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } };
      const statement = { ...deny(`arn:aws:s3:::${REPORTS}/*`, 's3:PutObject'), ...everyone, Condition };
      return pair.s3.send(new PutBucketPolicyCommand({ Bucket: REPORTS, Policy: policyOf(statement) }));
    },
  };

  test.each(Object.entries(set))('as %s leaves the job Complete, with AWS’s reason', async (_, prepare) => {
    await putOld(pair, ['a']);
    await prepare();
    expect(await runJob(sandbox, { Report: report() })).toMatchObject({
      ...{ status: 'Complete', succeeded: 1, failed: 0 },
      reason: cannotWrite,
    });
    expect(await keysIn()).toEqual([]);
  });

  test('as Object Lock has a default retention leaves the job Complete, with AWS’s reason', async () => {
    await putOld(pair, ['a']);
    await makeBucket(sandbox, 'locked', { locked: true });
    await setJobRole(sandbox, initiates, lists, allow('arn:aws:s3:::locked/*', 's3:PutObject'));
    const Report = report({ Bucket: 'arn:aws:s3:::locked' });
    expect((await runJob(sandbox, { Report })).reason).toBeUndefined();
    await putOld(pair, ['b']);
    const Rule = { DefaultRetention: { Mode: 'GOVERNANCE' as const, Days: 1 } };
    const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled' as const, Rule };
    await pair.s3.send(new PutObjectLockConfigurationCommand({ Bucket: 'locked', ObjectLockConfiguration }));
    const written = await keysIn('locked');
    expect(await runJob(sandbox, { Report })).toMatchObject({ status: 'Complete', reason: cannotWrite });
    expect(await keysIn('locked')).toEqual(written);
  });

  test('as the bucket is not there leaves the job Complete, with AWS’s reason', async () => {
    await putOld(pair, ['a']);
    const Report = report({ Bucket: 'arn:aws:s3:::nowhere' });
    expect(await runJob(sandbox, { Report })).toMatchObject({ status: 'Complete', reason: cannotWrite });
  });

  test('as the bucket belongs to somebody else than expected fails the job', async () => {
    await putOld(pair, ['a']);
    const outcome = await runJob(sandbox, { Report: report({ ExpectedBucketOwner: OTHER }) });
    expect(outcome).toMatchObject({ status: 'Failed', total: undefined });
    expect(outcome.reason).toContain('does not belong to the expected owner');
    expect(await runJob(sandbox, { Report: report({ ExpectedBucketOwner: SOURCE }) })).toMatchObject({ succeeded: 1 });
  });

  test('in a bucket of another account needs a bucket policy, too', async () => {
    await putOld(pair, ['a']);
    await setJobRole(sandbox, initiates, lists, allow(`arn:aws:s3:::${DST}/batch/*`, 's3:PutObject'));
    const Report = report({ Bucket: `arn:aws:s3:::${DST}` });
    expect((await runJob(sandbox, { Report })).reason).toBe(cannotWrite);
    await putOld(pair, ['b']);
    const AWS = `arn:aws:iam::${SOURCE}:role/backfill`;
    await pair.setPolicy(granted(), { ...allow(`arn:aws:s3:::${DST}/batch/*`, 's3:PutObject'), Principal: { AWS } });
    expect((await runJob(sandbox, { Report })).reason).toBeUndefined();
  });
});
