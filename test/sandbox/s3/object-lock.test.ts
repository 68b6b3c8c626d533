import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectLegalHoldCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  type ObjectLockLegalHoldStatus,
  type ObjectLockRetention,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { type Clients, clientsOf, message, refusal } from '../clients.ts';
import { makeBucket } from '../make-bucket.ts';

const Bucket = 'locked';
const Key = 'key';
const DAY = 86_400_000;
const PROTECTED = 'Access Denied because object protected by object lock.';

let sandbox: Sandbox;
let s3: Clients['s3'];

const inDays = (days: number) => new Date(Math.floor(sandbox.clock.now() / 1000) * 1000 + days * DAY);
const put = (more: Partial<PutObjectCommandInput> = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body: 'content', ...more }));
const head = (VersionId?: string) =>
  s3.send(new HeadObjectCommand({ Bucket, Key, ...(VersionId === undefined ? {} : { VersionId }) }));
const remove = (VersionId?: string, BypassGovernanceRetention?: boolean) =>
  s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId, BypassGovernanceRetention }));
const retain = (Retention: ObjectLockRetention, BypassGovernanceRetention?: boolean) =>
  s3.send(new PutObjectRetentionCommand({ Bucket, Key, Retention, BypassGovernanceRetention }));
const hold = (Status: ObjectLockLegalHoldStatus) =>
  s3.send(new PutObjectLegalHoldCommand({ Bucket, Key, LegalHold: { Status } }));

beforeEach(async () => {
  sandbox = await openSandbox();
  s3 = clientsOf(sandbox).s3;
  await makeBucket(sandbox, Bucket, { locked: true });
});

describe('retention', () => {
  test('in governance mode is lifted by the bypass only, or by time', async () => {
    const first = await put({ ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: inDays(1) });
    expect(await refusal(remove(first.VersionId))).toBe('403 AccessDenied');
    expect(await message(remove(first.VersionId))).toBe(PROTECTED);
    expect(await refusal(remove(first.VersionId, true))).toBe('accepted');
    const second = await put({ ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: inDays(1) });
    await sandbox.clock.sleep(DAY + 1000);
    expect(await refusal(remove(second.VersionId))).toBe('accepted');
  });

  test('in compliance mode is lifted by nothing but time', async () => {
    const { VersionId } = await put({ ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: inDays(2) });
    expect(await refusal(remove(VersionId, true))).toBe('403 AccessDenied');
    expect(await refusal(retain({ Mode: 'COMPLIANCE', RetainUntilDate: inDays(1) }, true))).toBe('403 AccessDenied');
    expect(await refusal(retain({ Mode: 'GOVERNANCE', RetainUntilDate: inDays(2) }, true))).toBe('403 AccessDenied');
    await sandbox.clock.sleep(2 * DAY + 1000);
    expect(await refusal(remove(VersionId))).toBe('accepted');
  });

  test('can be prolonged, and shortened with the bypass', async () => {
    await put();
    await retain({ Mode: 'GOVERNANCE', RetainUntilDate: inDays(2) });
    await retain({ Mode: 'GOVERNANCE', RetainUntilDate: inDays(3) });
    expect(await message(retain({ Mode: 'GOVERNANCE', RetainUntilDate: inDays(1) }))).toBe(PROTECTED);
    const shorter = { Mode: 'GOVERNANCE', RetainUntilDate: inDays(1) } as const;
    await retain(shorter, true);
    const { Retention } = await s3.send(new GetObjectRetentionCommand({ Bucket, Key }));
    expect(Retention).toEqual(shorter);
    await retain({}, true);
    expect((await head()).ObjectLockMode).toBeUndefined();
  });

  test('of the bucket is for those who ask for none', async () => {
    const Rule = { DefaultRetention: { Mode: 'GOVERNANCE', Days: 5 } } as const;
    const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled', Rule } as const;
    await s3.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));
    const first = await put();
    const { ObjectLockRetainUntilDate: until } = await head(first.VersionId);
    expect(Math.round(((until?.getTime() ?? 0) - sandbox.clock.now()) / DAY)).toBe(5);
    await put({ ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: inDays(1) });
    expect((await head()).ObjectLockMode).toBe('COMPLIANCE');
  });

  test('does not keep a delete marker from being made or removed', async () => {
    await put({ ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: inDays(1) });
    const { VersionId } = await remove();
    const onMarker = s3.send(new GetObjectRetentionCommand({ Bucket, Key, VersionId }));
    expect(await refusal(onMarker)).toBe('405 MethodNotAllowed');
    expect(await refusal(remove(VersionId))).toBe('accepted');
  });
});

