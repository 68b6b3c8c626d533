/** What replication tells CloudWatch, as recorded (fact 68) and documented (S3 User Guide, replication-metrics and metrics-dimensions). */
import { type Dimension, GetMetricDataCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { clientsOf, OTHER, SOURCE } from '../clients.ts';
import {
  allow,
  aReplicationRule,
  DST,
  deny,
  granted,
  type Pair,
  replicatingPair,
  SRC,
  toBucket,
} from '../replicating.ts';

const minuteMs = 60_000;
const FAR = 'us-west-2';
const FAR_BUCKET = 'far';

const FAILED = 'OperationsFailedReplication';
const OPERATIONS = 'OperationsPendingReplication';
const BYTES = 'BytesPendingReplication';
const LATENCY = 'ReplicationLatency';

let sandbox: Sandbox;
let pair: Pair;

const dimensions = (destination: string, RuleId = 'rule'): Dimension[] => [
  { Name: 'SourceBucket', Value: SRC },
  { Name: 'DestinationBucket', Value: destination },
  { Name: 'RuleId', Value: RuleId },
];

async function nextMinute(minutes = 1): Promise<void> {
  const now = sandbox.clock.now();
  await sandbox.clock.sleep(minutes * minuteMs - (now % minuteMs) + 1);
}

interface Asked {
  readonly account?: string;
  readonly region?: string;
  readonly destination?: string;
  readonly stat?: string;
  readonly dimensions?: Dimension[];
}

/** Values of minutes, the oldest first. */
async function values(MetricName: string, asked: Asked = {}): Promise<readonly number[]> {
  const { account = SOURCE, region = 'eu-west-1', destination = DST, stat = 'Sum' } = asked;
  const Dimensions = asked.dimensions ?? dimensions(destination);
  const Metric = { Namespace: 'AWS/S3', MetricName, Dimensions };
  const now = sandbox.clock.now();
  const { MetricDataResults } = await clientsOf(sandbox, account, region).cloudWatch.send(
    new GetMetricDataCommand({
      MetricDataQueries: [{ Id: 'q', MetricStat: { Metric, Period: 60, Stat: stat } }],
      StartTime: new Date(now - 120 * minuteMs),
      EndTime: new Date(now + minuteMs),
      ScanBy: 'TimestampAscending',
    }),
  );
  return MetricDataResults?.[0]?.Values ?? [];
}

async function listed(account = SOURCE, region = 'eu-west-1'): Promise<readonly (string | undefined)[]> {
  const { cloudWatch } = clientsOf(sandbox, account, region);
  const asked = { Namespace: 'AWS/S3', Dimensions: [{ Name: 'SourceBucket', Value: SRC }] };
  const { Metrics } = await cloudWatch.send(new ListMetricsCommand(asked));
  return (Metrics ?? []).map(({ MetricName }) => MetricName).sort();
}

/** The role may not write replicas. */
const broken = () => pair.setPolicy({ ...deny(`arn:aws:s3:::${DST}/*`, 's3:ReplicateObject'), Principal: '*' });
const mended = () => pair.setPolicy(granted());

beforeEach(async () => {
  sandbox = await openSandbox();
  pair = await replicatingPair(sandbox);
  // What a test does next is all in one minute.
  await nextMinute();
});

describe('OperationsFailedReplication', () => {
  test('has a sample for each operation, and no minute without one', async () => {
    await nextMinute();
    await pair.put('a');
    await nextMinute(3);
    expect(await values(FAILED)).toEqual([0]);
    expect(await values(FAILED, { stat: 'SampleCount' })).toEqual([1]);
    await broken();
    await pair.put('b');
    await nextMinute();
    expect(await values(FAILED)).toEqual([0, 1]);
  });

  test('of a minute has minimum, maximum and sum alike, and the share that failed as average', async () => {
    await nextMinute();
    for (const key of ['a', 'b', 'c']) await pair.put(key);
    await broken();
    await pair.put('d');
    await nextMinute();
    const all = ['Minimum', 'Maximum', 'Sum', 'SampleCount', 'Average'];
    const found = await Promise.all(all.map((stat) => values(FAILED, { stat })));
    expect(found).toEqual([[1], [1], [1], [4], [0.25]]);
  });

  test('of a minute is there only when the minute is over', async () => {
    await nextMinute();
    await pair.put();
    expect(await values(FAILED)).toEqual([]);
    expect(await listed()).toEqual([]);
    await nextMinute();
    expect(await values(FAILED)).toEqual([0]);
  });

  test('does not count an object that lost only its tags', async () => {
    await nextMinute();
    await pair.setRole(allow('*', 's3:*', 'kms:*'), deny(`arn:aws:s3:::${DST}/*`, 's3:ReplicateTags'));
    const version = await pair.put('a', { Tagging: 'color=red' });
    await nextMinute();
    expect(await pair.status(version, 'a')).toBe('FAILED');
    expect(await values(FAILED)).toEqual([0]);
  });

  test('needs all three dimensions, with the names as they are', async () => {
    await pair.put();
    await nextMinute();
    expect(await values(FAILED)).toEqual([0]);
    const others = [
      dimensions(DST).slice(0, 2),
      dimensions(DST, 'another'),
      dimensions('another'),
      [...dimensions(DST), { Name: 'Color', Value: 'red' }],
    ];
    for (const one of others) expect(await values(FAILED, { dimensions: one })).toEqual([]);
    expect(await values('OperationFailedReplication')).toEqual([]);
  });

  test('does not come of rules without metrics', async () => {
    await pair.setRules(aReplicationRule({ Destination: { Bucket: `arn:aws:s3:::${DST}` } }));
    await pair.put();
    await nextMinute();
    expect(await listed()).toEqual([]);
  });
});

describe('metrics of what is pending', () => {
  test('come with the first object, and then also while nothing is replicated', async () => {
    await nextMinute(3);
    expect(await listed()).toEqual([]);
    await pair.put();
    await nextMinute();
    expect(await listed()).toEqual([BYTES, FAILED, OPERATIONS, LATENCY]);
    expect(await values(OPERATIONS)).toEqual([0]);
    await nextMinute(3);
    expect(await values(OPERATIONS)).toEqual([0, 0, 0, 0]);
    expect(await values(BYTES)).toEqual([0, 0, 0, 0]);
    const [first = 0, ...later] = await values(LATENCY, { stat: 'Maximum' });
    expect(first).toBeGreaterThanOrEqual(2);
    expect(later).toEqual([0, 0, 0]);
  });

  test('tell operations, bytes and how far the destination is behind', async () => {
    sandbox = await openSandbox({ lag: { objectReplicated: 150_000 } });
    pair = await replicatingPair(sandbox);
    await nextMinute();
    await pair.put('a', { Body: '12345' });
    await pair.put('b', { Body: '123' });
    await nextMinute(4);
    expect(await values(OPERATIONS, { stat: 'Maximum' })).toEqual([2, 2, 0, 0]);
    expect(await values(BYTES, { stat: 'Maximum' })).toEqual([8, 8, 0, 0]);
    const latency = await values(LATENCY, { stat: 'Maximum' });
    expect(latency.map((seconds) => Math.round(seconds / 30))).toEqual([2, 4, 5, 0]);
  });

  test('tell of a replica how long it took, however far the clock goes at once', async () => {
    await nextMinute();
    await pair.s3.send(new PutObjectCommand({ Bucket: SRC, Key: 'a', Body: 'x' }));
    await sandbox.clock.sleep(10 * minuteMs);
    expect((await values(LATENCY, { stat: 'Maximum' })).slice(0, 2)).toEqual([2, 0]);
  });

  test('tell of what waits for hours in each of their minutes', async () => {
    sandbox = await openSandbox({ lag: { objectReplicated: 4 * 60 * minuteMs } });
    pair = await replicatingPair(sandbox);
    await nextMinute();
    await pair.s3.send(new PutObjectCommand({ Bucket: SRC, Key: 'a', Body: 'x' }));
    await sandbox.clock.sleep(230 * minuteMs);
    expect(new Set(await values(OPERATIONS, { stat: 'Maximum' }))).toEqual(new Set([1]));
    expect((await values(LATENCY, { stat: 'Maximum' })).at(-1)).toBeGreaterThan(229 * 60);
  });

  test('do not tell of a version that was deleted for good', async () => {
    sandbox = await openSandbox({ lag: { objectReplicated: 150_000 } });
    pair = await replicatingPair(sandbox);
    await nextMinute();
    const VersionId = await pair.put('a');
    await pair.s3.send(new DeleteObjectCommand({ Bucket: SRC, Key: 'a', VersionId }));
    await nextMinute(4);
    expect(await values(OPERATIONS, { stat: 'Maximum' })).toEqual([0, 0, 0, 0]);
  });

  test.each<[string, () => Promise<unknown>]>([
    ['the rule is disabled', () => pair.setRules(aReplicationRule({ Status: 'Disabled' }))],
    ['its metrics are', () => pair.setRules(aReplicationRule({ Destination: { Bucket: `arn:aws:s3:::${DST}` } }))],
    ['it goes elsewhere', () => pair.setRules(aReplicationRule({ ID: 'other' }))],
    ['the destination bucket is deleted', emptyDestination],
  ])('end when %s', async (_, end) => {
    await nextMinute();
    await pair.put();
    await nextMinute();
    await end();
    await nextMinute(3);
    expect(await values(OPERATIONS)).toEqual([0]);
  });

  test('begin again when the rule is as it was', async () => {
    await nextMinute();
    await pair.put();
    await pair.setRules(aReplicationRule({ Status: 'Disabled' }));
    await nextMinute(2);
    expect(await values(OPERATIONS)).toEqual([]);
    await pair.setRules(aReplicationRule());
    await nextMinute(2);
    expect(await values(OPERATIONS)).toEqual([0, 0]);
  });

  test("are in the destination's Region, of the source's account; what failed is in the source's", async () => {
    const { s3 } = clientsOf(sandbox, OTHER, FAR);
    const CreateBucketConfiguration = { LocationConstraint: FAR } as const;
    await s3.send(new CreateBucketCommand({ Bucket: FAR_BUCKET, CreateBucketConfiguration }));
    await s3.send(
      new PutBucketVersioningCommand({ Bucket: FAR_BUCKET, VersioningConfiguration: { Status: 'Enabled' } }),
    );
    await pair.setRules(aReplicationRule({ Destination: toBucket(FAR_BUCKET) }));
    await pair.put();
    await nextMinute();
    expect(await listed()).toEqual([FAILED]);
    expect(await listed(SOURCE, FAR)).toEqual([BYTES, OPERATIONS, LATENCY]);
    expect(await listed(OTHER)).toEqual([]);
    expect(await listed(OTHER, FAR)).toEqual([]);
    expect(await values(OPERATIONS, { region: FAR, destination: FAR_BUCKET })).toEqual([0]);
    expect(await values(OPERATIONS, { destination: FAR_BUCKET })).toEqual([]);
    // The other account's bucket policy allows nothing.
    expect(await values(FAILED, { destination: FAR_BUCKET })).toEqual([1]);
    expect(await values(FAILED, { region: FAR, destination: FAR_BUCKET })).toEqual([]);
  });
});

async function emptyDestination(): Promise<void> {
  const { Versions = [] } = await pair.destination.send(new ListObjectVersionsCommand({ Bucket: DST }));
  for (const { Key, VersionId } of Versions)
    await pair.destination.send(new DeleteObjectCommand({ Bucket: DST, Key, VersionId }));
  await pair.destination.send(new DeleteBucketCommand({ Bucket: DST }));
}

test('a series without data for two weeks is not listed', async () => {
  await pair.put();
  await nextMinute();
  await pair.setRules(aReplicationRule({ Status: 'Disabled' }));
  await sandbox.clock.sleep(13 * 24 * 60 * minuteMs);
  expect(await listed()).toContain(FAILED);
  await sandbox.clock.sleep(2 * 24 * 60 * minuteMs);
  expect(await listed()).toEqual([]);
});

test('one request may ask for several metrics, periods and statistics', async () => {
  await nextMinute(6);
  const start = Math.floor(sandbox.clock.now() / (5 * minuteMs)) * 5 * minuteMs;
  await sandbox.clock.sleep(start + 5 * minuteMs - sandbox.clock.now());
  await pair.put('a');
  await nextMinute();
  await broken();
  await pair.put('b');
  await nextMinute();
  const query = (Id: string, MetricName: string, Period: number, Stat: string) => ({
    Id,
    MetricStat: { Metric: { Namespace: 'AWS/S3', MetricName, Dimensions: dimensions(DST) }, Period, Stat },
  });
  const { MetricDataResults } = await clientsOf(sandbox).cloudWatch.send(
    new GetMetricDataCommand({
      MetricDataQueries: [
        query('minutes', FAILED, 60, 'Sum'),
        query('all', FAILED, 300, 'Sum'),
        query('rate', FAILED, 300, 'Average'),
        query('count', FAILED, 300, 'SampleCount'),
        query('pending', OPERATIONS, 300, 'SampleCount'),
      ],
      StartTime: new Date(start),
      EndTime: new Date(sandbox.clock.now()),
      ScanBy: 'TimestampAscending',
    }),
  );
  const found = Object.fromEntries((MetricDataResults ?? []).map(({ Id, Values }) => [Id, Values]));
  expect(found).toEqual({ minutes: [0, 1], all: [1], rate: [0.5], count: [2], pending: [2] });
  expect(MetricDataResults?.[1]?.Timestamps).toEqual([new Date(start + 5 * minuteMs)]);
});

test('later failures count after the fix as well', async () => {
  await nextMinute();
  await broken();
  await pair.put('a');
  await nextMinute();
  await mended();
  await pair.put('b');
  await nextMinute();
  expect(await values(FAILED)).toEqual([1, 0]);
});
