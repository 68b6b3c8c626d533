import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  type CreateRoleCommandInput,
  CreateUserCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DeleteUserCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListRoleTagsCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { GetBucketVersioningCommand } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { type Clients, clientsOf, message, OTHER, refusal, SOURCE } from '../clients.ts';

let sandbox: Sandbox;
let aws: Clients;

const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const trusting = (principal: string, extra: object = {}) =>
  document({ Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole', ...extra });
const permissions = document({ Effect: 'Allow', Action: 's3:*', Resource: '*' });
const arnOf = (name: string, account = SOURCE) => `arn:aws:iam::${account}:role/${name}`;

function makeRole(
  RoleName: string,
  AssumeRolePolicyDocument = trusting(SOURCE),
  more: Partial<CreateRoleCommandInput> = {},
) {
  return aws.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, ...more }));
}
const assume = (client: Clients, name: string, more: object = {}) =>
  client.sts.send(new AssumeRoleCommand({ RoleArn: arnOf(name), RoleSessionName: 'me', ...more }));

beforeEach(async () => {
  sandbox = await openSandbox();
  aws = clientsOf(sandbox);
});

describe('roles', () => {
  const RoleName = 'repl';

  test('come back with trust policy, tags, path and session length', async () => {
    const { Role: made } = await makeRole(RoleName, trusting(SOURCE), {
      Path: '/dr/',
      Description: 'mine',
      MaxSessionDuration: 7200,
      Tags: [{ Key: 's3repl', Value: 'dr' }],
    });
    expect(made?.RoleId).toMatch(/^AROA[A-Z0-9]{17}$/);
    const { Role } = await aws.iam.send(new GetRoleCommand({ RoleName }));
    expect(Role).toMatchObject({
      Arn: `arn:aws:iam::${SOURCE}:role/dr/repl`,
      Path: '/dr/',
      RoleId: made?.RoleId,
      Description: 'mine',
      MaxSessionDuration: 7200,
      Tags: [{ Key: 's3repl', Value: 'dr' }],
    });
    const trust = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
    expect(JSON.parse(trust).Statement[0].Principal).toEqual({ AWS: `arn:aws:iam::${SOURCE}:root` });
  });

  test('cannot be made twice, and 404 when missing', async () => {
    await makeRole(RoleName);
    expect(await refusal(makeRole('REPL'))).toBe('409 EntityAlreadyExistsException');
    expect(await refusal(aws.iam.send(new GetRoleCommand({ RoleName: 'none' })))).toBe('404 NoSuchEntityException');
    expect(await message(aws.iam.send(new GetRoleCommand({ RoleName: 'constructor' })))).toBe(
      'The role with name constructor cannot be found.',
    );
  });

  test.each([
    ['is no JSON', '{', 'This policy contains invalid Json'],
    [
      'names a role that does not exist',
      trusting(arnOf('none')),
      `Invalid principal in policy: "AWS":"${arnOf('none')}"`,
    ],
    ['has a Resource', trusting(SOURCE, { Resource: '*' }), 'Has prohibited field Resource'],
    [
      'allows another action',
      trusting(SOURCE, { Action: 's3:GetObject' }),
      'AssumeRole policy may only specify STS AssumeRole actions.',
    ],
  ])('a trust policy that %s is refused', async (_, trust, words) => {
    expect(await refusal(makeRole(RoleName, trust))).toBe('400 MalformedPolicyDocumentException');
    expect(await message(makeRole(RoleName, trust))).toBe(words);
  });

  test('the trust policy can be replaced, tags added and taken away', async () => {
    await makeRole(RoleName);
    await aws.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trusting(OTHER) }));
    const { Role } = await aws.iam.send(new GetRoleCommand({ RoleName }));
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toContain(OTHER);
    await aws.iam.send(
      new TagRoleCommand({
        RoleName,
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'b', Value: '2' },
        ],
      }),
    );
    await aws.iam.send(new UntagRoleCommand({ RoleName, TagKeys: ['a'] }));
    expect((await aws.iam.send(new ListRoleTagsCommand({ RoleName }))).Tags).toEqual([{ Key: 'b', Value: '2' }]);
  });

  test('are listed by path and page', async () => {
    for (const name of ['b', 'a', 'c']) await makeRole(name, trusting(SOURCE), { Path: name === 'c' ? '/x/' : '/' });
    const list = (input: object) => aws.iam.send(new ListRolesCommand(input));
    const first = await list({ MaxItems: 2 });
    expect([first.Roles?.map((role) => role.RoleName), first.IsTruncated]).toEqual([['a', 'b'], true]);
    expect((await list({ Marker: first.Marker })).Roles?.map((role) => role.RoleName)).toEqual(['c']);
    expect((await list({ PathPrefix: '/x/' })).Roles?.map((role) => role.RoleName)).toEqual(['c']);
  });

  test('are deleted only without policies', async () => {
    await makeRole(RoleName);
    const PolicyArn = 'arn:aws:iam::aws:policy/AmazonS3FullAccess';
    await aws.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument: permissions }));
    await aws.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
    const remove = () => aws.iam.send(new DeleteRoleCommand({ RoleName }));
    expect(await message(remove())).toBe('Cannot delete entity, must detach all policies first.');
    await aws.iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
    expect(await refusal(remove())).toBe('409 DeleteConflictException');
    await aws.iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'own' }));
    expect(await refusal(remove())).toBe('accepted');
  });
});

