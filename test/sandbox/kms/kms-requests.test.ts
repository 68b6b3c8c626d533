import { type Dimension, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { EncryptCommand, GenerateDataKeyCommand } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Region } from '../../../src/aws/brand.ts';
import { estimateBackfill } from '../../../src/plan/backfill-time.ts';
import type { KmsUse } from '../../../src/plan/kms-load.ts';
import { updateKey } from '../../../src/sandbox/s3/bucket-index.ts';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { branded } from '../../plain.ts';
import { aFolder } from '../../stories/cli.ts';
import { clientsOf, OTHER, refusal, SOURCE } from '../clients.ts';
import { backfillingPair, putOld, runJob } from '../jobs/backfilling.ts';
import {
  configurationReads,
  granted,
  makeKey,
  type Pair,
  policyOf,
  replicatingPair,
  SRC,
  sourceReads,
  toBucket,
  usesKeys,
  withKey,
  writes,
} from '../replicating.ts';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await openSandbox();
});

const dimensions: Dimension[] = [
  { Name: 'Class', Value: 'None' },
  { Name: 'Resource', Value: 'CryptographicOperationsSymmetric' },
  { Name: 'Service', Value: 'KMS' },
  { Name: 'Type', Value: 'API' },
];

interface Asked {
  readonly account?: string;
  readonly region?: string;
  readonly Dimensions?: Dimension[];
}

/** Requests by minute, the newest first. */
async function requestsOf({ account = SOURCE, region, Dimensions = dimensions }: Asked = {}) {
  const { cloudWatch } = clientsOf(sandbox, account, region);
  const Metric = { Namespace: 'AWS/Usage', MetricName: 'CallCount', Dimensions };
  const { MetricDataResults } = await cloudWatch.send(
    new GetMetricDataCommand({
      MetricDataQueries: [{ Id: 'q', MetricStat: { Metric, Period: 60, Stat: 'Sum' } }],
      StartTime: new Date(sandbox.clock.now() - 30 * 24 * 3_600_000),
      EndTime: new Date(sandbox.clock.now() + 60_000),
    }),
  );
  return MetricDataResults?.[0];
}

const sum = async (asked: Asked = {}) =>
  ((await requestsOf(asked))?.Values ?? []).reduce((total, value) => total + value, 0);

const kmsObject = (SSEKMSKeyId: string, BucketKeyEnabled = false) => ({
  ServerSideEncryption: 'aws:kms' as const,
  SSEKMSKeyId,
  BucketKeyEnabled,
});

/** Two buckets whose objects and replicas have keys of their own. */
async function encryptedPair(make: (sandbox: Sandbox) => Promise<Pair> = replicatingPair) {
  const pair = await make(sandbox);
  const [sourceKey, replicaKey] = [await makeKey(sandbox), await makeKey(sandbox, OTHER)];
  await pair.setRules(withKey(replicaKey));
  return { pair, sourceKey, replicaKey };
}

describe('requests to KMS', () => {
  test('count for the account that makes them, by Region and minute', async () => {
    const KeyId = await makeKey(sandbox);
    const { kms } = clientsOf(sandbox);
    const minute = Math.floor(sandbox.clock.now() / 60_000) * 60_000 + 60_000;
    await sandbox.clock.sleep(minute - sandbox.clock.now());
    await kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }));
    await kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }));
    await sandbox.clock.sleep(120_000);
    await kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }));
    const stranger = clientsOf(sandbox, OTHER).kms;
    expect(await refusal(stranger.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') })))).toBe(
      '400 AccessDeniedException',
    );
    expect(await requestsOf()).toMatchObject({
      Values: [1, 2],
      Timestamps: [new Date(minute + 120_000), new Date(minute)],
    });
    expect(await sum({ account: OTHER })).toBe(0);
    expect(await sum({ region: 'us-east-1' })).toBe(0);
    expect(await sum({ Dimensions: dimensions.slice(1) })).toBe(0);
    const wrong = dimensions.with(1, { Name: 'Resource', Value: 'CryptographicOperationsRsa' });
    expect(await sum({ Dimensions: wrong })).toBe(0);
  });

  test('are kept for 15 days, also from one run to the next', async () => {
    const directory = aFolder().path;
    sandbox = await openSandbox({ directory });
    const KeyId = await makeKey(sandbox);
    const encrypt = () => clientsOf(sandbox).kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }));
    await encrypt();
    await sandbox.clock.sleep(14 * 24 * 3_600_000);
    await encrypt();
    await sandbox.close();
    sandbox = await openSandbox({ directory });
    expect((await requestsOf())?.Values).toEqual([1, 1]);
    await sandbox.clock.sleep(2 * 24 * 3_600_000);
    await encrypt();
    expect((await requestsOf())?.Values).toEqual([1, 1]);
    await sandbox.close();
  });

  test('are made for objects with a key: one to write, one to read, none without KMS', async () => {
    const { pair, sourceKey } = await encryptedPair();
    await pair.setRules({ ...withKey(sourceKey), Filter: { Prefix: 'nothing/' } });
    await pair.put('plain');
    await pair.s3.send(new GetObjectCommand({ Bucket: SRC, Key: 'plain' }));
    expect(await sum()).toBe(0);
    await pair.put('key', kmsObject(sourceKey));
    expect(await sum()).toBe(1);
    await pair.s3.send(new GetObjectCommand({ Bucket: SRC, Key: 'key' }));
    expect(await sum()).toBe(2);
  });

  test('a Bucket Key saves all but one of a hundred, for each principal and each use', async () => {
    const { pair, sourceKey } = await encryptedPair();
    await pair.setRules({ ...withKey(sourceKey), Filter: { Prefix: 'nothing/' } });
    for (let at = 0; at < 101; at++) await pair.s3.send(put(`${at}`, sourceKey, true));
    expect(await sum()).toBe(2);
    for (let at = 0; at < 3; at++) await pair.s3.send(new GetObjectCommand({ Bucket: SRC, Key: `${at}` }));
    expect(await sum()).toBe(3);
  });
});

