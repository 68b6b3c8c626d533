import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { GetBucketPolicyCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { aSetUp, ending, REPLICA } from './by-hand.ts';

const RoleName = 's3repl-invoices-dr';

it('policies name the old role by its id and nothing arrives, until apply puts the new one in', async () => {
  const { s3repl, byHand } = aSetUp();
  await s3repl('apply', '--yes');
  await byHand(async ({ iam, destination, put, sandbox }) => {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    const [PolicyName = ''] = PolicyNames;
    const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
    await iam.send(new DeleteRoleCommand({ RoleName }));
    const AssumeRolePolicyDocument = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
    const document = { RoleName, PolicyName, PolicyDocument: decodeURIComponent(PolicyDocument) };
    await iam.send(new PutRolePolicyCommand(document));
    await sandbox.clock.sleep(10_000);
    const { Policy } = await destination.send(new GetBucketPolicyCommand({ Bucket: REPLICA }));
    expect(Policy).toMatch(/"AROA[A-Z0-9]+"/);
    expect((await put('lost')).source.ReplicationStatus).toBe('FAILED');
  });
  expect((await s3repl('verify')).code).not.toBe(0);
  expect(ending(await s3repl('apply', '--yes'))).toMatchObject({ code: 0, outcome: 'applied' });
  expect(ending(await s3repl('verify'))).toMatchObject({ code: 0, outcome: 'verified' });
  await byHand(async ({ destination }) => {
    const { Policy } = await destination.send(new GetBucketPolicyCommand({ Bucket: REPLICA }));
    expect(Policy).toContain(`role/${RoleName}`);
  });
});