describe('policies of a role', () => {
  const RoleName = 'repl';
  beforeEach(() => makeRole(RoleName));
  const put = (PolicyDocument: string, PolicyName = 'own') =>
    aws.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));

  test('an inline policy comes back as the text that was put', async () => {
    const text = ' {"Statement" : [{"Effect":"Allow","Action":["s3:*"],"Resource":["*"]}]}'.trim();
    await put(text);
    const { PolicyDocument } = await aws.iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'own' }));
    expect(PolicyDocument).toMatch(/^%7B/);
    expect(decodeURIComponent(PolicyDocument ?? '')).toBe(text);
    expect((await aws.iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames).toEqual(['own']);
    expect(await refusal(aws.iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'none' })))).toBe(
      '404 NoSuchEntityException',
    );
  });

  test('all inline policies together have at most 10 240 characters', async () => {
    const sized = (length: number) =>
      document({ Effect: 'Allow', Action: 's3:*', Resource: `arn:aws:s3:::${'x'.repeat(length)}` });
    await put(sized(6000), 'one');
    expect(await refusal(put(sized(6000), 'two'))).toBe('409 LimitExceededException');
    expect(await refusal(put(sized(6000), 'one'))).toBe('accepted');
  });

  test.each([
    ['a principal', document({ Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: '*' })],
    ['no resource', document({ Effect: 'Allow', Action: 's3:*' })],
    ['an action without a service', document({ Effect: 'Allow', Action: 'GetObject', Resource: '*' })],
    ['a Sid twice', document(...Array(2).fill({ Sid: 'a', Effect: 'Allow', Action: 's3:*', Resource: '*' }))],
    ['a Sid with a hyphen', document({ Sid: 'a-b', Effect: 'Allow', Action: 's3:*', Resource: '*' })],
  ])('an inline policy with %s is refused', async (_, text) => {
    expect(await refusal(put(text))).toBe('400 MalformedPolicyDocumentException');
  });

  test('managed policies are made, read and attached', async () => {
    const { Policy } = await aws.iam.send(
      new CreatePolicyCommand({ PolicyName: 'shared', PolicyDocument: permissions }),
    );
    const PolicyArn = Policy?.Arn ?? '';
    expect(PolicyArn).toBe(`arn:aws:iam::${SOURCE}:policy/shared`);
    await aws.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
    const { AttachedPolicies } = await aws.iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    expect(AttachedPolicies).toEqual([{ PolicyName: 'shared', PolicyArn }]);
    const { Policy: read } = await aws.iam.send(new GetPolicyCommand({ PolicyArn }));
    expect([read?.DefaultVersionId, read?.AttachmentCount]).toEqual(['v1', 1]);
    const { PolicyVersion } = await aws.iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
    expect(decodeURIComponent(PolicyVersion?.Document ?? '')).toBe(permissions);
    const missing = new AttachRolePolicyCommand({ RoleName, PolicyArn: `${PolicyArn}-2` });
    expect(await message(aws.iam.send(missing))).toBe(`Policy ${PolicyArn}-2 does not exist or is not attachable.`);
  });

  test('a permissions boundary must exist, and can be taken away', async () => {
    const boundary = async () => (await aws.iam.send(new GetRoleCommand({ RoleName }))).Role?.PermissionsBoundary;
    const set = (name: string) =>
      aws.iam.send(
        new PutRolePermissionsBoundaryCommand({
          RoleName,
          PermissionsBoundary: `arn:aws:iam::${SOURCE}:policy/${name}`,
        }),
      );
    expect(await refusal(set('limit'))).toBe('404 NoSuchEntityException');
    await aws.iam.send(new CreatePolicyCommand({ PolicyName: 'limit', PolicyDocument: permissions }));
    await set('limit');
    expect((await boundary())?.PermissionsBoundaryArn).toBe(`arn:aws:iam::${SOURCE}:policy/limit`);
    await aws.iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName }));
    expect(await boundary()).toBeUndefined();
  });
});

