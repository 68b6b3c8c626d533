import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { actionsOf } from '../../src/plan/actions.ts';
import { listOf, type PolicyDocument, statementsOf } from '../../src/plan/policy.ts';
import { aPractice } from '../apply/in-sandbox.ts';
import { aDestination, aRule, aSpec, DESTINATION, SOURCE } from '../builders.ts';

const text = readFileSync(new URL('../../docs/permissions.md', import.meta.url), 'utf8');
const [source, destination] = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(
  ([, json]) => JSON.parse(json ?? '') as PolicyDocument,
);

function actionsIn(policy: PolicyDocument | undefined): readonly string[] {
  return [...new Set(statementsOf(policy ?? null).flatMap((statement) => listOf(statement.Action)))].sort();
}

/** The actions that every run over the life of a set-up asks for, by account. */
async function actionsUsed(account: string): Promise<readonly string[]> {
  const practice = await aPractice();
  await practice.apply(aSpec());
  await practice.apply(aSpec({ tags: { team: 'platform' } }));
  await practice.apply(aSpec({ role: { name: 's3repl-other' } }));
  await practice.apply(aSpec({ destinations: [aDestination({ rules: [aRule({ prefix: 'tax/' })] })] }));
  const services: Readonly<Record<string, string>> = { s3: 'S3', kms: 'KMS', iam: 'IAM' };
  const used = practice.requests
    .filter((request) => request.account === account && request.service !== 'sts')
    .flatMap(({ service, operation }) => actionsOf(services[service.toLowerCase()] ?? service, operation));
  return [...new Set(used)].sort();
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
});
