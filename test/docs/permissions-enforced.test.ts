import {
  CreatePolicyCommand,
  PutRolePermissionsBoundaryCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { DeleteBucketPolicyCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { explain } from '../../src/cli/explain.ts';
import { listOf, type PolicyDocument, statementsOf } from '../../src/plan/policy.ts';
import { aPractice } from '../apply/in-sandbox.ts';
import { aDestination, aRule, aSpec, DESTINATION, SOURCE } from '../builders.ts';
import { clientsOf, sessionOf } from '../sandbox/clients.ts';
import { documentedPolicies } from './documented-policies.ts';

const { source, destination } = documentedPolicies();
const actionsIn = (policy: PolicyDocument) => [
  ...new Set(statementsOf(policy).flatMap((statement) => listOf(statement.Action))),
];

/** The policy without one action, in all its statements. */
function without(policy: PolicyDocument, action: string): PolicyDocument {
  const Statement = statementsOf(policy).flatMap((statement) => {
    const Action = listOf(statement.Action).filter((one) => one !== action);
    return Action.length === 0 ? [] : [{ ...statement, Action }];
  });
  return { ...policy, Statement };
}

/** Everything that these policies are for, done by roles that have them and nothing else; what they were refused. */
async function lived(policies: Readonly<Record<string, PolicyDocument>>): Promise<string> {
  const practice = await aPractice();
  const { sandbox } = practice;
  const { iam } = clientsOf(sandbox, SOURCE);
  await iam.send(
    new CreatePolicyCommand({
      PolicyName: 'limit',
      PolicyDocument: JSON.stringify(statementAllowing('s3:*', 'kms:*')),
    }),
  );
  const keys = await Promise.all(
    [SOURCE, DESTINATION].map(async (account) => {
      const session = await sessionOf(sandbox, 'setup', { account, inline: policies[account] });
      return [account, session] as const;
    }),
  );
  const credentials = new Map(
    keys.map(([account, { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' }]) => [
      account,
      { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
    ]),
  );
  Object.assign(practice.surroundings, {
    credentialsFor:
      ({ account }: { readonly account: string }) =>
      async () =>
        credentials.get(account),
  });
  try {
    await practice.apply(aSpec());
    await practice.apply(aSpec({ tags: { team: 'platform' } }));
    await practice.apply(aSpec({ role: { name: 's3repl-other' } }));
    await practice.apply(aSpec({ destinations: [aDestination({ rules: [aRule({ prefix: 'tax/' })] })] }));
    const [mine, theirs] = keys.map(([, session]) => clientsOf(sandbox, session, 'eu-central-1'));
    const RoleName = 's3repl-invoices-dr';
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    });
    await mine?.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    const PermissionsBoundary = `arn:aws:iam::${SOURCE}:policy/limit`;
    await mine?.iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }));
    await theirs?.s3.send(new DeleteBucketPolicyCommand({ Bucket: 'acme-invoices-replica' }));
  } catch (error) {
    const { message, fix } = explain(error);
    return `${message} ${fix}`;
  }
  return 'nothing';
}

function statementAllowing(...actions: string[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] };
}

/** One scenario changes the role's name, which the policies of the page do not foresee. */
const enough = {
  [SOURCE]: JSON.parse(JSON.stringify(source).replaceAll('role/s3repl-invoices-dr', 'role/s3repl-*')) as PolicyDocument,
  [DESTINATION]: destination,
};

/** The answer to HeadBucket has no body. */
const withoutWords: Readonly<Record<string, string>> = { 's3:ListBucket': 'S3 does not show it to account' };

describe('roles that have the policies of docs/permissions.md', () => {
  it('are refused nothing', async () => {
    expect(await lived(enough)).toBe('nothing');
  });

  // What both accounts need is taken from the destination's role alone. Managed policies that may not be read are unknown, no refusal.
  it.each([
    ...actionsIn(source)
      .filter((action) => !actionsIn(destination).includes(action) && !/^iam:GetPolicy/.test(action))
      .map((action) => [SOURCE, action] as const),
    ...actionsIn(destination).map((action) => [DESTINATION, action] as const),
  ])('in account %s without %s are refused, and told so', async (account, action) => {
    const fewer = without(account === SOURCE ? enough[SOURCE] : enough[DESTINATION], action);
    expect(await lived({ ...enough, [account]: fewer })).toContain(withoutWords[action] ?? action);
  });
});
