import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  ListRolesCommand,
  ListUsersCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateKeyCommand, DescribeKeyCommand, ListKeysCommand } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutBucketPolicyCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import {
  type Clients,
  clientsOf,
  type Keys,
  message,
  OTHER,
  refusal,
  type SessionOf,
  SOURCE,
  sessionOf,
} from '../clients.ts';

const BUCKET = 'arn:aws:s3:::bucket';
const APP = `arn:aws:iam::${SOURCE}:role/app`;
const ME = `arn:aws:sts::${SOURCE}:assumed-role/app/me`;
const ROOT = `arn:aws:iam::${SOURCE}:root`;
const ADMINISTRATOR = `arn:aws:iam::${SOURCE}:user/sandbox-admin`;

let sandbox: Sandbox;
let aws: Clients;

const document = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const allow = (Action: string | string[], Resource: string | string[] = '*', more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const deny = (Action: string | string[], Resource = '*', more: object = {}) => ({
  ...allow(Action, Resource, more),
  Effect: 'Deny',
});
const app = { Principal: { AWS: APP } };
const everyone = { Principal: '*' };

async function appWith(session: SessionOf = {}): Promise<Keys> {
  const keys = await sessionOf(sandbox, 'app', session);
  await sandbox.clock.sleep(8000);
  return keys;
}
const putPolicy = (...statements: object[]) =>
  aws.s3.send(new PutBucketPolicyCommand({ Bucket: 'bucket', Policy: JSON.stringify(document(...statements)) }));
const getVersioning = (identity: string | Keys) =>
  clientsOf(sandbox, identity).s3.send(new GetBucketVersioningCommand({ Bucket: 'bucket' }));
const notAuthorized = (action: string, resource: string, why: string, who = ME) =>
  `User: ${who} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
const noVersioning = (why: string, who = ME) => notAuthorized('s3:GetBucketVersioning', `"${BUCKET}"`, why, who);

async function managedPolicy(PolicyName: string, ...statements: object[]): Promise<string> {
  const PolicyDocument = JSON.stringify(document(...statements));
  const { Policy } = await aws.iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument }));
  return Policy?.Arn ?? '';
}

beforeEach(async () => {
  sandbox = await openSandbox();
  aws = clientsOf(sandbox);
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
  await aws.s3.send(new CreateBucketCommand({ Bucket: 'bucket', CreateBucketConfiguration }));
});

const reading = 's3:GetBucketVersioning';
const NO_IDENTITY = `because no identity-based policy allows the ${reading} action`;
const IN_BUCKET_POLICY = 'with an explicit deny in a resource-based policy';

describe("a session may in its own account's bucket what its policies and the bucket's allow", () => {
  const read = allow(reading, BUCKET);
  const principalIs = (arn: string, operator = 'ArnEquals') => ({
    Condition: { [operator]: { 'aws:PrincipalArn': arn } },
  });

  test.each<[string, { inline?: object[]; bucket?: object[] }, string]>([
    ['without any policy', {}, noVersioning(NO_IDENTITY)],
    ['with an inline policy', { inline: [read] }, 'accepted'],
    ['with one for another action', { inline: [allow('s3:PutBucketVersioning')] }, noVersioning(NO_IDENTITY)],
    ['with one for another bucket', { inline: [allow(reading, `${BUCKET}-2`)] }, noVersioning(NO_IDENTITY)],
    ['with a wildcard in the action', { inline: [allow('s3:get*ver?ioning')] }, 'accepted'],
    ['named by the bucket policy', { bucket: [{ ...read, ...app }] }, 'accepted'],
    [
      'whose account the bucket policy names',
      { bucket: [{ ...read, Principal: { AWS: SOURCE } }] },
      noVersioning(NO_IDENTITY),
    ],
    [
      'whose own policy denies it',
      { inline: [read, deny('s3:Get*')] },
      noVersioning('with an explicit deny in an identity-based policy'),
    ],
    [
      'denied by the bucket policy',
      { inline: [read], bucket: [deny('s3:Get*', BUCKET, app)] },
      noVersioning(IN_BUCKET_POLICY),
    ],
    [
      'with a condition that holds',
      {
        inline: [
          allow(reading, BUCKET, {
            Condition: {
              Bool: { 'aws:SecureTransport': 'true' },
              StringEquals: { 'aws:RequestedRegion': 'eu-west-1' },
            },
          }),
        ],
      },
      'accepted',
    ],
    [
      'with a condition that does not hold',
      { inline: [allow(reading, BUCKET, { Condition: { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } } })] },
      noVersioning(NO_IDENTITY),
    ],
    [
      'denied by its role in a condition',
      { inline: [read], bucket: [deny(reading, BUCKET, { ...everyone, ...principalIs(APP) })] },
      noVersioning(IN_BUCKET_POLICY),
    ],
    [
      'excepted by its role in a condition',
      { inline: [read], bucket: [deny(reading, BUCKET, { ...everyone, ...principalIs(APP, 'ArnNotEquals') })] },
      'accepted',
    ],
    [
      'excepted by NotPrincipal',
      { inline: [read], bucket: [deny(reading, BUCKET, { NotPrincipal: { AWS: [ME, APP, ROOT] } })] },
      'accepted',
    ],
    [
      'not excepted by NotPrincipal',
      { inline: [read], bucket: [deny(reading, BUCKET, { NotPrincipal: { AWS: OTHER } })] },
      noVersioning(IN_BUCKET_POLICY),
    ],
  ])('%s', async (_, { inline, bucket }, answer) => {
    const session = await appWith(inline ? { inline: document(...inline) } : {});
    if (bucket) await putPolicy(...bucket);
    expect(await message(getVersioning(session))).toBe(answer);
    if (answer !== 'accepted') expect(await refusal(getVersioning(session))).toBe('403 AccessDenied');
  });

  test('what nobody can say is refused, and the message says so', async () => {
    const session = await appWith({ inline: document(read) });
    await putPolicy(deny(reading, BUCKET, { NotPrincipal: { AWS: APP } }));
    expect(await message(getVersioning(session))).toMatch(
      /because the sandbox cannot say what the policies mean: the policy of arn:aws:s3:::bucket, statement 1: NotPrincipal/,
    );
  });

  test('an attached policy counts like an inline one', async () => {
    const session = await appWith();
    const PolicyArn = await managedPolicy('read', read);
    await aws.iam.send(new AttachRolePolicyCommand({ RoleName: 'app', PolicyArn }));
    expect(await message(getVersioning(session))).toBe('accepted');
  });

  test.each([
    ['an inline policy', true],
    ['the bucket policy', false],
  ])('a permissions boundary limits what %s allows', async (_, inline) => {
    const boundary = await managedPolicy('limit', allow('s3:ListBucket'));
    const session = await appWith({ boundary, ...(inline && { inline: document(read) }) });
    if (!inline) await putPolicy({ ...read, ...app });
    expect(await message(getVersioning(session))).toBe(
      noVersioning(`because no permissions boundary allows the ${reading} action`),
    );
  });

  test('a session policy limits the session and not the role', async () => {
    const Policy = JSON.stringify(document(allow('s3:ListBucket')));
    const limited = await appWith({ inline: document(read), assumed: { Policy } });
    expect(await message(getVersioning(limited))).toBe(
      noVersioning(`because no session policy allows the ${reading} action`),
    );
    const { Credentials } = await aws.sts.send(new AssumeRoleCommand({ RoleArn: APP, RoleSessionName: 'me' }));
    expect(await message(getVersioning(Credentials ?? {}))).toBe('accepted');
  });

  test('a Deny of the bucket policy binds the administrator too', async () => {
    await putPolicy(deny(reading, BUCKET, everyone));
    expect(await message(getVersioning(SOURCE))).toBe(noVersioning(IN_BUCKET_POLICY, ADMINISTRATOR));
  });

  test('a role made again is another one to the bucket policy', async () => {
    await appWith();
    await putPolicy({ ...read, ...app });
    await aws.iam.send(new DeleteRoleCommand({ RoleName: 'app' }));
    const again = await appWith();
    expect(await refusal(getVersioning(again))).toBe('403 AccessDenied');
    const { Policy = '' } = await aws.s3.send(new GetBucketPolicyCommand({ Bucket: 'bucket' }));
    expect(JSON.parse(Policy).Statement[0].Principal.AWS).toMatch(/^AROA/);
  });

  test('HeadBucket is refused without a body', async () => {
    const { s3 } = clientsOf(sandbox, await appWith());
    expect(await refusal(s3.send(new HeadBucketCommand({ Bucket: 'bucket' })))).toMatch(/^403 /);
  });
});

describe("another account's bucket", () => {
  const theirs = `arn:aws:iam::${OTHER}:role/app`;
  const read = allow(reading, BUCKET);
  test.each([
    ['its own policy alone', [read], [], 'Access Denied'],
    ['the bucket policy alone', [], [{ ...read, Principal: { AWS: theirs } }], 'Access Denied'],
    ['its own and the bucket policy', [read], [{ ...read, Principal: { AWS: theirs } }], 'accepted'],
    [
      'its own and a bucket policy that leaves it to the account',
      [read],
      [{ ...read, Principal: { AWS: OTHER } }],
      'accepted',
    ],
    [
      'both, and a Deny',
      [read],
      [{ ...read, Principal: { AWS: OTHER } }, deny('s3:*', BUCKET, everyone)],
      'Access Denied',
    ],
  ])('a session with %s', async (_, inline, bucket, answer) => {
    const session = await appWith({ account: OTHER, ...(inline.length > 0 && { inline: document(...inline) }) });
    if (bucket.length > 0) await putPolicy(...bucket);
    expect(await message(getVersioning(session))).toBe(answer);
  });

  test('is not opened by a public policy while RestrictPublicBuckets is on', async () => {
    const block = (RestrictPublicBuckets: boolean) =>
      aws.s3.send(
        new PutPublicAccessBlockCommand({
          Bucket: 'bucket',
          PublicAccessBlockConfiguration: { BlockPublicPolicy: false, RestrictPublicBuckets },
        }),
      );
    await block(true);
    await putPolicy({ ...read, ...everyone });
    expect(await refusal(getVersioning(OTHER))).toBe('403 AccessDenied');
    await block(false);
    expect(await refusal(getVersioning(OTHER))).toBe('accepted');
  });
});

describe('a key', () => {
  const describing = 'kms:DescribeKey';
  const toRoot = allow('kms:*', '*', { Principal: { AWS: SOURCE } });
  const makeKey = async (...statements: object[]) => {
    const Policy = JSON.stringify(document(...statements));
    const { KeyMetadata } = await aws.kms.send(
      new CreateKeyCommand({ Policy, BypassPolicyLockoutSafetyCheck: true, Tags: [{ TagKey: 'team', TagValue: 'a' }] }),
    );
    return KeyMetadata?.Arn ?? '';
  };
  const ofTeam = (team: string) => ({ Condition: { StringEquals: { 'aws:ResourceTag/team': team } } });
  const noIdentity = `because no identity-based policy allows the ${describing} action`;
  const noResource = `because no resource-based policy allows the ${describing} action`;

  test.each([
    ['whose policy leaves it to IAM, and IAM allows it', [allow(describing)], [toRoot], 'accepted'],
    ['whose policy leaves it to IAM, and IAM does not', [], [toRoot], noIdentity],
    [
      'whose policy does not leave it to IAM',
      [allow('kms:*')],
      [{ ...toRoot, Principal: { AWS: ADMINISTRATOR } }],
      noResource,
    ],
    ['whose policy names the role', [], [toRoot, allow(describing, '*', app)], 'accepted'],
    ['whose tag IAM asks for', [allow(describing, '*', ofTeam('a'))], [toRoot], 'accepted'],
    ['whose tag is another than IAM asks for', [allow(describing, '*', ofTeam('b'))], [toRoot], noIdentity],
    ['whose policy denies it', [allow(describing)], [toRoot, deny(describing, '*', app)], IN_BUCKET_POLICY],
  ])('%s', async (_, inline, key, answer) => {
    const { kms } = clientsOf(sandbox, await appWith(inline.length > 0 ? { inline: document(...inline) } : {}));
    const KeyId = await makeKey(...key);
    const call = () => kms.send(new DescribeKeyCommand({ KeyId }));
    const words = answer === 'accepted' ? answer : notAuthorized(describing, KeyId, answer);
    expect(await message(call())).toBe(words);
    if (answer !== 'accepted') expect(await refusal(call())).toBe('400 AccessDeniedException');
  });

  test('of another account needs the consent of both', async () => {
    const KeyId = await makeKey(toRoot, allow(describing, '*', { Principal: { AWS: OTHER } }));
    const call = (keys: Keys) => clientsOf(sandbox, keys).kms.send(new DescribeKeyCommand({ KeyId }));
    const without = await sessionOf(sandbox, 'without', { account: OTHER });
    const having = await sessionOf(sandbox, 'having', { account: OTHER, inline: document(allow('kms:*')) });
    const who = `arn:aws:sts::${OTHER}:assumed-role/without/me`;
    expect(await message(call(without))).toBe(notAuthorized(describing, KeyId, noIdentity, who));
    expect(await message(call(having))).toBe('accepted');
  });

  test('that does not exist is one that may not be seen, to who has no right', async () => {
    const { kms } = clientsOf(sandbox, await appWith());
    const KeyId = `arn:aws:kms:eu-west-1:${SOURCE}:key/11111111-1111-4111-8111-111111111111`;
    expect(await refusal(kms.send(new DescribeKeyCommand({ KeyId })))).toBe('400 AccessDeniedException');
    expect(await refusal(aws.kms.send(new DescribeKeyCommand({ KeyId })))).toBe('400 NotFoundException');
  });
});

describe('the boundary that a policy asks roles for', () => {
  const AssumeRolePolicyDocument = JSON.stringify(
    document({ Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' }),
  );
  const PolicyDocument = JSON.stringify(document(allow('s3:*')));
  const actions = [
    'iam:CreateRole',
    'iam:PutRolePolicy',
    'iam:PutRolePermissionsBoundary',
    'iam:DeleteRolePermissionsBoundary',
    'iam:UpdateAssumeRolePolicy',
    'iam:TagRole',
  ];
  let iam: Clients['iam'];
  let limit: string;
  let other: string;
  beforeEach(async () => {
    limit = await managedPolicy('limit', allow('*'));
    other = await managedPolicy('other', allow('*'));
    const Condition = { StringEquals: { 'iam:PermissionsBoundary': limit } };
    iam = clientsOf(sandbox, await appWith({ inline: document({ ...allow(actions), Condition }) })).iam;
    for (const [RoleName, PermissionsBoundary] of [
      ['limited', limit],
      ['other', other],
      ['free', undefined],
    ] as const)
      await aws.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, PermissionsBoundary }));
  });

  test('is that of the request for CreateRole and PutRolePermissionsBoundary', async () => {
    const create = (PermissionsBoundary?: string) =>
      refusal(iam.send(new CreateRoleCommand({ RoleName: 'new', AssumeRolePolicyDocument, PermissionsBoundary })));
    expect(await create()).toBe('403 AccessDenied');
    expect(await create(other)).toBe('403 AccessDenied');
    expect(await create(limit)).toBe('accepted');
    const put = (RoleName: string, PermissionsBoundary: string) =>
      refusal(iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary })));
    expect(await put('limited', other)).toBe('403 AccessDenied');
    expect(await put('free', limit)).toBe('accepted');
  });

  test('is that of the role for what changes its policies', async () => {
    const put = (RoleName: string) =>
      refusal(iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument })));
    expect([await put('limited'), await put('other'), await put('free')]).toEqual([
      'accepted',
      '403 AccessDenied',
      '403 AccessDenied',
    ]);
  });

  test('is not asked for by other actions: a condition on it allows nothing', async () => {
    const RoleName = 'limited';
    const Tags = [{ Key: 'a', Value: 'b' }];
    const trust = new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: AssumeRolePolicyDocument });
    expect(await refusal(iam.send(trust))).toBe('403 AccessDenied');
    expect(await refusal(iam.send(new TagRoleCommand({ RoleName, Tags })))).toBe('403 AccessDenied');
  });
});

describe('what has no policy of its own', () => {
  test('is refused in the words of each service', async () => {
    const { s3, kms, iam } = clientsOf(sandbox, await appWith());
    const because = (action: string) => `because no identity-based policy allows the ${action} action`;
    const words = (action: string, resource: string) => notAuthorized(action, resource, because(action));
    expect(await message(s3.send(new ListBucketsCommand({})))).toBe(words('s3:ListAllMyBuckets', '"*"'));
    expect(await message(kms.send(new ListKeysCommand({})))).toBe(words('kms:ListKeys', '*'));
    expect(await message(iam.send(new GetRoleCommand({ RoleName: 'app' })))).toBe(words('iam:GetRole', 'role app'));
    expect(await message(iam.send(new ListRolesCommand({})))).toBe(
      words('iam:ListRoles', `arn:aws:iam::${SOURCE}:role/`),
    );
    expect(await message(iam.send(new ListUsersCommand({})))).toBe(
      words('iam:ListUsers', `arn:aws:iam::${SOURCE}:user/`),
    );
    const AssumeRolePolicyDocument = JSON.stringify(
      document({ Effect: 'Allow', Principal: { AWS: SOURCE }, Action: 'sts:AssumeRole' }),
    );
    const create = () => iam.send(new CreateRoleCommand({ RoleName: 'new', Path: '/x/', AssumeRolePolicyDocument }));
    expect(await message(create())).toBe(words('iam:CreateRole', `arn:aws:iam::${SOURCE}:role/x/new`));
    expect(await refusal(create())).toBe('403 AccessDenied');
  });

  test('tags at creation need a right of their own', async () => {
    const inline = document(allow(['s3:CreateBucket', 'kms:CreateKey', 'iam:CreateRole']));
    const { s3, kms, iam } = clientsOf(sandbox, await appWith({ inline }));
    const Tags = [{ Key: 'a', Value: 'b' }];
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1', Tags } as const;
    const refused = await Promise.all([
      message(s3.send(new CreateBucketCommand({ Bucket: 'tagged', CreateBucketConfiguration }))),
      message(kms.send(new CreateKeyCommand({ Tags: [{ TagKey: 'a', TagValue: 'b' }] }))),
      message(
        iam.send(
          new CreateRoleCommand({
            RoleName: 'tagged',
            Tags,
            AssumeRolePolicyDocument: JSON.stringify(
              document({ Effect: 'Allow', Principal: { AWS: SOURCE }, Action: 'sts:AssumeRole' }),
            ),
          }),
        ),
      ),
    ]);
    expect(refused.map((text) => /perform: (\S+)/.exec(text)?.[1])).toEqual([
      's3:TagResource',
      'kms:TagResource',
      'iam:TagRole',
    ]);
  });
});

describe('AssumeRole', () => {
  const role = (name: string, trusted: object, account = SOURCE) =>
    clientsOf(sandbox, account).iam.send(
      new CreateRoleCommand({
        RoleName: name,
        AssumeRolePolicyDocument: JSON.stringify(document({ Effect: 'Allow', Action: 'sts:AssumeRole', ...trusted })),
      }),
    );
  const assume = (keys: Keys, account = SOURCE) =>
    clientsOf(sandbox, keys).sts.send(
      new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/target`, RoleSessionName: 'me' }),
    );
  const assuming = document(allow('sts:AssumeRole', `arn:aws:iam::${OTHER}:role/target`));

  test.each([
    [
      'of the same account that the trust policy names, without any policy',
      SOURCE,
      { AWS: APP },
      undefined,
      'accepted',
    ],
    ['whose account is trusted, without any policy', SOURCE, { AWS: SOURCE }, undefined, '403 AccessDenied'],
    ['whose account is trusted, with a policy', SOURCE, { AWS: SOURCE }, document(allow('sts:*')), 'accepted'],
    [
      'that is not trusted, with a policy',
      SOURCE,
      { Service: 's3.amazonaws.com' },
      document(allow('sts:*')),
      '403 AccessDenied',
    ],
    ['of another account that is trusted, without any policy', OTHER, { AWS: APP }, undefined, '403 AccessDenied'],
    ['of another account that is trusted, with a policy', OTHER, { AWS: APP }, assuming, 'accepted'],
  ])('by a session %s', async (_, account, Principal, inline, answer) => {
    const session = await appWith({ inline });
    await role('target', { Principal }, account);
    expect(await refusal(assume(session, account))).toBe(answer);
  });

  test('that asks for MFA is refused', async () => {
    await role('target', { Principal: { AWS: SOURCE }, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } });
    const RoleArn = `arn:aws:iam::${SOURCE}:role/target`;
    const mfa = { RoleArn, RoleSessionName: 'me', SerialNumber: `arn:aws:iam::${SOURCE}:mfa/me`, TokenCode: '123456' };
    expect(await refusal(aws.sts.send(new AssumeRoleCommand(mfa)))).toBe('403 AccessDenied');
  });

  test('refuses a session policy that is none, and says what it does not have', async () => {
    await role('target', { Principal: { AWS: SOURCE } });
    const input = { RoleArn: `arn:aws:iam::${SOURCE}:role/target`, RoleSessionName: 'me' };
    const answer = (more: object) => refusal(aws.sts.send(new AssumeRoleCommand({ ...input, ...more })));
    expect(await answer({ Policy: '{' })).toMatch(/^400 MalformedPolicyDocument/);
    expect(await answer({ Tags: [{ Key: 'a', Value: 'b' }] })).toBe('501 NotImplemented');
    expect(await answer({ PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/AdministratorAccess' }] })).toBe(
      '501 NotImplemented',
    );
  });

  test('a change of a policy counts for sessions that are under way', async () => {
    const session = await appWith({ inline: document(allow(reading)) });
    expect(await refusal(getVersioning(session))).toBe('accepted');
    await aws.iam.send(new DeleteRolePolicyCommand({ RoleName: 'app', PolicyName: 'own' }));
    expect(await refusal(getVersioning(session))).toBe('403 AccessDenied');
  });
});
