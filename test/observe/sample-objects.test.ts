import type { ReplicationRule } from '@aws-sdk/client-s3';
import {
  GetBucketAclCommand,
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { ObjectSnapshot } from '../../src/model/snapshot.ts';
import { withAges } from '../../src/observe/object-age.ts';
import { sampleObjects } from '../../src/observe/sample-objects.ts';
import { SOURCE } from '../builders.ts';
import { healthy, rule, snapshotOf } from '../model/replication/world.ts';

const s3 = mockClient(S3Client);
const at = { s3: new S3Client({ region: 'eu-west-1' }), account: SOURCE };
const ours = 'canonical-of-the-bucket';
const kmsKey = 'arn:aws:kms:eu-west-1:111111111111:key/k';

afterEach(() => s3.reset());
afterAll(() => s3.restore());

const refusal = (name: string, httpStatusCode: number) =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });

function version(Key: string, minute: number, change: object = {}) {
  const LastModified = new Date(Date.UTC(2026, 0, 1, 0, minute));
  return { Key, VersionId: `${Key}-1`, IsLatest: true, LastModified, Size: 7, Owner: { ID: ours }, ...change };
}

/** A bucket without Object Lock that holds these versions, all SSE-KMS. */
function holding(Versions: object[], DeleteMarkers: object[] = []) {
  s3.on(ListObjectVersionsCommand).resolves({ Versions, DeleteMarkers, IsTruncated: false });
  s3.on(GetBucketAclCommand).resolves({ Owner: { ID: ours } });
  s3.on(GetObjectLockConfigurationCommand).rejects(refusal('ObjectLockConfigurationNotFoundError', 404));
  s3.on(GetObjectTaggingCommand).resolves({ TagSet: [{ Key: 'team', Value: 'a' }] });
  head({});
}

function head(answer: object, Key?: string) {
  const members = { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: kmsKey, BucketKeyEnabled: true, ...answer };
  s3.on(HeadObjectCommand, Key === undefined ? undefined : { Key }).resolves(members);
}

async function sampled(sample = 10, object?: { key: string; versionId?: string }) {
  const answer = await sampleObjects(at, 'src', { sample, ...(object && { object }) });
  return { ...answer, objects: answer.objects as readonly ObjectSnapshot[] };
}

const keys = (objects: readonly ObjectSnapshot[]) => objects.map(({ key }) => key);

