import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteBucketReplicationCommand,
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetObjectRetentionCommand,
  GetObjectTaggingCommand,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  PutObjectTaggingCommand,
  type ReplicationRule,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { OTHER, SOURCE } from '../clients.ts';
import { makeBucket } from '../make-bucket.ts';
import {
  aReplicationRule,
  configurationReads,
  DST,
  deny,
  granted,
  Pair,
  type PairOptions,
  replicatingPair,
  SRC,
  sourceReads,
  toBucket,
  usesKeys,
  writes,
} from '../replicating.ts';

let sandbox: Sandbox;
let pair: Pair;

async function setUp(options: PairOptions = {}) {
  pair = await replicatingPair(sandbox, options);
}

beforeEach(async () => {
  sandbox = await openSandbox();
});

const pass = () => sandbox.clock.sleep(5000);

async function putTags(VersionId: string, tags: Record<string, string>) {
  const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await pair.s3.send(new PutObjectTaggingCommand({ Bucket: SRC, Key: 'key', VersionId, Tagging: { TagSet } }));
  await pass();
}

const tagsAt = async (VersionId: string) =>
  (await pair.destination.send(new GetObjectTaggingCommand({ Bucket: DST, Key: 'key', VersionId }))).TagSet;

describe('fact 58: silence, without a status', () => {
  const taxes: Partial<ReplicationRule> = { Filter: { Tag: { Key: 'team', Value: 'tax' } } };
  test.each<[string, Partial<ReplicationRule>, string, Partial<PutObjectCommandInput>]>([
    ['another prefix', { Filter: { Prefix: 'tax/' } }, 'Tax/a', {}],
    ['another tag', taxes, 'a', { Tagging: 'team=audit' }],
    ['a rule that is disabled', { Status: 'Disabled' }, 'a', {}],
    ['an archive', {}, 'a', { StorageClass: 'GLACIER' }],
    ['a deep archive', {}, 'a', { StorageClass: 'DEEP_ARCHIVE' }],
  ])('%s', async (_, rule, key, more) => {
    await setUp({ rules: [aReplicationRule(rule)] });
    const version = await pair.put(key, more);
    expect([await pair.status(version, key), await pair.replica(version, key)]).toEqual([undefined, undefined]);
    expect(pair.events).toEqual([]);
  });

  test('an object that is older than the rule, and one that gets its tag too late', async () => {
    await setUp();
    await pair.s3.send(new DeleteBucketReplicationCommand({ Bucket: SRC }));
    const old = await pair.put();
    await pair.setRules(aReplicationRule(taxes));
    expect(await pair.status(old)).toBeUndefined();
    const late = await pair.put();
    await putTags(late, { team: 'tax' });
    expect([await pair.status(late), await pair.replica(late)]).toEqual([undefined, undefined]);
  });

  test('fact 59: tags that no longer match are not told, and told again when they do', async () => {
    await setUp({ rules: [aReplicationRule(taxes)] });
    const version = await pair.put('key', { Tagging: 'team=tax' });
    await pair.s3.send(new DeleteObjectTaggingCommand({ Bucket: SRC, Key: 'key', VersionId: version }));
    await pass();
    expect(await pair.status(version)).toBe('COMPLETED');
    expect(await tagsAt(version)).toEqual([{ Key: 'team', Value: 'tax' }]);
    await putTags(version, { team: 'tax', year: '2026' });
    expect(await tagsAt(version)).toHaveLength(2);
    await pair.s3.send(new DeleteBucketReplicationCommand({ Bucket: SRC }));
    await putTags(version, { team: 'tax' });
    expect(await tagsAt(version)).toHaveLength(2);
  });
});

