/**
 * What somebody who holds exactly the printed policies, and means harm, gets with them: everything with the usual ones, and with those
 * of `--boundary --from-live` nothing beyond the setup.
 */
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  GetKeyPolicyCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
} from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  GetBucketReplicationCommand,
  GetObjectCommand,
  PutBucketReplicationCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PolicyDocument, Statement } from '../../src/aws/policy.ts';
import { evaluate } from '../../src/model/evaluate.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { DESTINATION, SOURCE } from '../builders.ts';
import { type Clients, clientsOf, refusal } from '../sandbox/clients.ts';
import { aCloud, applied, boundaryArn, type Change, withBoundary } from './clouds.ts';
import { assume, document, everything, holder, letsHolderIn, RoleName, replicationRole, signIn } from './mallory.ts';
import { printed } from './printed.ts';
import { configFile, type Policies, roleArn, sandboxFrom } from './set-up-roles.ts';

const config = configFile('escalations');

/** Somebody else's bucket and key, in both accounts, and another policy that could be a boundary. */
const strangers: Change = async (sandbox) => {
  for (const [account, region] of [
    [SOURCE, 'eu-west-1'],
    [DESTINATION, 'eu-central-1'],
  ] as const) {
    const { s3, kms, iam } = clientsOf(sandbox, account, region);
    const Bucket = `strangers-${account}`;
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'secret', Body: 'secret' }));
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: 'strangers' }));
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/strangers', TargetKeyId: KeyMetadata?.KeyId }));
    await iam.send(new CreatePolicyCommand({ PolicyName: 'wide', PolicyDocument: everything }));
  }
};

const roleIsOld = ({ state }: Sandbox) => {
  const role = state.accounts[SOURCE]?.roles[RoleName];
  if (!role) throw new Error('no role');
  role.inline.older = everything;
};

/** Somebody with the setup role's session in each account. */
async function somebody(sandbox: Sandbox): Promise<{ readonly source: Clients; readonly destination: Clients }> {
  return {
    source: await signIn(sandbox),
    destination: await signIn(sandbox, DESTINATION, 'eu-central-1'),
  };
}

async function readsStrangersBucket(sandbox: Sandbox, by: Clients): Promise<string> {
  const { s3 } = await assume(sandbox, by, replicationRole);
  return refusal(s3.send(new GetObjectCommand({ Bucket: `strangers-${SOURCE}`, Key: 'secret' })));
}

function strangersKey(sandbox: Sandbox, account: string): string {
  const key = Object.values(sandbox.state.keys).find(
    (one) => one.account === account && one.description === 'strangers',
  );
  if (!key) throw new Error('no key');
  return key.arn;
}

const ourTags = [
  { TagKey: 's3repl', TagValue: 'invoices-dr' },
  { TagKey: 's3repl-key', TagValue: 'replica' },
];
const mine = (account: string) =>
  document({ Effect: 'Allow', Principal: { AWS: account }, Action: 'kms:*', Resource: '*' });

describe('the usual policies', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    const policies = await printed(config, ['apply', 'destroy', 'delete-keys']);
    sandbox = await sandboxFrom(await aCloud(undefined, strangers)(), policies);
  });

  it('let their holder make the role with any policy, assume it, and read the bucket of somebody else', async () => {
    const { source } = await somebody(sandbox);
    await source.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: letsHolderIn }));
    await source.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'any', PolicyDocument: everything }));
    expect(await readsStrangersBucket(sandbox, source)).toBe('accepted');
  });

  it('let their holder put the tag on the key of somebody else, and take its policy over', async () => {
    const { kms } = (await somebody(sandbox)).destination;
    const KeyId = strangersKey(sandbox, DESTINATION);
    expect(await refusal(kms.send(new PutKeyPolicyCommand({ KeyId, Policy: mine(DESTINATION) })))).toMatch(/Denied/);
    await kms.send(new TagResourceCommand({ KeyId, Tags: ourTags }));
    await kms.send(new PutKeyPolicyCommand({ KeyId, Policy: mine(DESTINATION) }));
    const source = (await somebody(sandbox)).source.kms;
    const other = strangersKey(sandbox, SOURCE);
    await source.send(new TagResourceCommand({ KeyId: other, Tags: ourTags }));
    await source.send(new ScheduleKeyDeletionCommand({ KeyId: other }));
  });
});