describe('a sample of objects', () => {
  it('has of each version what decides its replication', async () => {
    holding([version('a', 1)]);
    head({ ReplicationStatus: 'COMPLETE' });
    expect(await sampled()).toEqual({
      objects: [
        {
          key: 'a',
          versionId: 'a-1',
          size: 7,
          encryption: 'SSE-KMS',
          kmsKey,
          bucketKey: true,
          storageClass: 'STANDARD',
          tags: { team: 'a' },
          deleteMarker: false,
          owner: SOURCE,
          replicationStatus: 'COMPLETED',
          existedBeforeRule: false,
          lastModified: '2026-01-01T00:01:00.000Z',
        },
      ],
      unreadable: [],
      complete: true,
    });
    for (const { args } of s3.calls()) {
      expect(args[0].input).toMatchObject({ Bucket: 'src', ExpectedBucketOwner: SOURCE });
    }
  });

  it('is of the newest versions, those first that FAILED, then those that wait longest', async () => {
    const names = ['old', 'failed', 'waiting', 'waits-longer', 'new'];
    holding(names.map((name, index) => version(name, name === 'waits-longer' ? 1 : index + 1)));
    head({ ReplicationStatus: 'FAILED' }, 'failed');
    head({ ReplicationStatus: 'PENDING' }, 'waiting');
    head({ ReplicationStatus: 'PENDING' }, 'waits-longer');
    expect(keys((await sampled(4)).objects)).toEqual(['failed', 'waits-longer', 'waiting', 'new']);
  });

  it('keeps a quarter of the room for versions that COMPLETED since, the newest of each folder', async () => {
    const names = ['gone/1', 'gone/2', 'gone/3', 'gone/4', 'a/old', 'a/new', 'b/only'];
    holding(names.map((name, index) => version(name, index + 1)));
    for (const name of names) head({ ReplicationStatus: name.startsWith('gone/') ? 'FAILED' : 'COMPLETED' }, name);
    expect(keys((await sampled(4)).objects)).toEqual(['gone/4', 'gone/3', 'gone/2', 'b/only']);
    expect(keys((await sampled(3)).objects)).toEqual(['gone/4', 'gone/3', 'gone/2']);
  });

  it('has, of an object that was asked about and FAILED, what COMPLETED since', async () => {
    holding([version('before', 1), version('failed', 2), version('since', 3), version('last', 4)]);
    for (const name of ['before', 'since']) head({ ReplicationStatus: 'COMPLETED' }, name);
    head({ ReplicationStatus: 'FAILED' }, 'failed');
    expect(keys((await sampled(10, { key: 'failed' })).objects)).toEqual(['failed', 'since']);
    expect(keys((await sampled(10, { key: 'last' })).objects)).toEqual(['last']);
  });

  it('asks no more than four versions for each that is kept', async () => {
    holding(Array.from({ length: 100 }, (_, index) => version(`k${index}`, index)));
    const { objects } = await sampled(2);
    expect(keys(objects)).toEqual(['k99', 'k98']);
    expect(s3.commandCalls(HeadObjectCommand)).toHaveLength(8);
    expect(s3.commandCalls(GetObjectTaggingCommand)).toHaveLength(2);
  });

  it('looks no further for a version that is gone than its key could be', async () => {
    holding([]);
    const page = { IsTruncated: true, NextVersionIdMarker: 'a-0' };
    s3.on(ListObjectVersionsCommand).resolves({ ...page, Versions: [version('ab', 1)], NextKeyMarker: 'ab' });
    s3.on(ListObjectVersionsCommand, { KeyMarker: undefined }).resolves({
      ...{ ...page, NextKeyMarker: 'a' },
      Versions: [version('a', 1, { VersionId: 'a-0' })],
    });
    const examples = [{ key: 'a', versionId: 'a-1' }];
    expect(await sampleObjects(at, 'src', { sample: 1, examples })).toMatchObject({ objects: [], unreadable: [] });
    expect(s3.commandCalls(ListObjectVersionsCommand)).toHaveLength(2);
  });

  it('reads all pages of the list, and says where it stopped before the end', async () => {
    holding([]);
    s3.on(ListObjectVersionsCommand).resolves({
      Versions: [version('a', 1)],
      IsTruncated: true,
      NextKeyMarker: 'a',
      NextVersionIdMarker: 'a-1',
    });
    s3.on(ListObjectVersionsCommand, { KeyMarker: 'a', VersionIdMarker: 'a-1' }).resolves({
      Versions: [version('b', 2)],
      IsTruncated: false,
    });
    expect(await sampled()).toMatchObject({ objects: [{ key: 'b' }, { key: 'a' }], complete: true });

    s3.on(ListObjectVersionsCommand).resolves({ Versions: [version('a', 1)], IsTruncated: true, NextKeyMarker: 'a' });
    expect((await sampled(1)).complete).toBe(false);
  });

  it('leaves delete markers out unless one is asked for', async () => {
    const marker = { ...version('gone', 9), IsLatest: true };
    holding([version('gone', 1, { VersionId: 'gone-0', IsLatest: false })], [marker]);
    expect((await sampled()).objects).toMatchObject([{ versionId: 'gone-0', deleteMarker: false }]);
    expect((await sampled(1, { key: 'gone' })).objects).toMatchObject([
      { versionId: 'gone-1', deleteMarker: true, encryption: 'NONE', kmsKey: null, existedBeforeRule: 'unknown' },
    ]);
  });

  it('is of one object where one is named, not of those whose names begin alike', async () => {
    holding([version('a', 1), version('a', 0, { VersionId: 'a-0', IsLatest: false }), version('ab', 5)]);
    expect((await sampled(5, { key: 'a' })).objects).toMatchObject([{ key: 'a', versionId: 'a-1' }]);
    expect((await sampled(5, { key: 'a', versionId: 'a-0' })).objects).toMatchObject([{ versionId: 'a-0' }]);
    await expect(sampled(5, { key: 'b' })).rejects.toMatchObject({ outcome: 'invalid', code: 'no-such-object' });
  });
});