describe('fact 56: deletions', () => {
  const marked = aReplicationRule({ DeleteMarkerReplication: { Status: 'Enabled' } });
  const markers = async () =>
    (await pair.destination.send(new ListObjectVersionsCommand({ Bucket: DST }))).DeleteMarkers ?? [];

  test('a delete marker arrives with its version id where the rule says so, and not elsewhere', async () => {
    await setUp({ rules: [marked] });
    await pair.put();
    const { VersionId } = await pair.s3.send(new DeleteObjectCommand({ Bucket: SRC, Key: 'key' }));
    await pass();
    expect(await markers()).toMatchObject([{ Key: 'key', VersionId, IsLatest: true }]);
    await pair.setRules(aReplicationRule());
    await pair.put('other');
    await pair.s3.send(new DeleteObjectCommand({ Bucket: SRC, Key: 'other' }));
    await pass();
    expect(await markers()).toHaveLength(1);
  });

  test("a delete marker arrives under AWS's walk-through policy, and under StringEquals on the header does not", async () => {
    await setUp({ rules: [marked] });
    const header = 's3:x-amz-server-side-encryption';
    const deleted = async (Key: string, Condition: object) => {
      await pair.setRole(sourceReads, configurationReads, { ...writes(), Condition }, usesKeys);
      await pair.put(Key);
      await pass();
      await pair.s3.send(new DeleteObjectCommand({ Bucket: SRC, Key }));
      await pass();
      return (await markers()).map((marker) => marker.Key);
    };
    expect(await deleted('first', { StringLikeIfExists: { [header]: ['aws:kms', 'AES256'] } })).toEqual(['first']);
    expect(await deleted('second', { StringEquals: { [header]: 'AES256' } })).toEqual(['first']);
  });

  test('the deletion of a version stays at the source', async () => {
    await setUp({ rules: [marked] });
    const version = await pair.put();
    await pair.s3.send(new DeleteObjectCommand({ Bucket: SRC, Key: 'key', VersionId: version }));
    await pass();
    expect(await pair.replica(version)).toMatchObject({ VersionId: version, ReplicationStatus: 'REPLICA' });
  });

  test('a version that is deleted while it is PENDING does not arrive', async () => {
    await setUp();
    const { VersionId = '' } = await pair.s3.send(new PutObjectCommand({ Bucket: SRC, Key: 'key', Body: 'x' }));
    await pair.s3.send(new DeleteObjectCommand({ Bucket: SRC, Key: 'key', VersionId }));
    await pass();
    expect(await pair.replica(VersionId)).toBeUndefined();
    expect(sandbox.state.replication.queue).toEqual({});
  });

  test('s3:ReplicateDelete denied: the marker stays away', async () => {
    const inDestination = `arn:aws:s3:::${DST}/*`;
    await setUp({
      rules: [marked],
      inline: [sourceReads, configurationReads, writes(), deny(inDestination, 's3:ReplicateDelete')],
    });
    await pair.put();
    await pair.s3.send(new DeleteObjectCommand({ Bucket: SRC, Key: 'key' }));
    await pass();
    expect(await markers()).toEqual([]);
    expect(pair.events[0]?.replicationEventData).toMatchObject({
      s3Operation: 'OBJECT_DELETE',
      failureReason: 'DstDelObjNotPermitted',
    });
  });
});

describe('fact 61: what is PENDING is delivered', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['the configuration is deleted', () => pair.s3.send(new DeleteBucketReplicationCommand({ Bucket: SRC }))],
    ['the rule is disabled', () => pair.setRules(aReplicationRule({ Status: 'Disabled' }))],
    ['the rule is replaced', () => pair.setRules(aReplicationRule({ ID: 'other', Filter: { Prefix: 'other/' } }))],
  ])('though %s', async (_, change) => {
    await setUp();
    const { VersionId = '' } = await pair.s3.send(new PutObjectCommand({ Bucket: SRC, Key: 'key', Body: 'x' }));
    expect(await pair.status(VersionId)).toBe('PENDING');
    await change();
    await pass();
    expect(await pair.status(VersionId)).toBe('COMPLETED');
    expect(await pair.replica(VersionId)).toMatchObject({ ReplicationStatus: 'REPLICA' });
  });
});

describe('several rules and destinations', () => {
  test('fact 60: of two rules with one destination the higher number counts', async () => {
    await setUp({
      rules: [
        aReplicationRule({ ID: 'low', Priority: 1 }),
        aReplicationRule({ ID: 'high', Priority: 2, Destination: toBucket(DST, { StorageClass: 'STANDARD_IA' }) }),
      ],
    });
    expect((await pair.replica(await pair.put()))?.StorageClass).toBe('STANDARD_IA');
  });

  test('fact 47: each gets its own copy; the source FAILED when one did not', async () => {
    await makeBucket(sandbox, 'second', { account: OTHER, versioning: 'Enabled' });
    const second = aReplicationRule({ ID: 'second', Priority: 2, Destination: toBucket('second') });
    await setUp({ rules: [aReplicationRule(), second] });
    const version = await pair.put();
    expect(await pair.status(version)).toBe('FAILED');
    expect(await pair.replica(version)).toMatchObject({ ReplicationStatus: 'REPLICA' });
    expect(await pair.replica(version, 'key', {}, 'second')).toBeUndefined();
    expect(pair.events.map((event) => event.replicationEventData.replicationRuleId)).toEqual(['second']);
  });

  test('a replica is not replicated on, to a third bucket', async () => {
    await setUp({ destination: { account: SOURCE } });
    await makeBucket(sandbox, 'third', { versioning: 'Enabled' });
    const { PutBucketReplicationCommand } = await import('@aws-sdk/client-s3');
    const chained = aReplicationRule({ Destination: toBucket('third') });
    const ReplicationConfiguration = { Role: `arn:aws:iam::${SOURCE}:role/replication`, Rules: [chained] };
    await pair.s3.send(new PutBucketReplicationCommand({ Bucket: DST, ReplicationConfiguration }));
    const version = await pair.put();
    await pass();
    expect(await pair.replica(version)).toMatchObject({ ReplicationStatus: 'REPLICA' });
    expect(await pair.replica(version, 'key', {}, 'third')).toBeUndefined();
  });
});

