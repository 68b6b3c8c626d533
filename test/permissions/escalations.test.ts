/**
 * What somebody who holds exactly the printed policies, and means harm, gets with them: everything with the usual ones, and with those
 * of `--boundary --from-live` nothing beyond the set-up.
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
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { evaluate } from '../../src/model/evaluate.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { DESTINATION, SOURCE } from '../builders.ts';
import { type Clients, clientsOf, refusal } from '../sandbox/clients.ts';
import { aCloud, applied, type Change } from './clouds.ts';
import { printed, printing } from './printed.ts';
import { configFile, current, type Policies, roleName, sandboxFrom } from './set-up-roles.ts';

vi.mock('../../src/sandbox/sandbox.ts', async (original) => {
  const real = await original<typeof import('../../src/sandbox/sandbox.ts')>();
  type Options = Parameters<typeof real.openSandbox>[0];
  return {
    ...real,
    openSandbox: async (options: Options = {}) =>
      'directory' in options && current.sandbox ? current.sandbox : real.openSandbox(options),
  };
});
afterAll(() => {
  delete current.sandbox;
});

const config = configFile('escalations');
const RoleName = 's3repl-invoices-dr';
const arn = `arn:aws:iam::${SOURCE}:role/${RoleName}`;
const boundary = `arn:aws:iam::${SOURCE}:policy/s3repl-boundary-invoices-dr`;
const document = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const everything = document({ Effect: 'Allow', Action: '*', Resource: '*' });
const holder = `arn:aws:iam::${SOURCE}:role/${roleName}`;
/** A trust policy that names its holder needs no right of the holder's to assume the role. */
const letsHolderIn = document({ Effect: 'Allow', Principal: { AWS: holder }, Action: 'sts:AssumeRole' });

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

const boundaryText = async () => {
  const { stdout } = await printing(config, { boundaryPolicy: true, json: false });
  return stdout;
};

const roleIsOld = ({ state }: Sandbox) => {
  const role = state.accounts[SOURCE]?.roles[RoleName];
  if (!role) throw new Error('no role');
  role.inline.older = everything;
};

/** Somebody with the set-up role's session in each account. */
async function somebody(sandbox: Sandbox): Promise<{ readonly source: Clients; readonly destination: Clients }> {
  const signedIn = async (account: string, region: string) => {
    const { Credentials } = await clientsOf(sandbox, account).sts.send(
      new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/${roleName}`, RoleSessionName: 'mallory' }),
    );
    return clientsOf(sandbox, Credentials ?? {}, region);
  };
  return {
    source: await signedIn(SOURCE, 'eu-west-1'),
    destination: await signedIn(DESTINATION, 'eu-central-1'),
  };
}

async function readsStrangersBucket(sandbox: Sandbox, { sts }: Clients): Promise<string> {
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: 'mallory' }));
  const { s3 } = clientsOf(sandbox, Credentials ?? {});
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
            PermissionsBoundary: boundary,
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
    await denied(sts.send(new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: 'mallory' })));
  });

  it('give nothing of others through a role that has the boundary, whatever policy and trust it is given', async () => {
    const bounded = await sandboxFrom(await live(), policies);
    const { iam: admin } = clientsOf(bounded);
    await admin.send(
      new CreatePolicyCommand({ PolicyName: 's3repl-boundary-invoices-dr', PolicyDocument: await boundaryText() }),
    );
    delete bounded.state.accounts[SOURCE]?.roles[RoleName];
    const { source: mallory } = await somebody(bounded);
    await mallory.iam.send(
      new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: letsHolderIn, PermissionsBoundary: boundary }),
    );
    await mallory.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'any', PolicyDocument: everything }));
    expect(await readsStrangersBucket(bounded, mallory)).toBe('403 AccessDenied');
    expect(await refusal(mallory.iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName })))).toMatch(
      /AccessDenied/,
    );
    const { Credentials } = await mallory.sts.send(new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: 'mallory' }));
    const role = clientsOf(bounded, Credentials ?? {});
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
      const GranteePrincipal = `arn:aws:iam::${account}:role/${roleName}`;
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
    expect(await replicate(arn)).toBe('accepted');
    expect(await replicate(`arn:aws:iam::${SOURCE}:role/strangers`)).toBe('403 AccessDenied');
    expect(await refusal(source.iam.send(new TagRoleCommand({ RoleName: 'strangers', Tags: [] })))).toMatch(/Denied/);
    expect(
      await refusal(source.iam.send(new DeleteRolePolicyCommand({ RoleName: 'strangers', PolicyName: 'x' }))),
    ).toMatch(/Denied/);
  });

  it.each([
    ['iam:PassRole', arn, { 'iam:PassedToService': 'lambda.amazonaws.com' }],
    ['iam:CreatePolicyVersion', boundary, {}],
    ['iam:SetDefaultPolicyVersion', boundary, {}],
    ['iam:DeletePolicy', boundary, {}],
    ['iam:DeletePolicyVersion', boundary, {}],
    ['iam:DetachRolePolicy', arn, { 'iam:PermissionsBoundary': boundary }],
    ['iam:UpdateAssumeRolePolicy', arn, { 'iam:PermissionsBoundary': boundary }],
    ['iam:DeleteRolePermissionsBoundary', arn, { 'iam:PermissionsBoundary': boundary }],
    ['sts:AssumeRole', arn, {}],
    ['kms:UntagResource', `arn:aws:kms:eu-west-1:${SOURCE}:key/any`, {}],
    ['kms:UpdateAlias', `arn:aws:kms:eu-west-1:${SOURCE}:alias/s3repl-invoices-dr`, {}],
  ])('do not allow %s on %s', (action, resource, context) => {
    const policy = policies[SOURCE];
    if (!policy) throw new Error('no policy');
    const caller = { account: SOURCE, roleArn: holder, roleId: 'AROAEXAMPLE' };
    const question = { caller, action, resource, resourceAccount: SOURCE, context };
    const inPlay = {
      identity: [{ name: 'printed', document: policy }],
      boundary: null,
      serviceControl: [],
      resourceControl: [],
      resource: null,
    };
    expect(evaluate(question, inPlay).effect).toBe('denied');
    const passes = {
      ...question,
      action: 'iam:PassRole',
      resource: arn,
      context: { 'iam:PassedToService': 's3.amazonaws.com' },
    };
    expect(evaluate(passes, inPlay).effect).toBe('allowed');
  });
});