describe('what S3 does not show of an object', () => {
  it('is whose it is, where it is not the bucket’s: its canonical ID is no account', async () => {
    holding([version('a', 1, { Owner: { ID: 'somebody' } })]);
    const { objects, unreadable } = await sampled();
    expect(objects[0]?.owner).toBe('unknown');
    expect(unreadable).toMatchObject([{ path: 'objects[0].owner' }]);
    s3.on(GetBucketAclCommand).rejects(refusal('AccessDenied', 403));
    expect((await sampled()).unreadable).toEqual([{ path: 'objects[0].owner', reason: 'AccessDenied' }]);
  });

  it('is nearly all of it under SSE-C, which S3 answers with 400', async () => {
    holding([version('a', 1)]);
    s3.on(HeadObjectCommand).rejects(refusal('400', 400));
    const { objects, unreadable } = await sampled();
    expect(objects[0]).toMatchObject({
      encryption: 'SSE-C',
      kmsKey: null,
      tags: { team: 'a' },
      replicationStatus: 'unknown',
      existedBeforeRule: 'unknown',
    });
    expect(unreadable).toMatchObject([
      { path: 'objects[0].replicationStatus', reason: expect.stringContaining('SSE-C') },
    ]);
  });

  it('is never guessed from a 400 where nothing else answers either', async () => {
    holding([version('a', 1)]);
    s3.on(HeadObjectCommand).rejects(refusal('400', 400));
    s3.on(GetObjectTaggingCommand).rejects(refusal('AccessDenied', 403));
    expect((await sampled()).objects[0]).toMatchObject({ encryption: 'unknown', tags: 'unknown' });
    s3.on(GetObjectTaggingCommand).rejects(refusal('ExpiredToken', 400));
    await expect(sampled()).rejects.toThrow('ExpiredToken');
  });

  it('is what is refused: each member is unknown, with its reason', async () => {
    holding([version('a', 1, { StorageClass: 'INTELLIGENT_TIERING' })]);
    s3.on(HeadObjectCommand).rejects(refusal('403', 403));
    const { objects, unreadable } = await sampled();
    const members = ['encryption', 'kmsKey', 'bucketKey', 'replicationStatus', 'archiveStatus'];
    for (const member of members) expect(objects[0]).toHaveProperty(member, 'unknown');
    expect(unreadable).toEqual(members.map((member) => ({ path: `objects[0].${member}`, reason: 'HTTP 403' })));

    s3.on(ListObjectVersionsCommand).rejects(refusal('AccessDenied', 403));
    expect(await sampleObjects(at, 'src', { sample: 1 })).toEqual({
      objects: 'unknown',
      unreadable: [{ path: 'objects', reason: 'AccessDenied' }],
      complete: false,
    });
  });

  it('is not taken from HeadObject where Object Lock is on: it leaves out what one may not read', async () => {
    holding([version('a', 1), version('b', 2)]);
    s3.on(GetObjectLockConfigurationCommand).resolves({ ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' } });
    s3.on(GetObjectRetentionCommand).rejects(refusal('NoSuchObjectLockConfiguration', 404));
    const until = new Date('2030-01-01T00:00:00Z');
    s3.on(GetObjectRetentionCommand, { Key: 'b' }).resolves({
      Retention: { Mode: 'GOVERNANCE', RetainUntilDate: until },
    });
    s3.on(GetObjectLegalHoldCommand).rejects(refusal('AccessDenied', 403));
    const { objects, unreadable } = await sampled();
    expect(objects).toMatchObject([
      { key: 'b', retention: { mode: 'GOVERNANCE', until: until.toISOString() }, legalHold: 'unknown' },
      { key: 'a', retention: null, legalHold: 'unknown' },
    ]);
    expect(unreadable.map(({ path }) => path)).toEqual(['objects[0].legalHold', 'objects[1].legalHold']);
    s3.on(GetObjectLockConfigurationCommand).rejects(refusal('AccessDenied', 403));
    expect((await sampled(1)).objects).toMatchObject([{ retention: 'unknown', legalHold: 'unknown' }]);
  });
});

describe('an object without a replication status', () => {
  const world = healthy();
  const written = '2026-10-01T00:00:00Z';
  const none = {
    ...world.object,
    replicationStatus: null,
    existedBeforeRule: 'unknown' as const,
    lastModified: written,
  };
  const taken = { ...world.object, key: 'taken', replicationStatus: 'COMPLETED' as const };
  /** Beside another version that the rule took in, and a key of replicas that was created some day. */
  const aged = (
    change: Partial<ObjectSnapshot>,
    { rules = [rule()], created, takenAt }: { rules?: ReplicationRule[]; created?: string; takenAt?: string } = {},
  ) => {
    const dstKey = { ...world.dstKey, metadata: { ...Object(world.dstKey.metadata), CreationDate: created } };
    const others =
      takenAt === undefined ? [] : [{ ...taken, ...change, ...taken, lastModified: takenAt, tags: { a: 'b' } }];
    const snapshot = snapshotOf({ ...world, dstKey, rules });
    const { objects } = withAges({ ...snapshot, objects: [{ ...none, ...change }, ...others] });
    return objects === 'unknown' ? undefined : objects[0]?.existedBeforeRule;
  };
  const [before, after] = ['2026-09-30T23:59:59Z', '2026-10-01T00:00:01Z'];
  const byTag = { rules: [rule({ Filter: { Tag: { Key: 'a', Value: 'b' } } })] };
  const tags = { a: 'b' };

  it('is of unknown age: that it has none proves nothing', () => {
    expect(aged({})).toBe('unknown');
    expect(aged({}, { created: before })).toBe('unknown');
    expect(aged({}, { takenAt: before })).toBe('unknown');
    expect(aged({}, { takenAt: after })).toBe('unknown');
  });

  it('is older than a rule that names a key which was created later', () => {
    expect(aged({}, { created: after })).toBe(true);
    expect(aged({ tags }, { ...byTag, created: after })).toBe(true);
    expect(aged({ lastModified: after }, { created: after })).toBe('unknown');
  });

  it('is not older than a rule with tags that took in a version before', () => {
    expect(aged({ tags }, { ...byTag, takenAt: before })).toBe(false);
    expect(aged({ tags }, { ...byTag, takenAt: after })).toBe('unknown');
    expect(aged({}, { ...byTag, takenAt: before })).toBe('unknown');
  });

  it('is of unknown age where nobody knows when it was written, the rules leave it alone anyway, or S3 shows no status', () => {
    const { lastModified: _, ...undated } = none;
    expect(withAges({ ...snapshotOf(world), objects: [undated] }).objects).toEqual([undated]);
    const created = after;
    expect(aged({ key: 'elsewhere.txt' }, { rules: [rule({ Filter: { Prefix: 'tax/' } })], created })).toBe('unknown');
    expect(aged({ storageClass: 'GLACIER' }, { created })).toBe('unknown');
    expect(aged({ replicationStatus: 'unknown' }, { created })).toBe('unknown');
    expect(aged({ deleteMarker: true }, { created })).toBe('unknown');
  });
});