describe('facts 49, 62: owner and storage class', () => {
  test.each([
    ['the source account with ACLs on', 'ObjectWriter', {}, SOURCE],
    [
      'the destination account by the override',
      'ObjectWriter',
      { Account: OTHER, AccessControlTranslation: { Owner: 'Destination' } },
      OTHER,
    ],
    ['the destination account by BucketOwnerEnforced', 'BucketOwnerEnforced', {}, OTHER],
  ] as const)('the replica belongs to %s', async (_, ownership, more, owner) => {
    await setUp({
      destination: { account: OTHER, ownership },
      rules: [aReplicationRule({ Destination: toBucket(DST, more) })],
    });
    await pair.put();
    expect(sandbox.state.buckets[DST]?.objects.key).toMatchObject([{ owner }]);
  });

  test.each(['STANDARD_IA', 'GLACIER_IR'] as const)('%s is inherited', async (StorageClass) => {
    await setUp();
    expect((await pair.replica(await pair.put('key', { StorageClass })))?.StorageClass).toBe(StorageClass);
  });

  test('copies and uploads in parts are replicated, with their ETags', async () => {
    await setUp();
    await pair.put('first');
    const { VersionId = '' } = await pair.s3.send(
      new CopyObjectCommand({ Bucket: SRC, Key: 'copy', CopySource: `${SRC}/first` }),
    );
    const upload = { Bucket: SRC, Key: 'parts' };
    const { UploadId } = await pair.s3.send(new CreateMultipartUploadCommand(upload));
    const { ETag } = await pair.s3.send(new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: 'part' }));
    const done = await pair.s3.send(
      new CompleteMultipartUploadCommand({
        ...upload,
        UploadId,
        MultipartUpload: { Parts: [{ PartNumber: 1, ...(ETag === undefined ? {} : { ETag }) }] },
      }),
    );
    await pass();
    expect(await pair.replica(VersionId, 'copy')).toMatchObject({ ReplicationStatus: 'REPLICA' });
    expect(done.ETag).toMatch(/-1"$/);
    expect((await pair.replica(done.VersionId ?? '', 'parts'))?.ETag).toBe(done.ETag);
  });
});

describe('Object Lock', () => {
  const until = () => new Date(sandbox.clock.now() + 86_400_000 * 10);
  const locked = { source: { locked: true }, destination: { account: OTHER, locked: true } };

  test('fact 64: retention and hold arrive, and later changes too', async () => {
    await setUp(locked);
    const retention = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: until() } as const;
    const VersionId = await pair.put('key', retention);
    expect(await pair.replica(VersionId)).toMatchObject({ ObjectLockMode: 'GOVERNANCE' });
    const at = { Bucket: SRC, Key: 'key', VersionId };
    const later = new Date(Math.floor(until().getTime() / 1000) * 1000 + 86_400_000);
    await pair.s3.send(
      new PutObjectRetentionCommand({ ...at, Retention: { Mode: 'GOVERNANCE', RetainUntilDate: later } }),
    );
    await pair.s3.send(new PutObjectLegalHoldCommand({ ...at, LegalHold: { Status: 'ON' } }));
    await pass();
    expect(await pair.replica(VersionId)).toMatchObject({
      ObjectLockRetainUntilDate: later,
      ObjectLockLegalHoldStatus: 'ON',
    });
  });

  test.each([
    ['retention', { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: new Date('2100-01-01') }, 'FAILED'],
    ['a hold', { ObjectLockLegalHoldStatus: 'ON' }, 'FAILED'],
    ['a hold that is off', { ObjectLockLegalHoldStatus: 'OFF' }, 'FAILED'],
    ['nothing', {}, 'COMPLETED'],
  ] as const)('fact 65: with %s, into a bucket without lock: %s', async (_, lock, status) => {
    await setUp({ source: { locked: true } });
    const version = await pair.put('key', lock as Partial<PutObjectCommandInput>);
    expect(await pair.status(version)).toBe(status);
    expect((await pair.replica(version)) !== undefined).toBe(status === 'COMPLETED');
  });

  test('fact 66: the default retention of the destination counts from the arrival, and only where nothing is set', async () => {
    await setUp(locked);
    const DefaultRetention = { Mode: 'GOVERNANCE', Days: 1 } as const;
    const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention } } as const;
    await pair.destination.send(new PutObjectLockConfigurationCommand({ Bucket: DST, ObjectLockConfiguration }));
    const VersionId = await pair.put();
    const { Retention } = await pair.destination.send(
      new GetObjectRetentionCommand({ Bucket: DST, Key: 'key', VersionId }),
    );
    expect(Retention?.RetainUntilDate?.getTime()).toBeGreaterThan(
      (sandbox.state.buckets[SRC]?.objects.key?.[0]?.lastModified ?? 0) + 86_400_000 + 1000,
    );
    const held = await pair.put('held', { ObjectLockLegalHoldStatus: 'OFF' });
    expect((await pair.replica(held, 'held'))?.ObjectLockMode).toBeUndefined();
  });
});