test('a legal hold keeps a version until it is off', async () => {
  const { VersionId } = await put({ ObjectLockLegalHoldStatus: 'ON' });
  expect(await message(remove(VersionId))).toBe(PROTECTED);
  const Delete = { Objects: [{ Key, VersionId }] };
  const { Errors } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete }));
  expect(Errors).toEqual([{ Key, VersionId, Code: 'AccessDenied', Message: PROTECTED }]);
  await hold('OFF');
  expect((await head()).ObjectLockLegalHoldStatus).toBe('OFF');
  expect(await refusal(remove(VersionId))).toBe('accepted');
});

describe('refusals, as recorded', () => {
  const cases: readonly [name: string, run: () => Promise<unknown>, code: string, words: string][] = [
    [
      'a mode without a date',
      () => put({ ObjectLockMode: 'GOVERNANCE' }),
      '400 InvalidArgument',
      'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied',
    ],
    [
      'a date without a mode',
      () => put({ ObjectLockRetainUntilDate: inDays(1) }),
      '400 InvalidArgument',
      'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied',
    ],
    [
      'an unknown mode',
      () => put({ ObjectLockMode: 'BAD-VALUE' as 'GOVERNANCE', ObjectLockRetainUntilDate: inDays(1) }),
      '400 InvalidArgument',
      'Unknown wormMode directive.',
    ],
    [
      'a date that is over',
      () => retain({ Mode: 'GOVERNANCE', RetainUntilDate: inDays(-1) }),
      '400 InvalidArgument',
      'The retain until date must be in the future!',
    ],
    [
      'half a retention',
      () => retain({ Mode: 'GOVERNANCE' }),
      '400 MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    ],
    [
      'retention that was never set',
      () => s3.send(new GetObjectRetentionCommand({ Bucket, Key })),
      '404 NoSuchObjectLockConfiguration',
      'The specified object does not have a ObjectLock configuration',
    ],
    [
      'a hold that was never set',
      () => s3.send(new GetObjectLegalHoldCommand({ Bucket, Key })),
      '404 NoSuchObjectLockConfiguration',
      'The specified object does not have a ObjectLock configuration',
    ],
    [
      'a missing key',
      () => s3.send(new GetObjectRetentionCommand({ Bucket, Key: 'missing' })),
      '404 NoSuchKey',
      'The specified key does not exist.',
    ],
    [
      'a bucket without Object Lock',
      () => s3.send(new GetObjectRetentionCommand({ Bucket: 'plain', Key })),
      '400 InvalidRequest',
      'Bucket is missing Object Lock Configuration',
    ],
    [
      'the bypass in a bucket without Object Lock',
      () => s3.send(new DeleteObjectCommand({ Bucket: 'plain', Key, BypassGovernanceRetention: true })),
      '400 InvalidArgument',
      'x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.',
    ],
  ];
  test.each(cases)('%s', async (_, run, code, words) => {
    await put();
    await makeBucket(sandbox, 'plain');
    await s3.send(new PutObjectCommand({ Bucket: 'plain', Key, Body: '' }));
    expect(await refusal(run())).toBe(code);
    expect(await message(run())).toBe(words);
  });
});
