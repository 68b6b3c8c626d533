import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  type CreateKeyCommandInput,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  type KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import { beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { clientsOf, message, OTHER, refusal, SOURCE } from '../clients.ts';

const DAY = 86_400_000;
const MISSING = '134f2428-cec1-4b25-a1ae-9048164dba47';

let sandbox: Sandbox;
let kms: KMSClient;
let other: KMSClient;

async function makeKey(input: CreateKeyCommandInput = {}) {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand(input));
  return { KeyId: KeyMetadata?.KeyId ?? '', Arn: KeyMetadata?.Arn ?? '' };
}
const describeKey = async (KeyId: string, client = kms) =>
  (await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata;
const stateOf = async (KeyId: string) => (await describeKey(KeyId))?.KeyState;

const statement = (account: string, Action: string, extra: object = {}) => ({
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${account}:root` },
  Action,
  Resource: '*',
  ...extra,
});
const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

beforeEach(async () => {
  sandbox = await openSandbox();
  kms = clientsOf(sandbox).kms;
  other = clientsOf(sandbox, OTHER).kms;
});

describe('keys', () => {
  test("a new key is enabled and leaves everything to the account's IAM policies", async () => {
    const { KeyId, Arn } = await makeKey({ Description: 'mine', Tags: [{ TagKey: 's3repl', TagValue: 'dr' }] });
    expect(await describeKey(KeyId)).toMatchObject({
      Arn,
      AWSAccountId: SOURCE,
      Description: 'mine',
      KeyState: 'Enabled',
      KeyManager: 'CUSTOMER',
      KeySpec: 'SYMMETRIC_DEFAULT',
      MultiRegion: false,
    });
    expect(Arn).toBe(`arn:aws:kms:eu-west-1:${SOURCE}:key/${KeyId}`);
    expect(JSON.parse((await kms.send(new GetKeyPolicyCommand({ KeyId }))).Policy ?? '')).toEqual({
      Version: '2012-10-17',
      Id: 'key-default-1',
      Statement: [statement(SOURCE, 'kms:*', { Sid: 'Enable IAM User Permissions' })],
    });
    expect((await kms.send(new ListResourceTagsCommand({ KeyId }))).Tags).toEqual([
      { TagKey: 's3repl', TagValue: 'dr' },
    ]);
  });

  test('a key lives in one Region of one account', async () => {
    const { KeyId, Arn } = await makeKey();
    const far = clientsOf(sandbox, SOURCE, 'us-east-1').kms;
    const there = `arn:aws:kms:us-east-1:${SOURCE}:key/${KeyId}`;
    expect(await message(describeKey(KeyId, far))).toBe(`Key '${there}' does not exist`);
    expect(await message(describeKey(Arn, far))).toBe('Invalid arn eu-west-1');
    expect(await refusal(describeKey(Arn, far))).toBe('400 NotFoundException');
    expect(await message(describeKey('fake-key-id'))).toBe("Invalid keyId 'fake-key-id'");
    expect(await message(describeKey(MISSING))).toBe(
      `Key 'arn:aws:kms:eu-west-1:${SOURCE}:key/${MISSING}' does not exist`,
    );
    expect((await far.send(new ListKeysCommand({}))).Keys).toEqual([]);
  });

  test('multi-Region keys and keys in China have ARNs of their own', async () => {
    expect((await makeKey({ MultiRegion: true })).KeyId).toMatch(/^mrk-[0-9a-f]{32}$/);
    const { KeyMetadata } = await clientsOf(sandbox, SOURCE, 'cn-north-1').kms.send(new CreateKeyCommand({}));
    expect(KeyMetadata?.Arn).toMatch(/^arn:aws-cn:kms:cn-north-1:/);
  });

  test('ListKeys pages', async () => {
    for (let n = 0; n < 3; n += 1) await makeKey();
    const first = await kms.send(new ListKeysCommand({ Limit: 2 }));
    expect([first.Keys?.length, first.Truncated]).toEqual([2, true]);
    const second = await kms.send(new ListKeysCommand({ Limit: 2, Marker: first.NextMarker }));
    expect([second.Keys?.length, second.Truncated]).toEqual([1, false]);
  });

  test('tags are added, replaced and taken away', async () => {
    const { KeyId } = await makeKey({ Tags: [{ TagKey: 'a', TagValue: '1' }] });
    await kms.send(
      new TagResourceCommand({
        KeyId,
        Tags: [
          { TagKey: 'a', TagValue: '2' },
          { TagKey: 'b', TagValue: '3' },
        ],
      }),
    );
    await kms.send(new UntagResourceCommand({ KeyId, TagKeys: ['b'] }));
    expect((await kms.send(new ListResourceTagsCommand({ KeyId }))).Tags).toEqual([{ TagKey: 'a', TagValue: '2' }]);
    const reserved = new TagResourceCommand({ KeyId, Tags: [{ TagKey: 'aws:x', TagValue: '' }] });
    expect(await refusal(kms.send(reserved))).toBe('400 TagException');
  });
});

describe('the life of a key', () => {
  test('disabled and enabled', async () => {
    const { KeyId, Arn } = await makeKey();
    await kms.send(new DisableKeyCommand({ KeyId }));
    expect(await stateOf(KeyId)).toBe('Disabled');
    expect(await message(kms.send(new EnableKeyRotationCommand({ KeyId })))).toBe(`${Arn} is disabled.`);
    await kms.send(new EnableKeyCommand({ KeyId }));
    expect(await stateOf(KeyId)).toBe('Enabled');
  });

  test('scheduled for deletion, cancelled, and then disabled', async () => {
    const { KeyId, Arn } = await makeKey();
    const answer = await kms.send(new ScheduleKeyDeletionCommand({ KeyId }));
    expect(answer).toMatchObject({ KeyId: Arn, KeyState: 'PendingDeletion', PendingWindowInDays: 30 });
    for (const command of [
      new EnableKeyCommand({ KeyId }),
      new DisableKeyCommand({ KeyId }),
      new ScheduleKeyDeletionCommand({ KeyId }),
      new EnableKeyRotationCommand({ KeyId }),
      new TagResourceCommand({ KeyId, Tags: [] }),
      new CreateAliasCommand({ AliasName: 'alias/late', TargetKeyId: KeyId }),
    ]) {
      expect(await refusal(kms.send(command as EnableKeyCommand))).toBe('400 KMSInvalidStateException');
    }
    await kms.send(new CancelKeyDeletionCommand({ KeyId }));
    expect(await stateOf(KeyId)).toBe('Disabled');
    expect(await refusal(kms.send(new CancelKeyDeletionCommand({ KeyId })))).toBe('400 KMSInvalidStateException');
  });

  test('gone with its aliases when the waiting period is over, and not before', async () => {
    const { KeyId } = await makeKey();
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/x', TargetKeyId: KeyId }));
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    await sandbox.clock.sleep(6 * DAY);
    expect(await stateOf('alias/x')).toBe('PendingDeletion');
    await sandbox.clock.sleep(DAY);
    expect(await refusal(describeKey(KeyId))).toBe('400 NotFoundException');
    expect((await kms.send(new ListAliasesCommand({}))).Aliases).toEqual([]);
  });

  test.each([6, 31])('a waiting period of %i days is refused', async (PendingWindowInDays) => {
    const { KeyId } = await makeKey();
    expect(await refusal(kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays })))).toBe(
      '400 ValidationException',
    );
    expect(await stateOf(KeyId)).toBe('Enabled');
  });

  test('rotation', async () => {
    const { KeyId } = await makeKey();
    const status = () => kms.send(new GetKeyRotationStatusCommand({ KeyId }));
    expect((await status()).KeyRotationEnabled).toBe(false);
    await kms.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 180 }));
    expect(await status()).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 180 });
    await kms.send(new DisableKeyRotationCommand({ KeyId }));
    expect((await status()).KeyRotationEnabled).toBe(false);
    expect(await refusal(kms.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 89 })))).toBe(
      '400 ValidationException',
    );
  });
});

describe('aliases', () => {
  test('stand for a key until they are moved or deleted', async () => {
    const one = await makeKey();
    const two = await makeKey();
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/x', TargetKeyId: one.KeyId }));
    expect((await describeKey('alias/x'))?.Arn).toBe(one.Arn);
    expect((await describeKey(`arn:aws:kms:eu-west-1:${SOURCE}:alias/x`))?.Arn).toBe(one.Arn);
    await kms.send(new UpdateAliasCommand({ AliasName: 'alias/x', TargetKeyId: two.Arn }));
    const names = async (KeyId?: string) =>
      (await kms.send(new ListAliasesCommand(KeyId === undefined ? {} : { KeyId }))).Aliases?.map(
        ({ AliasName }) => AliasName,
      );
    expect([await names(one.KeyId), await names(two.KeyId), await names()]).toEqual([[], ['alias/x'], ['alias/x']]);
    await kms.send(new DeleteAliasCommand({ AliasName: 'alias/x' }));
    expect(await message(describeKey('alias/x'))).toBe(`Alias arn:aws:kms:eu-west-1:${SOURCE}:alias/x is not found.`);
  });

  test.each([
    ['alias/taken', '400 AlreadyExistsException'],
    ['alias/aws/mine', '400 NotAuthorizedException'],
    ['alias/sp ace', '400 InvalidAliasNameException'],
    ['nothing', '400 ValidationException'],
    ['alias/new', 'accepted'],
  ])('CreateAlias %s: %s', async (AliasName, answer) => {
    const { KeyId: TargetKeyId } = await makeKey();
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/taken', TargetKeyId }));
    expect(await refusal(kms.send(new CreateAliasCommand({ AliasName, TargetKeyId })))).toBe(answer);
  });

  test('UpdateAlias and DeleteAlias need an alias that exists', async () => {
    const { KeyId: TargetKeyId } = await makeKey();
    const AliasName = 'alias/none';
    expect(await refusal(kms.send(new UpdateAliasCommand({ AliasName, TargetKeyId })))).toBe('400 NotFoundException');
    expect(await refusal(kms.send(new DeleteAliasCommand({ AliasName })))).toBe('400 NotFoundException');
  });

  test('ListAliases pages', async () => {
    const { KeyId: TargetKeyId } = await makeKey();
    for (const name of ['b', 'a', 'c'])
      await kms.send(new CreateAliasCommand({ AliasName: `alias/${name}`, TargetKeyId }));
    const first = await kms.send(new ListAliasesCommand({ Limit: 2 }));
    expect(first.Aliases?.map(({ AliasName }) => AliasName)).toEqual(['alias/a', 'alias/b']);
    const second = await kms.send(new ListAliasesCommand({ Limit: 2, Marker: first.NextMarker }));
    expect([second.Aliases?.length, second.Truncated]).toEqual([1, false]);
  });

  test('alias/aws/s3 is there from its first use, belongs to AWS, and its policy cannot be put', async () => {
    const managed = await describeKey('alias/aws/s3');
    expect(managed).toMatchObject({ KeyManager: 'AWS', AWSAccountId: SOURCE });
    expect((await describeKey('alias/aws/s3'))?.Arn).toBe(managed?.Arn);
    expect((await describeKey('alias/aws/s3', other))?.Arn).not.toBe(managed?.Arn);
    const KeyId = managed?.KeyId;
    const put = new PutKeyPolicyCommand({ KeyId, Policy: policy(statement(SOURCE, 'kms:*')) });
    expect(await refusal(kms.send(put))).toBe('400 AccessDeniedException');
    expect((await kms.send(new GetKeyPolicyCommand({ KeyId }))).Policy).toContain('kms:ViaService');
    expect(await refusal(describeKey(managed?.Arn ?? '', other))).toBe('400 AccessDeniedException');
  });
});

describe('key policies', () => {
  test('another account sees a key only if the key policy lets it', async () => {
    const { KeyId, Arn } = await makeKey();
    const words = `User: arn:aws:iam::${OTHER}:user/sandbox-admin is not authorized to perform: kms:DescribeKey on resource: ${Arn} because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`;
    expect(await message(describeKey(Arn, other))).toBe(words);
    expect(await message(describeKey(Arn.replace(KeyId, MISSING), other))).toBe(words.replace(KeyId, MISSING));
    const Policy = policy(statement(SOURCE, 'kms:*'), statement(OTHER, 'kms:Describe*'));
    await kms.send(new PutKeyPolicyCommand({ KeyId, Policy }));
    expect((await describeKey(Arn, other))?.Arn).toBe(Arn);
    expect(await refusal(other.send(new GetKeyPolicyCommand({ KeyId: Arn })))).toBe('400 AccessDeniedException');
  });

  test('the account itself has no right that the key policy does not give', async () => {
    const { KeyId } = await makeKey({ Policy: policy(statement(SOURCE, 'kms:PutKeyPolicy')) });
    expect(await refusal(describeKey(KeyId))).toBe('400 AccessDeniedException');
    await kms.send(new PutKeyPolicyCommand({ KeyId, Policy: policy(statement(SOURCE, 'kms:*')) }));
    expect(await stateOf(KeyId)).toBe('Enabled');
  });

  test.each([
    [
      'locks its author out',
      policy(statement(OTHER, 'kms:*')),
      'The new key policy will not allow you to update the key policy in the future.',
    ],
    [
      'denies its author',
      policy(statement(SOURCE, 'kms:*'), statement(SOURCE, 'kms:Put*', { Effect: 'Deny' })),
      'The new key policy will not allow you to update the key policy in the future.',
    ],
    [
      'names nobody who exists',
      policy(
        statement(SOURCE, 'kms:*'),
        statement(SOURCE, 'kms:*', { Principal: { AWS: `arn:aws:iam::${SOURCE}:role/none` } }),
      ),
      'Policy contains a statement with one or more invalid principals.',
    ],
    [
      'has no principal',
      policy(statement(SOURCE, 'kms:*', { Principal: undefined })),
      'Policy contains a statement with no principal.',
    ],
  ])('a policy that %s is refused', async (_, Policy, words) => {
    const { KeyId } = await makeKey();
    const put = () => kms.send(new PutKeyPolicyCommand({ KeyId, Policy }));
    expect(await refusal(put())).toBe('400 MalformedPolicyDocumentException');
    expect(await message(put())).toBe(words);
    expect(await refusal(kms.send(new CreateKeyCommand({ Policy })))).toBe('400 MalformedPolicyDocumentException');
    expect((await kms.send(new GetKeyPolicyCommand({ KeyId }))).Policy).toContain('key-default-1');
  });

  test('a policy of more than 32 KB is refused', async () => {
    const Policy = policy(statement(SOURCE, 'kms:*', { Sid: 'x'.repeat(32_768) }));
    expect(await refusal(kms.send(new CreateKeyCommand({ Policy })))).toBe('400 LimitExceededException');
  });

  test('GetKeyPolicy takes no alias', async () => {
    const { KeyId } = await makeKey();
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/x', TargetKeyId: KeyId }));
    expect(await refusal(kms.send(new GetKeyPolicyCommand({ KeyId: 'alias/x' })))).toBe('400 NotFoundException');
  });
});
