/**
 * The policy of the role that S3 Batch Operations assumes is exactly enough: with it a job replicates what was there before, without any one action of it none does,
 * and with the trust policy of our replication role no job begins.
 */
import {
  CreatePolicyCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, it } from 'vitest';
import { listOf, type PolicyDocument, statementsOf } from '../../src/aws/policy.ts';
import { boundaryPolicy } from '../../src/permissions/boundary.ts';
import { planBackfillRole } from '../../src/plan/plan.ts';
import { openSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { backfillPolicyName, backfillRole } from '../../src/state/names.ts';
import { trustPolicy } from '../../src/steps/role-policy.ts';
import { aPractice } from '../apply/in-sandbox.ts';
import { aDestination, aRule, aSpec, nothing } from '../builders.ts';
import { clientsOf } from '../sandbox/clients.ts';
import { describeJob, outcomeOf, updateStatus } from '../sandbox/jobs/backfilling.ts';
import { makeOurJobRole, putOldObject, startOurJob } from '../sandbox/jobs/our-job.ts';
import { copied, type SandboxState } from './set-up-roles.ts';

const spec = aSpec({ destinations: [aDestination({ rules: [aRule({ prefix: 'in/' })] })] });
const { arn, role } = backfillRole(planBackfillRole(nothing, spec).desired, spec);
const ours = role?.inlinePolicies[backfillPolicyName(spec)] ?? null;
const actions = statementsOf(ours).flatMap(({ Action }) => listOf(Action));
const RoleName = spec.backfill.role;

let start: SandboxState;
beforeAll(async () => {
  const practice = await aPractice();
  await practice.apply(spec);
  await putOldObject(practice.sandbox, 'in/a');
  await putOldObject(practice.sandbox, 'out/a');
  await makeOurJobRole(practice.sandbox, spec);
  start = copied(practice.sandbox.state);
});

async function aCloud(): Promise<Sandbox> {
  const sandbox = await openSandbox();
  Object.assign(sandbox.state, copied(start));
  return sandbox;
}

/** What comes of a job that is confirmed as soon as it asks for that, and the status of the object that a rule takes in. */
async function backfilled(sandbox: Sandbox) {
  const id = await startOurJob(sandbox, spec, arn);
  await sandbox.clock.sleep(60_000);
  if ((await describeJob(sandbox, id)).Status === 'Suspended') await updateStatus(sandbox, id, 'Ready');
  await sandbox.clock.sleep(3_600_000);
  const outcome = outcomeOf(await describeJob(sandbox, id), sandbox);
  const { s3 } = clientsOf(sandbox);
  const { ReplicationStatus } = await s3.send(new HeadObjectCommand({ Bucket: spec.source.bucket, Key: 'in/a' }));
  return { ...outcome, replicated: ReplicationStatus };
}

function without(document: PolicyDocument | null, action: string): PolicyDocument {
  const Statement = statementsOf(document).flatMap((statement) => {
    const Action = listOf(statement.Action).filter((one) => one !== action);
    return Action.length === 0 ? [] : [{ ...statement, Action }];
  });
  return { Version: '2012-10-17', Statement };
}

describe('the role of S3 Batch Operations', () => {
  it('can replicate what was there before, of what the rules take in', async () => {
    expect(await backfilled(await aCloud())).toMatchObject({
      status: 'Complete',
      ...{ total: 1, succeeded: 1, failed: 0 },
      replicated: 'COMPLETED',
    });
  });

  it('has no more than the actions that are tried here', () => {
    expect(actions.toSorted()).toEqual(Object.keys(ends).toSorted());
  });

  const ends: Readonly<Record<string, object>> = {
    's3:InitiateReplication': { status: 'Complete', failed: 1, codes: ['InitiateReplicationNotPermitted'] },
    's3:GetReplicationConfiguration': {
      status: 'Failed',
      reason: expect.stringContaining('s3:GetReplicationConfiguration'),
    },
    's3:PutInventoryConfiguration': {
      status: 'Failed',
      reason: expect.stringContaining('s3:PutInventoryConfiguration'),
    },
  };

  it.each(Object.entries(ends))('cannot do without %s', async (action, end) => {
    const sandbox = await aCloud();
    const PolicyDocument = JSON.stringify(without(ours, action));
    const { iam } = clientsOf(sandbox);
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: backfillPolicyName(spec), PolicyDocument }));
    await sandbox.clock.sleep(10_000);
    expect(await backfilled(sandbox)).toMatchObject({ ...end, replicated: undefined });
  });

  it('cannot do with the trust policy of the replication role', async () => {
    const sandbox = await aCloud();
    const PolicyDocument = JSON.stringify(trustPolicy);
    await clientsOf(sandbox).iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    await sandbox.clock.sleep(10_000);
    expect(await backfilled(sandbox)).toMatchObject({ status: 'Failed', replicated: undefined });
  });

  it('is held by the boundary that s3repl prints, and can do its work within it', async () => {
    const sandbox = await aCloud();
    const { iam } = clientsOf(sandbox);
    const PolicyDocument = JSON.stringify(boundaryPolicy(spec));
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'boundary', PolicyDocument }));
    const PermissionsBoundary = Policy?.Arn;
    await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }));
    await sandbox.clock.sleep(10_000);
    expect(await backfilled(sandbox)).toMatchObject({ status: 'Complete', succeeded: 1, replicated: 'COMPLETED' });
  });
});
