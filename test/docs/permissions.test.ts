import { PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { applyChanges } from '../../src/apply/apply.ts';
import { pendingObjects } from '../../src/apply/pending.ts';
import { observe } from '../../src/observe/observe.ts';
import { actionsOf } from '../../src/plan/actions.ts';
import { planDestroy } from '../../src/plan/plan.ts';
import { listOf, type PolicyDocument, statementsOf } from '../../src/plan/policy.ts';
import { verifyReplication } from '../../src/verify/verify.ts';
import { aPractice, type Practice } from '../apply/in-sandbox.ts';
import { aDestination, aRule, aSpec, DESTINATION, SOURCE } from '../builders.ts';
import { FakeS3 } from '../verify/fake-s3.ts';
import { documentedPolicies } from './documented-policies.ts';

const { source, destination, destroying, deletingKeys, canaryAtSource, canaryAtDestination } = documentedPolicies();

function actionsIn(policy: PolicyDocument | undefined): readonly string[] {
  return [...new Set(statementsOf(policy ?? null).flatMap((statement) => listOf(statement.Action)))].sort();
}

function actionsOfRequests(practice: Practice, account: string): readonly string[] {
  const services: Readonly<Record<string, string>> = { s3: 'S3', kms: 'KMS', iam: 'IAM' };
  const used = practice.requests
    .filter((request) => request.account === account && request.service !== 'sts')
    .flatMap(({ service, operation }) => actionsOf(services[service.toLowerCase()] ?? service, operation));
  return [...new Set(used)].sort();
}

/** The actions that every run over the life of a set-up asks for, by account. */
async function actionsUsed(account: string): Promise<readonly string[]> {
  const practice = await aPractice();
  await practice.apply(aSpec());
  await practice.apply(aSpec({ tags: { team: 'platform' } }));
  await practice.apply(aSpec({ role: { name: 's3repl-other' } }));
  await practice.apply(aSpec({ destinations: [aDestination({ rules: [aRule({ prefix: 'tax/' })] })] }));
  return actionsOfRequests(practice, account);
}

describe('the policies of docs/permissions.md', () => {
  it.each([
    [
      'source',
      SOURCE,
      source,
      ['iam:GetPolicy', 'iam:GetPolicyVersion', 'iam:PutRolePermissionsBoundary', 'iam:UpdateAssumeRolePolicy'],
    ],
    ['destination', DESTINATION, destination, ['s3:DeleteBucketPolicy']],
  ] as const)(
    'hold for the %s exactly the actions that are used, and those of the named rarer changes',
    async (_, account, policy, rarer) => {
      expect(actionsIn(policy)).toEqual([...new Set([...(await actionsUsed(account)), ...rarer])].sort());
    },
  );

  it.each([
    ['source', SOURCE, source, [destroying, deletingKeys]],
    ['destination', DESTINATION, destination, [deletingKeys]],
  ] as const)('hold for the %s what destroy needs', async (_, account, policy, besides) => {
    const practice = await aPractice();
    await practice.apply(aSpec());
    practice.requests.length = 0;
    const connections = await practice.connect(aSpec());
    const { surroundings } = practice;
    const observed = await observe(connections, aSpec());
    // An object to be asked about: nothing is asked of an empty bucket.
    const key = 'a';
    await connections.of('source').s3.send(new PutObjectCommand({ Bucket: 'acme-invoices', Key: key, Body: 'a' }));
    practice.requests.length = 0;
    await observe(connections, aSpec());
    await pendingObjects(connections, observed, aSpec());
    const { changes } = planDestroy(observed, aSpec(), { objects: [], force: true });
    await applyChanges(changes, { connections, surroundings, signal: new AbortController().signal });
    const used = actionsOfRequests(practice, account);
    const extra = besides.flatMap(actionsIn);
    expect(used.filter((action) => !actionsIn(policy).includes(action))).toEqual([...new Set(extra)].sort());
  });

  it.each([
    ['source', 'acme-invoices', canaryAtSource, ['kms:GenerateDataKey', 's3:PutObjectTagging']],
    ['destination', 'acme-invoices-replica', canaryAtDestination, ['kms:Decrypt']],
  ] as const)('hold for the %s exactly what a canary needs', async (_, bucket, policy, besides) => {
    const aws = new FakeS3();
    await verifyReplication(aws.work(), '.s3repl-canary/');
    const used = aws.mock.calls().flatMap(({ args: [command] }) => {
      const { Bucket, VersionId } = command.input as { Bucket?: string; VersionId?: string };
      const operation = command.constructor.name.replace(/Command$/, '');
      if (Bucket !== bucket) return [];
      return operation === 'DeleteObject' && VersionId
        ? ['s3:DeleteObjectVersion']
        : actionsOf('S3', operation).slice(0, 1);
    });
    aws.mock.restore();
    expect(actionsIn(policy)).toEqual([...new Set([...used, ...besides])].sort());
  });
});