test('users can be made, read and deleted', async () => {
  const { User } = await aws.iam.send(new CreateUserCommand({ UserName: 'ann' }));
  expect(User?.UserId).toMatch(/^AIDA/);
  expect((await aws.iam.send(new GetUserCommand({ UserName: 'ann' }))).User?.Arn).toBe(
    `arn:aws:iam::${SOURCE}:user/ann`,
  );
  await aws.iam.send(new DeleteUserCommand({ UserName: 'ann' }));
  expect(await refusal(aws.iam.send(new GetUserCommand({ UserName: 'ann' })))).toBe('404 NoSuchEntityException');
});

describe('who is calling', () => {
  test('any account has an administrator', async () => {
    const { Account, Arn, UserId } = await clientsOf(sandbox, '000000000042').sts.send(
      new GetCallerIdentityCommand({}),
    );
    expect({ Account, Arn }).toEqual({ Account: '000000000042', Arn: 'arn:aws:iam::000000000042:user/sandbox-admin' });
    expect(UserId).toMatch(/^AIDA/);
    const china = clientsOf(sandbox, SOURCE, 'cn-north-1');
    expect((await china.sts.send(new GetCallerIdentityCommand({}))).Arn).toMatch(/^arn:aws-cn:iam:/);
  });

  test("unknown credentials are refused in each service's words", async () => {
    const nobody = clientsOf(sandbox, { AccessKeyId: 'AKIANOBODY', SecretAccessKey: 'x' });
    expect(await refusal(nobody.sts.send(new GetCallerIdentityCommand({})))).toBe('403 InvalidClientTokenId');
    expect(await refusal(nobody.iam.send(new GetRoleCommand({ RoleName: 'x' })))).toBe('403 InvalidClientTokenId');
    expect(await refusal(nobody.kms.send(new DescribeKeyCommand({ KeyId: 'x' })))).toBe(
      '400 UnrecognizedClientException',
    );
    expect(await refusal(nobody.s3.send(new GetBucketVersioningCommand({ Bucket: 'xxx' })))).toBe(
      '403 InvalidAccessKeyId',
    );
  });
});

