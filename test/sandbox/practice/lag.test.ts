import {
  CreateRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateKeyCommand, GetKeyPolicyCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  PutBucketPolicyCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { type Lag, parseLags } from '../../../src/sandbox/practice/lag.ts';
import { openSandbox } from '../../../src/sandbox/sandbox.ts';
import { clientsOf, OTHER, refusal, SOURCE } from '../clients.ts';

const Bucket = 'bucket';
const RoleName = 'role';
const trust = { Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' };
const newRole = () =>
  new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify({ Statement: trust }) });

function bucketPolicy(Sid: string): string {
  const Principal = { AWS: `arn:aws:iam::${OTHER}:root` };
  return JSON.stringify({
    Statement: { Sid, Effect: 'Allow', Principal, Action: 's3:*', Resource: `arn:aws:s3:::${Bucket}` },
  });
}

async function withBucket(lag: Partial<Lag>) {
  const sandbox = await openSandbox({ lag });
  const mine = clientsOf(sandbox, SOURCE, 'us-east-1');
  await mine.s3.send(new CreateBucketCommand({ Bucket }));
  /** The Sid of the bucket policy as it is read, or the error. */
  const read = async (identity = SOURCE) => {
    const asked = clientsOf(sandbox, identity, 'us-east-1').s3.send(new GetBucketPolicyCommand({ Bucket }));
    const error = await refusal(asked);
    return error === 'accepted' ? JSON.parse((await asked).Policy ?? '').Statement[0].Sid : error;
  };
  const put = (Sid: string) => mine.s3.send(new PutBucketPolicyCommand({ Bucket, Policy: bucketPolicy(Sid) }));
  return { sandbox, ...mine, read, put };
}

describe('what was written just now', () => {
  test('is shown as it was for so many milliseconds', async () => {
    const { sandbox, read, put } = await withBucket({ bucketPolicy: 1000 });
    await put('first');
    expect(await read()).toBe('404 NoSuchBucketPolicy');
    await sandbox.clock.sleep(1000);
    expect(await read()).toBe('first');
    await put('second');
    expect(await read()).toBe('first');
    await sandbox.clock.sleep(1000);
    expect(await read()).toBe('second');
  });

  test('is shown as it was for so many reads, of each thing by itself', async () => {
    const { read, put } = await withBucket({ bucketPolicy: { requests: 2 } });
    await put('first');
    await put('second');
    expect([await read(), await read(), await read()]).toEqual([
      '404 NoSuchBucketPolicy',
      '404 NoSuchBucketPolicy',
      'second',
    ]);
  });

  test('comes one write after the other', async () => {
    const { sandbox, read, put } = await withBucket({ bucketPolicy: 1000 });
    await put('first');
    await sandbox.clock.sleep(600);
    await put('second');
    expect(await read()).toBe('404 NoSuchBucketPolicy');
    await sandbox.clock.sleep(400);
    expect(await read()).toBe('first');
    await sandbox.clock.sleep(600);
    expect(await read()).toBe('second');
  });

  test('is still there, where it was deleted', async () => {
    const { sandbox, s3, read, put } = await withBucket({ bucketPolicy: 1000 });
    await put('first');
    await sandbox.clock.sleep(1000);
    await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
    expect(await read()).toBe('first');
    await sandbox.clock.sleep(1000);
    expect(await read()).toBe('404 NoSuchBucketPolicy');
  });

  test('counts at once for what the cloud decides: only answers are late', async () => {
    const { s3, read, put } = await withBucket({ bucketPolicy: 1000 });
    expect(await read(OTHER)).toBe('403 AccessDenied');
    await put('first');
    expect(await read(OTHER)).toBe('405 MethodNotAllowed');
    await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
    expect(await read(OTHER)).toBe('403 AccessDenied');
  });

  test('is up to date where no lag is asked for, and where the write was refused', async () => {
    const { s3, read, put } = await withBucket({ bucketPolicy: 1000 });
    const Policy = '{}';
    expect(await refusal(s3.send(new PutBucketPolicyCommand({ Bucket, Policy })))).toBe('400 MalformedPolicy');
    expect(await read()).toBe('404 NoSuchBucketPolicy');
    const polite = await withBucket({});
    await polite.put('first');
    expect(await polite.read()).toBe('first');
    await put('first');
  });

  test('of a role: its existence and its policies, each by its name', async () => {
    const sandbox = await openSandbox({ lag: { role: { requests: 1 } } });
    const { iam } = clientsOf(sandbox);
    const read = (PolicyName: string) => refusal(iam.send(new GetRolePolicyCommand({ RoleName, PolicyName })));
    await iam.send(newRole());
    expect(await refusal(iam.send(new GetRoleCommand({ RoleName })))).toBe('404 NoSuchEntityException');
    expect(await refusal(iam.send(new GetRoleCommand({ RoleName })))).toBe('accepted');
    for (const PolicyName of ['one', 'two']) {
      const PolicyDocument = JSON.stringify({ Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } });
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
    }
    expect([await read('one'), await read('one'), await read('two')]).toEqual([
      '404 NoSuchEntityException',
      'accepted',
      '404 NoSuchEntityException',
    ]);
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'one' }));
    expect([await read('one'), await read('one')]).toEqual(['accepted', '404 NoSuchEntityException']);
  });

  test('of a key: its policy, by id or ARN', async () => {
    const sandbox = await openSandbox({ lag: { keyPolicy: { requests: 1 } } });
    const { kms } = clientsOf(sandbox);
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    const read = async (KeyId = '') => (await kms.send(new GetKeyPolicyCommand({ KeyId }))).Policy;
    const former = JSON.parse((await read(KeyMetadata?.KeyId)) ?? '');
    const Policy = JSON.stringify({ ...former, Id: 'new' });
    await kms.send(new PutKeyPolicyCommand({ KeyId: KeyMetadata?.KeyId, Policy }));
    expect(await read(KeyMetadata?.Arn)).not.toContain('"new"');
    expect(await read(KeyMetadata?.Arn)).toContain('"new"');
  });
});

describe('a lag', () => {
  test('is written in requests, milliseconds or seconds', () => {
    expect(
      parseLags([
        'replication=3 requests',
        'role=1 request',
        'key-policy=20ms',
        'bucket-policy=2 s',
        'role-visible=0 s',
      ]),
    ).toEqual({
      replication: { requests: 3 },
      role: { requests: 1 },
      keyPolicy: 20,
      bucketPolicy: 2000,
      roleVisible: 0,
    });
  });

  test.each([
    ['replication', 'late can be role-visible, object-replicated, role, key-policy, bucket-policy, replication'],
    ['replication=3', 'replication=3 requests'],
    ['versioning=3 s', 'late can be'],
    ['constructor=3 s', 'late can be'],
    ['role-visible=3 requests', 'is a time'],
  ])('that is written as %s is not understood, and how to write it is told', (text, words) => {
    expect(() => parseLags([text])).toThrow(words);
  });
});