describe('the policies of --boundary --from-live', () => {
  const live = aCloud(undefined, strangers, applied(config));
  let policies: Policies;
  let sandbox: Sandbox;
  let source: Clients;
  let destination: Clients;
  beforeAll(async () => {
    const state = await live();
    policies = await printed(
      config,
      ['apply', 'verify', 'doctor', 'destroy', 'delete-keys'],
      {
        boundary: true,
        fromLive: true,
      },
      state,
    );
    sandbox = await sandboxFrom(state, policies);
    ({ source, destination } = await somebody(sandbox));
  });

  it('refuse a role without the boundary, with another one, and at another path', async () => {
    const made = (more: object) =>
      refusal(
        source.iam.send(
          new CreateRoleCommand({
            RoleName,
            AssumeRolePolicyDocument: letsHolderIn,
            PermissionsBoundary: boundaryArn,
            ...more,
          }),
        ),
      );
    expect(await made({ PermissionsBoundary: undefined })).toBe('403 AccessDenied');
    expect(await made({ PermissionsBoundary: `arn:aws:iam::${SOURCE}:policy/wide` })).toBe('403 AccessDenied');
    expect(await made({ Path: '/elsewhere/' })).toBe('403 AccessDenied');
    expect(await made({ RoleName: 'another' })).toBe('403 AccessDenied');
  });

  it('refuse rights, trust and any way around to a role that is there without the boundary', async () => {
    roleIsOld(sandbox);
    const { iam, sts } = source;
    const wide = `arn:aws:iam::${SOURCE}:policy/wide`;
    const denied = async (call: Promise<unknown>) => expect(await refusal(call)).toBe('403 AccessDenied');
    await denied(iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'any', PolicyDocument: everything })));
    await denied(iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: letsHolderIn })));
    await denied(iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: wide })));
    await denied(iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName })));
    await denied(iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: wide })));
    await denied(sts.send(new AssumeRoleCommand({ RoleArn: replicationRole, RoleSessionName: 'mallory' })));
  });

  it('give nothing of others through a role that has the boundary, whatever policy and trust it is given', async () => {
    const bounded = await sandboxFrom(await live(), policies);
    await withBoundary(config)(bounded);
    delete bounded.state.accounts[SOURCE]?.roles[RoleName];
    const mallory = await signIn(bounded);
    await mallory.iam.send(
      new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: letsHolderIn, PermissionsBoundary: boundaryArn }),
    );
    await mallory.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'any', PolicyDocument: everything }));
    expect(await readsStrangersBucket(bounded, mallory)).toBe('403 AccessDenied');
    expect(await refusal(mallory.iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName })))).toMatch(
      /AccessDenied/,
    );
    const role = await assume(bounded, mallory, replicationRole);
    // Not even what is in the objects that it replicates, nor its own rights.
    await clientsOf(bounded).s3.send(new PutObjectCommand({ Bucket: 'acme-invoices', Key: 'a', Body: 'a' }));
    expect(await refusal(role.s3.send(new GetObjectCommand({ Bucket: 'acme-invoices', Key: 'a' })))).toMatch(
      /AccessDenied/,
    );
    expect(await refusal(role.iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName })))).toMatch(
      /AccessDenied/,
    );
    const KeyId = strangersKey(bounded, SOURCE);
    expect(await refusal(role.kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' })))).toMatch(
      /AccessDenied/,
    );
  });

  it('refuse the tag, an alias, the policy, a grant and the deletion of the key of somebody else, in both accounts', async () => {
    for (const [account, { kms }] of [
      [SOURCE, source],
      [DESTINATION, destination],
    ] as const) {
      const KeyId = strangersKey(sandbox, account);
      const AliasName = `alias/s3repl-invoices-dr${account === SOURCE ? '' : '-replica'}`;
      const GranteePrincipal = roleArn(account);
      const calls = [
        kms.send(new TagResourceCommand({ KeyId, Tags: ourTags })),
        kms.send(new CreateAliasCommand({ TargetKeyId: KeyId, AliasName })),
        kms.send(new PutKeyPolicyCommand({ KeyId, Policy: mine(account) })),
        kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' })),
        kms.send(new CreateGrantCommand({ KeyId, GranteePrincipal, Operations: ['Decrypt'] })),
        kms.send(new ScheduleKeyDeletionCommand({ KeyId })),
        kms.send(new CreateKeyCommand({ Tags: ourTags })),
      ];
      for (const call of calls) expect(await refusal(call)).toBe('400 AccessDeniedException');
    }
  });

  it('refuse the role of somebody else for replication, and any change of it', async () => {
    await clientsOf(sandbox).iam.send(
      new CreateRoleCommand({ RoleName: 'strangers', AssumeRolePolicyDocument: letsHolderIn }),
    );
    const replicate = async (Role: string) => {
      const { s3 } = clientsOf(sandbox);
      const { ReplicationConfiguration } = await s3.send(new GetBucketReplicationCommand({ Bucket: 'acme-invoices' }));
      const Rules = ReplicationConfiguration?.Rules;
      const put = { Bucket: 'acme-invoices', ReplicationConfiguration: { Role, Rules } };
      return refusal(source.s3.send(new PutBucketReplicationCommand(put)));
    };
    expect(await replicate(replicationRole)).toBe('accepted');
    expect(await replicate(`arn:aws:iam::${SOURCE}:role/strangers`)).toBe('403 AccessDenied');
    expect(await refusal(source.iam.send(new TagRoleCommand({ RoleName: 'strangers', Tags: [] })))).toMatch(/Denied/);
    expect(
      await refusal(source.iam.send(new DeleteRolePolicyCommand({ RoleName: 'strangers', PolicyName: 'x' }))),
    ).toMatch(/Denied/);
  });

  it.each([
    ['iam:PassRole', replicationRole, { 'iam:PassedToService': 'lambda.amazonaws.com' }],
    ['iam:CreatePolicyVersion', boundaryArn, {}],
    ['iam:SetDefaultPolicyVersion', boundaryArn, {}],
    ['iam:DeletePolicy', boundaryArn, {}],
    ['iam:DeletePolicyVersion', boundaryArn, {}],
    ['iam:DetachRolePolicy', replicationRole, { 'iam:PermissionsBoundary': boundaryArn }],
    ['iam:UpdateAssumeRolePolicy', replicationRole, { 'iam:PermissionsBoundary': boundaryArn }],
    ['iam:DeleteRolePermissionsBoundary', replicationRole, { 'iam:PermissionsBoundary': boundaryArn }],
    ['sts:AssumeRole', replicationRole, {}],
    ['kms:UntagResource', `arn:aws:kms:eu-west-1:${SOURCE}:key/any`, {}],
    ['kms:UpdateAlias', `arn:aws:kms:eu-west-1:${SOURCE}:alias/s3repl-invoices-dr`, {}],
  ])('do not allow %s on %s', (action, resource, context) => {
    const question = { action, resource, context };
    expect(effect(question, policies[SOURCE])).toBe('denied');
    expect(effect(question, JSON.parse(everything) as PolicyDocument)).toBe('allowed');
  });

  it('allow to pass the role to S3', () => {
    const context = { 'iam:PassedToService': 's3.amazonaws.com' };
    expect(effect({ action: 'iam:PassRole', resource: replicationRole, context }, policies[SOURCE])).toBe('allowed');
  });
});

/** Whether a policy lets its holder do something, where the policy of the key or role leaves that to IAM. */
function effect(
  question: { readonly action: string; readonly resource: string; readonly context: Readonly<Record<string, string>> },
  policy: PolicyDocument | undefined,
) {
  if (!policy) throw new Error('no policy');
  const isKey = question.resource.includes(':key/');
  const leftToIam: Statement = {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${SOURCE}:root` },
    Action: question.action,
    ...(isKey && { Resource: '*' }),
  };
  const hasPolicy = isKey || question.action === 'sts:AssumeRole';
  return evaluate(
    {
      caller: { account: SOURCE, roleArn: holder, roleId: 'AROAEXAMPLE' },
      resourceAccount: SOURCE,
      ...question,
    },
    {
      identity: [{ name: 'printed', document: policy }],
      boundary: null,
      serviceControl: [],
      resourceControl: [],
      resource: hasPolicy ? { name: 'its own', document: { Version: '2012-10-17', Statement: leftToIam } } : null,
    },
  ).effect;
}