const put = (Key: string, keyArn: string, bucketKey = false) =>
  new PutObjectCommand({ Bucket: SRC, Key, Body: 'x', ...kmsObject(keyArn, bucketKey) });

describe('replication', () => {
  test("asks KMS once on each side, for the role's account", async () => {
    const { pair, sourceKey } = await encryptedPair();
    const id = await pair.put('key', kmsObject(sourceKey));
    expect(await pair.status(id)).toBe('COMPLETED');
    // One of them wrote the object.
    expect(await sum()).toBe(3);
    expect(await sum({ account: OTHER })).toBe(0);
    await pair.s3.send(new PutObjectTaggingCommand({ Bucket: SRC, Key: 'key', Tagging: { TagSet: [] } }));
    await sandbox.clock.sleep(5000);
    expect(await sum()).toBe(3);
  });

  test('asks nothing for what does not arrive', async () => {
    const { pair, sourceKey } = await encryptedPair();
    await pair.setRole(configurationReads);
    const id = await pair.put('key', kmsObject(sourceKey));
    expect(await pair.status(id)).toBe('FAILED');
    expect(await sum()).toBe(1);
  });

  test('decrypts once for two destinations, and counts in the Region of each bucket', async () => {
    const { pair, sourceKey, replicaKey } = await encryptedPair();
    const far = 'eu-central-1';
    const { s3 } = clientsOf(sandbox, OTHER, far);
    const Bucket = 'far';
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: far } }));
    const VersioningConfiguration = { Status: 'Enabled' as const };
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: policyOf(granted(Bucket)) }));
    await pair.setRole(sourceReads, configurationReads, writes(), writes(Bucket), usesKeys);
    const ReplicaKmsKeyID = await makeKey(sandbox, OTHER, far);
    await pair.setRules(
      withKey(replicaKey),
      withKey('', {
        ...{ ID: 'far', Priority: 2 },
        Destination: toBucket(Bucket, { EncryptionConfiguration: { ReplicaKmsKeyID } }),
      }),
    );
    const id = await pair.put('key', kmsObject(sourceKey));
    expect(await pair.status(id)).toBe('COMPLETED');
    expect(await sum()).toBe(3);
    expect(await sum({ region: far })).toBe(1);
  });

  test('by a job counts as well, and not for what is there already', async () => {
    const { pair, sourceKey, replicaKey } = await encryptedPair(backfillingPair);
    const old = ['a', 'b'].map((Key) => ({ Key, ...kmsObject(sourceKey) }));
    await putOld(pair, old, [withKey(replicaKey)]);
    const before = await sum();
    expect(await runJob(sandbox)).toMatchObject({ status: 'Complete', succeeded: 2 });
    expect(await sum()).toBe(before + 4);
    const Filter = { ObjectReplicationStatuses: ['COMPLETED' as const] };
    expect(await runJob(sandbox, { Filter })).toMatchObject({ status: 'Complete', succeeded: 2 });
    expect(await sum()).toBe(before + 4);
  });
});

/** Makes objects like one that there is, without a request for each. */
function copyObject(key: string, count: number): void {
  const bucket = sandbox.state.buckets[SRC];
  const [version] = bucket?.objects[key] ?? [];
  if (bucket === undefined || version === undefined) throw new Error(`no object ${key}`);
  for (let at = 0; at < count; at++) {
    const copy = { ...version, key: `${key}-${at}`, versionId: `${version.versionId.slice(0, -4)}${1000 + at}` };
    bucket.objects[copy.key] = [copy];
    updateKey(bucket, copy.key);
  }
}

describe('the estimate for a thousand objects', () => {
  const region = branded<Region>('eu-west-1');

  test.each<KmsUse>(['each object', 'Bucket Key'])('has as many requests as the sandbox: %s', async (kms) => {
    const { pair, sourceKey, replicaKey } = await encryptedPair(backfillingPair);
    const encryption = kmsObject(sourceKey, kms === 'Bucket Key');
    await putOld(pair, [{ Key: 'old', ...encryption }], [withKey(replicaKey)]);
    copyObject('old', 999);
    const before = await sum();
    expect(await runJob(sandbox)).toMatchObject({ status: 'Complete', succeeded: 1000 });
    const place = { region, kms };
    const estimate = estimateBackfill({ objects: 1000, source: place, destinations: [place] });
    const expected = kms === 'Bucket Key' ? 20 : 2000;
    expect(estimate.kms.map(({ requests }) => requests)).toEqual([expected]);
    expect((await sum()) - before).toBe(expected);
  });
});