describe('time', () => {
  test('a version is PENDING for as long as it is said, and every request takes its time', async () => {
    sandbox = await openSandbox({ lag: { objectReplicated: 100 } });
    await setUp();
    const { VersionId = '' } = await pair.s3.send(new PutObjectCommand({ Bucket: SRC, Key: 'key', Body: 'x' }));
    const seen = [];
    for (let request = 0; request < 6; request += 1) seen.push(await pair.status(VersionId));
    expect(seen).toEqual(['PENDING', 'PENDING', 'PENDING', 'PENDING', 'COMPLETED', 'COMPLETED']);
  });
});

test('what is PENDING when the sandbox is closed is replicated when it is opened again', async () => {
  const directory = await mkdtemp(join(tmpdir(), 's3repl-replication-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  sandbox = await openSandbox({ directory, lag: { objectReplicated: 3_600_000 } });
  await setUp();
  const { VersionId = '' } = await pair.s3.send(new PutObjectCommand({ Bucket: SRC, Key: 'key', Body: 'x' }));
  await sandbox.close();
  sandbox = await openSandbox({ directory, lag: { objectReplicated: 3_600_000 } });
  pair = new Pair(sandbox, OTHER);
  expect(await pair.status(VersionId)).toBe('PENDING');
  await sandbox.clock.sleep(3_600_000);
  expect(await pair.status(VersionId)).toBe('COMPLETED');
  await sandbox.close();
});

test('an ACL that changes at the source changes at a replica of the same owner, and no other', async () => {
  for (const ownership of ['ObjectWriter', 'BucketOwnerEnforced'] as const) {
    sandbox = await openSandbox();
    const acls = { ownership: 'ObjectWriter' } as const;
    await setUp({ source: acls, destination: { account: OTHER, ownership } });
    const VersionId = await pair.put();
    const put = { Bucket: SRC, Key: 'key', VersionId, ACL: 'bucket-owner-read' } as const;
    await pair.s3.send(new PutObjectAclCommand(put));
    await pass();
    expect(await pair.status(VersionId)).toBe('COMPLETED');
    const acl = ownership === 'ObjectWriter' ? 'bucket-owner-read' : 'private';
    expect(sandbox.state.buckets[DST]?.objects.key).toMatchObject([{ acl }]);
  }
});

describe('what a bucket is told to do with events and age is kept', () => {
  test('and events say whom they would be sent to', async () => {
    await setUp({ policy: [] });
    const QueueArn = `arn:aws:sqs:eu-west-1:${SOURCE}:failures`;
    const NotificationConfiguration = {
      QueueConfigurations: [{ Id: 'failures', QueueArn, Events: ['s3:Replication:*' as const] }],
    };
    const put = { Bucket: SRC, NotificationConfiguration, SkipDestinationValidation: true };
    await pair.s3.send(new PutBucketNotificationConfigurationCommand(put));
    expect(await pair.s3.send(new GetBucketNotificationConfigurationCommand({ Bucket: SRC }))).toMatchObject(
      NotificationConfiguration,
    );
    await pair.put();
    expect(pair.events).toMatchObject([{ sentTo: [QueueArn] }]);
  });

  test('without metrics in the rule nobody hears of a failure', async () => {
    await setUp({ policy: [], rules: [aReplicationRule({ Destination: { Bucket: `arn:aws:s3:::${DST}` } })] });
    expect(await pair.status(await pair.put())).toBe('FAILED');
    expect([pair.events, Object.keys(sandbox.state.replication.metrics)]).toEqual([[], []]);
    await pair.setPolicy(granted());
  });

  test('a lifecycle configuration comes back', async () => {
    await setUp();
    const Rules = [{ ID: 'old', Status: 'Enabled' as const, Filter: { Prefix: 'a' }, Expiration: { Days: 3 } }];
    const LifecycleConfiguration = { Rules };
    await pair.s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket: SRC, LifecycleConfiguration }));
    const read = await pair.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: SRC }));
    expect(read.Rules).toMatchObject(Rules);
  });
});
