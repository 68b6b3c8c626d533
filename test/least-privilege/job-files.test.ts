/**
 * The policy of the role that S3 Batch Operations assumes is exactly enough for a report and for a list of somebody's own: without any one action of it, the job
 * does not run or leaves no report, and it writes and reads nowhere else.
 */
import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { HeadObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, it } from 'vitest';
import { type BucketName, brand } from '../../src/aws/brand.ts';
import { listOf, type PolicyDocument, statementsOf } from '../../src/aws/policy.ts';
import type { BackfillChoice } from '../../src/plan/backfill-jobs.ts';
import { jobFiles } from '../../src/plan/job-documents.ts';
import { makeManifestFile } from '../../src/plan/own-manifest.ts';
import { planBackfillRole } from '../../src/plan/plan.ts';
import { openSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { backfillPolicyName, backfillRole } from '../../src/state/names.ts';
import { aPractice } from '../apply/in-sandbox.ts';
import { aDestination, aRule, aSpec, nothing } from '../builders.ts';
import { clientsOf } from '../sandbox/clients.ts';
import { describeJob, outcomeOf, updateStatus } from '../sandbox/jobs/backfilling.ts';
import { makeOurJobRole, putOldObject, startOurJob } from '../sandbox/jobs/our-job.ts';
import { makeBucket } from '../sandbox/make-bucket.ts';
import { copied, type SandboxState } from './set-up-roles.ts';

const spec = aSpec({ destinations: [aDestination({ rules: [aRule({ prefix: 'in/' })] })] });
const { source, backfill } = spec;
const files = brand<BucketName>('acme-files');
const report = { bucket: files, prefix: 'batch', owner: source.account, full: false };
const list = { bucket: files, key: 'own/list.csv', hasVersions: true };

let start: SandboxState;
let choice: Pick<BackfillChoice, 'report' | 'manifest'>;
let arn: string;

beforeAll(async () => {
  const { sandbox, apply } = await aPractice();
  await apply(spec);
  await makeBucket(sandbox, files, { account: source.account, versioning: 'Enabled' });
  await putOldObject(sandbox, 'in/a');
  const { s3 } = clientsOf(sandbox, source.account);
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: source.bucket, Prefix: 'in/a' }));
  const rows = Versions.map(({ VersionId = '' }) => ({ key: 'in/a', versionId: VersionId }));
  const { text: Body, etag } = makeManifestFile({ rows }, source.bucket);
  await s3.send(new PutObjectCommand({ Bucket: files, Key: list.key, Body, ServerSideEncryption: 'AES256' }));
  choice = { report, manifest: { ...list, etag } };
  arn = await makeOurJobRole(sandbox, spec, jobFiles(choice));
  start = copied(sandbox.state);
});

async function aCloud(): Promise<Sandbox> {
  const sandbox = await openSandbox();
  Object.assign(sandbox.state, copied(start));
  return sandbox;
}

/** What comes of a job, and what it has left. */
async function backfilled(sandbox: Sandbox, chosen = choice) {
  const id = await startOurJob(sandbox, spec, arn, chosen);
  await sandbox.clock.sleep(60_000);
  if ((await describeJob(sandbox, id)).Status === 'Suspended') await updateStatus(sandbox, id, 'Ready');
  await sandbox.clock.sleep(3_600_000);
  const { s3 } = clientsOf(sandbox, source.account);
  const { ReplicationStatus } = await s3.send(new HeadObjectCommand({ Bucket: source.bucket, Key: 'in/a' }));
  const left = Object.keys(sandbox.state.buckets[files]?.objects ?? {}).filter((key) => key !== list.key);
  return { ...outcomeOf(await describeJob(sandbox, id), sandbox), replicated: ReplicationStatus, id, left };
}

const ours = () => {
  const { role } = backfillRole(planBackfillRole(nothing, spec, jobFiles(choice)).desired, spec);
  return role?.inlinePolicies[backfillPolicyName(spec)] ?? null;
};

function without(document: PolicyDocument | null, action: string): PolicyDocument {
  const Statement = statementsOf(document).flatMap((statement) => {
    const Action = listOf(statement.Action).filter((one) => one !== action);
    return Action.length === 0 ? [] : [{ ...statement, Action }];
  });
  return { Version: '2012-10-17', Statement };
}

describe('the role of a job with a list of somebody’s own and a report', () => {
  it('can replicate what is listed, and leave the report', async () => {
    const { id, ...end } = await backfilled(await aCloud());
    expect(end).toMatchObject({ status: 'Complete', total: 1, succeeded: 1, failed: 0, replicated: 'COMPLETED' });
    expect(end.reason).toBeUndefined();
    expect(end.left).toEqual([`batch/job-${id}/manifest.json`]);
  });

  const forbidden = { status: 'Failed', reason: 'Reading the manifest is forbidden: AccessDenied', left: [] };
  const ends: Readonly<Record<string, object>> = {
    's3:InitiateReplication': { status: 'Complete', codes: ['InitiateReplicationNotPermitted'], left: { length: 2 } },
    's3:GetObject': forbidden,
    's3:GetObjectVersion': forbidden,
    's3:PutObject': {
      status: 'Complete',
      succeeded: 1,
      left: [],
      reason: expect.stringContaining('could not be written'),
    },
  };

  it('has no more than the actions that are tried here', () => {
    const actions = statementsOf(ours()).flatMap(({ Action }) => listOf(Action));
    expect(actions.toSorted()).toEqual(Object.keys(ends).toSorted());
  });

  it.each(Object.entries(ends))('cannot do without %s', async (action, end) => {
    const sandbox = await aCloud();
    const PolicyDocument = JSON.stringify(without(ours(), action));
    const put = { RoleName: backfill.role, PolicyName: backfillPolicyName(spec), PolicyDocument };
    await clientsOf(sandbox, source.account).iam.send(new PutRolePolicyCommand(put));
    await sandbox.clock.sleep(10_000);
    expect(await backfilled(sandbox)).toMatchObject(end);
  });

  it('cannot write a report elsewhere, nor read a list from there', async () => {
    const elsewhere = { ...choice, report: { ...report, prefix: 'own' } };
    expect(await backfilled(await aCloud(), elsewhere)).toMatchObject({ status: 'Complete', left: [] });
    const manifest = { ...list, etag: '', key: 'batch/list.csv' };
    expect(await backfilled(await aCloud(), { ...choice, manifest })).toMatchObject(forbidden);
  });
});
