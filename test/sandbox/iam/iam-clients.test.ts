/** What clients ask IAM besides what s3repl asks: the AWS CLI about its user, Terraform about the roles that it changes and removes. */
import {
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  GetPolicyCommand,
  GetRoleCommand,
  GetUserCommand,
  ListInstanceProfilesForRoleCommand,
  ListPolicyTagsCommand,
  ListPolicyVersionsCommand,
  ListUsersCommand,
  type ListUsersCommandInput,
  TagPolicyCommand,
  UntagPolicyCommand,
  UpdateRoleCommand,
  type UpdateRoleCommandInput,
  UpdateRoleDescriptionCommand,
} from '@aws-sdk/client-iam';
import { beforeEach, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { type Clients, clientsOf, message, refusal, SOURCE, sessionOf } from '../clients.ts';

const RoleName = 'role';
const trust = { Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' };
const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });

let sandbox: Sandbox;
let iam: Clients['iam'];

beforeEach(async () => {
  sandbox = await openSandbox();
  ({ iam } = clientsOf(sandbox));
  await iam.send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, Description: 'first', MaxSessionDuration: 7200 }),
  );
});

const update = (more: Partial<UpdateRoleCommandInput>) => iam.send(new UpdateRoleCommand({ RoleName, ...more }));
const shown = async () => {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  return [Role?.Description, Role?.MaxSessionDuration];
};

test('a role gets another description and session duration (IAM API Reference, UpdateRole)', async () => {
  await update({ MaxSessionDuration: 43_200 });
  expect(await shown()).toEqual(['first', 43_200]);
  await update({ Description: 'second' });
  expect(await shown()).toEqual(['second', 3600]);
  const { Role } = await iam.send(new UpdateRoleDescriptionCommand({ RoleName, Description: 'third' }));
  expect([Role?.Description, ...(await shown())]).toEqual(['third', 'third', 3600]);
  expect(await refusal(update({ MaxSessionDuration: 60 }))).toMatch(/^400 Validation/);
  expect(await refusal(update({ RoleName: 'missing' }))).toBe('404 NoSuchEntityException');
});

test('an updated role may be shown late', async () => {
  const late = await openSandbox({ lag: { role: { requests: 1 } } });
  const client = clientsOf(late).iam;
  await client.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, Description: 'first' }));
  await client.send(new GetRoleCommand({ RoleName })).catch(() => {});
  await client.send(new UpdateRoleCommand({ RoleName, Description: 'second' }));
  const read = async () => (await client.send(new GetRoleCommand({ RoleName }))).Role?.Description;
  expect([await read(), await read()]).toEqual(['first', 'second']);
});

test('a role has no instance profiles, which Terraform asks before it deletes one', async () => {
  const list = (name: string) => iam.send(new ListInstanceProfilesForRoleCommand({ RoleName: name }));
  expect((await list(RoleName)).InstanceProfiles).toEqual([]);
  expect(await refusal(list('missing'))).toBe('404 NoSuchEntityException');
});

test('a managed policy has tags and its only version, which Terraform asks for (IAM API Reference, TagPolicy)', async () => {
  const Statement = [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }];
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  const Tags = [{ Key: 'team', Value: 'platform' }];
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'tagged', PolicyDocument, Tags }));
  const PolicyArn = Policy?.Arn;
  expect((await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy?.Tags).toEqual(Tags);
  await iam.send(new TagPolicyCommand({ PolicyArn, Tags: [{ Key: 'stage', Value: 'test' }] }));
  await iam.send(new UntagPolicyCommand({ PolicyArn, TagKeys: ['team'] }));
  const left = await iam.send(new ListPolicyTagsCommand({ PolicyArn }));
  expect(left.Tags).toEqual([{ Key: 'stage', Value: 'test' }]);
  const { Versions } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
  expect(Versions?.map((one) => [one.VersionId, one.IsDefaultVersion])).toEqual([['v1', true]]);
  const allowed = [{ Effect: 'Allow', Action: 'iam:CreatePolicy', Resource: '*' }];
  const keys = await sessionOf(sandbox, 'maker', { inline: { Version: '2012-10-17', Statement: allowed } });
  const another = new CreatePolicyCommand({ PolicyName: 'another', PolicyDocument, Tags });
  expect(await message(clientsOf(sandbox, keys).iam.send(another))).toMatch('iam:TagPolicy');
});

test('GetUser without a name is about the caller, who must be a user (IAM API Reference, GetUser)', async () => {
  const { User } = await iam.send(new GetUserCommand({}));
  expect([User?.UserName, User?.Arn]).toEqual(['sandbox-admin', `arn:aws:iam::${SOURCE}:user/sandbox-admin`]);
  expect((await iam.send(new GetUserCommand({ UserName: 'sandbox-admin' }))).User).toEqual(User);
  await iam.send(new CreateUserCommand({ UserName: 'ann' }));
  expect((await iam.send(new GetUserCommand({ UserName: 'ann' }))).User?.UserName).toBe('ann');
  const Statement = [{ Effect: 'Allow', Action: 'iam:*', Resource: '*' }];
  const keys = await sessionOf(sandbox, 'session', { inline: { Version: '2012-10-17', Statement } });
  const asRole = clientsOf(sandbox, keys).iam.send(new GetUserCommand({}));
  expect(await message(asRole)).toBe('Must specify userName when calling with non-User credentials');
});

test('ListUsers pages through all users below a path, the administrator among them (IAM API Reference, ListUsers)', async () => {
  for (const UserName of ['ann', 'bob']) await iam.send(new CreateUserCommand({ UserName, Path: '/team/' }));
  const names = async (input: ListUsersCommandInput = {}) => {
    const { Users, Marker, IsTruncated } = await iam.send(new ListUsersCommand(input));
    return [Users?.map((one) => one.UserName), IsTruncated, Marker];
  };
  expect(await names()).toEqual([['ann', 'bob', 'sandbox-admin'], false, undefined]);
  expect(await names({ PathPrefix: '/team/' })).toEqual([['ann', 'bob'], false, undefined]);
  expect(await names({ MaxItems: 2 })).toEqual([['ann', 'bob'], true, 'bob']);
  expect(await names({ MaxItems: 2, Marker: 'bob' })).toEqual([['sandbox-admin'], false, undefined]);
});

test('each is asked about as its own action', async () => {
  const keys = await sessionOf(sandbox, 'nobody');
  const { iam: nobody } = clientsOf(sandbox, keys);
  const calls = [
    () => nobody.send(new UpdateRoleCommand({ RoleName })),
    () => nobody.send(new UpdateRoleDescriptionCommand({ RoleName, Description: 'x' })),
    () => nobody.send(new ListInstanceProfilesForRoleCommand({ RoleName })),
  ];
  const told = await Promise.all(calls.map((call) => message(call())));
  expect(told.map((text) => /perform: (\S+) on resource: role role/.exec(text)?.[1])).toEqual([
    'iam:UpdateRole',
    'iam:UpdateRoleDescription',
    'iam:ListInstanceProfilesForRole',
  ]);
});