describe('AssumeRole', () => {
  test('gives credentials that act as the role, until they expire', async () => {
    await makeRole('setup');
    const { Credentials, AssumedRoleUser } = await assume(aws, 'setup', { DurationSeconds: 900 });
    expect(Credentials?.AccessKeyId).toMatch(/^ASIASANDBOX/);
    expect(Credentials?.Expiration?.getTime()).toBeGreaterThan(sandbox.clock.now() + 898_000);
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${SOURCE}:assumed-role/setup/me`);
    const session = clientsOf(sandbox, Credentials ?? {});
    const identity = await session.sts.send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({
      Account: SOURCE,
      Arn: AssumedRoleUser?.Arn,
      UserId: AssumedRoleUser?.AssumedRoleId,
    });
    await sandbox.clock.sleep(900_000);
    expect(await refusal(session.sts.send(new GetCallerIdentityCommand({})))).toBe('403 ExpiredToken');
    expect(await refusal(session.kms.send(new DescribeKeyCommand({ KeyId: 'x' })))).toBe('400 ExpiredTokenException');
    expect(await refusal(session.s3.send(new GetBucketVersioningCommand({ Bucket: 'xxx' })))).toBe('400 ExpiredToken');
  });

  test('needs the session token', async () => {
    await makeRole('setup');
    const { Credentials } = await assume(aws, 'setup');
    const stolen = clientsOf(sandbox, { ...Credentials, SessionToken: 'guess' });
    expect(await refusal(stolen.sts.send(new GetCallerIdentityCommand({})))).toBe('403 InvalidClientTokenId');
  });

  test.each([
    ['the account id', OTHER, true],
    ['the account root', `arn:aws:iam::${OTHER}:root`, true],
    ['everyone', '*', true],
    ['the caller itself', `arn:aws:iam::${OTHER}:user/sandbox-admin`, true],
    ['another account', '333333333333', false],
    ['another user', `arn:aws:iam::${SOURCE}:user/sandbox-admin`, false],
  ])('a role that trusts %s', async (_, principal, allowed) => {
    await makeRole('setup', trusting(principal));
    expect(await refusal(assume(clientsOf(sandbox, OTHER), 'setup'))).toBe(allowed ? 'accepted' : '403 AccessDenied');
  });

  test('a missing role and a distrustful one are refused in the same words', async () => {
    await makeRole('setup', trusting('333333333333'));
    const words = (name: string) =>
      `User: arn:aws:iam::${SOURCE}:user/sandbox-admin is not authorized to perform: sts:AssumeRole on resource: ${arnOf(name)}`;
    expect(await message(assume(aws, 'setup'))).toBe(words('setup'));
    expect(await message(assume(aws, 'none'))).toBe(words('none'));
  });

  test('an external id is asked for', async () => {
    await makeRole('setup', trusting(SOURCE, { Condition: { StringEquals: { 'sts:ExternalId': 'secret' } } }));
    expect(await refusal(assume(aws, 'setup'))).toBe('403 AccessDenied');
    expect(await refusal(assume(aws, 'setup', { ExternalId: 'guess' }))).toBe('403 AccessDenied');
    expect(await refusal(assume(aws, 'setup', { ExternalId: 'secret' }))).toBe('accepted');
  });

  test('a role may trust another role, and no longer when that one is deleted and made again', async () => {
    await makeRole('first');
    await makeRole('second', trusting(arnOf('first')));
    const first = async () => clientsOf(sandbox, (await assume(aws, 'first')).Credentials ?? {});
    expect(await refusal(assume(aws, 'second'))).toBe('403 AccessDenied');
    expect(await refusal(assume(await first(), 'second'))).toBe('accepted');
    expect(await refusal(assume(await first(), 'second', { DurationSeconds: 3601 }))).toBe('400 ValidationError');
    await aws.iam.send(new DeleteRoleCommand({ RoleName: 'first' }));
    await makeRole('first');
    expect(await refusal(assume(await first(), 'second'))).toBe('403 AccessDenied');
  });

  test.each([
    [{ DurationSeconds: 899 }],
    [{ DurationSeconds: 3601 }],
    [{ RoleSessionName: 'Session1:2' }],
    [{ RoleArn: 'nothing-valid-in-here' }],
  ])('refuses %o', async (input) => {
    await makeRole('setup');
    expect(await refusal(assume(aws, 'setup', input))).toBe('400 ValidationError');
  });
});

describe('ensureRole', () => {
  test('makes a role that the principals may assume, once', async () => {
    const arn = `arn:aws:iam::${OTHER}:role/team/setup`;
    const trusted = [`arn:aws:iam::${SOURCE}:root`];
    expect(await sandbox.ensureRole(arn, trusted)).toBe(true);
    expect(await sandbox.ensureRole(arn, [])).toBe(false);
    const { Credentials } = await aws.sts.send(new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: 'me' }));
    const identity = await clientsOf(sandbox, Credentials ?? {}).sts.send(new GetCallerIdentityCommand({}));
    expect(identity.Account).toBe(OTHER);
    await expect(sandbox.ensureRole('arn:aws:iam::1:user/x', [])).rejects.toThrow('is not the ARN of a role');
  });
});
