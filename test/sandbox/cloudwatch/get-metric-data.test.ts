import {
  type Dimension,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  type MetricStat,
} from '@aws-sdk/client-cloudwatch';
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { aFolder } from '../../stories/cli.ts';
import { clientsOf, message, OTHER, refusal, SOURCE, sessionOf } from '../clients.ts';
import { makeBucket } from '../make-bucket.ts';
import { sendRaw } from '../raw-request.ts';

const dayMs = 24 * 3_600_000;

let sandbox: Sandbox;

/** The next noon: no test sees a midnight that it did not wait for. */
async function sleepUntilNoon(): Promise<void> {
  const { clock } = sandbox;
  await clock.sleep(dayMs - (clock.now() % dayMs) + dayMs / 2);
}

beforeEach(async () => {
  sandbox = await openSandbox();
  await sleepUntilNoon();
});

afterEach(() => {
  vi.useRealTimers();
});

interface Asked {
  readonly Dimensions?: Dimension[];
  readonly stat?: Partial<MetricStat>;
  readonly query?: object;
  readonly input?: Partial<GetMetricDataCommandInput>;
}

const dimensions = (BucketName: string, StorageType = 'AllStorageTypes') => [
  { Name: 'BucketName', Value: BucketName },
  { Name: 'StorageType', Value: StorageType },
];

function ask({ Dimensions = dimensions('bucket'), stat, query, input }: Asked = {}, aws = clientsOf(sandbox)) {
  const Metric = { Namespace: 'AWS/S3', MetricName: 'NumberOfObjects', Dimensions };
  const now = sandbox.clock.now();
  return aws.cloudWatch.send(
    new GetMetricDataCommand({
      MetricDataQueries: [{ Id: 'q', MetricStat: { Metric, Period: 86_400, Stat: 'Average', ...stat }, ...query }],
      StartTime: new Date(now - 400 * dayMs),
      EndTime: new Date(now + dayMs),
      ...input,
    }),
  );
}

/** Values, in the order of the answer. */
async function values(asked: Asked = {}, aws = clientsOf(sandbox)): Promise<readonly number[] | undefined> {
  const { MetricDataResults } = await ask(asked, aws);
  return MetricDataResults?.[0]?.Values;
}

const put = (Key: string) => clientsOf(sandbox).s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: 'x' }));

describe('NumberOfObjects', () => {
  test('is there from the first midnight on, and stays what it was', async () => {
    await makeBucket(sandbox, 'bucket', { versioning: 'Enabled' });
    await put('a');
    expect(await values()).toEqual([]);
    await sleepUntilNoon();
    await put('b');
    expect(await values()).toEqual([1]);
    await sleepUntilNoon();
    expect(await values()).toEqual([2, 1]);
    const { MetricDataResults: [result] = [], Messages } = await ask();
    const midnight = Math.floor(sandbox.clock.now() / dayMs) * dayMs;
    expect(result).toEqual({
      Id: 'q',
      Label: 'NumberOfObjects',
      StatusCode: 'Complete',
      Timestamps: [new Date(midnight), new Date(midnight - dayMs)],
      Values: [2, 1],
    });
    expect(Messages).toEqual([]);
  });

  test('counts noncurrent versions, delete markers and the parts of open uploads, as of midnight', async () => {
    await makeBucket(sandbox, 'bucket', { versioning: 'Enabled' });
    const { s3 } = clientsOf(sandbox);
    await put('a');
    await put('a');
    await s3.send(new DeleteObjectCommand({ Bucket: 'bucket', Key: 'a' }));
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket: 'bucket', Key: 'big' }));
    for (const PartNumber of [1, 2])
      await s3.send(new UploadPartCommand({ Bucket: 'bucket', Key: 'big', UploadId, PartNumber, Body: 'x' }));
    await sleepUntilNoon();
    const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: 'bucket' }));
    for (const { Key, VersionId } of Versions)
      await s3.send(new DeleteObjectCommand({ Bucket: 'bucket', Key, VersionId }));
    await sleepUntilNoon();
    expect(await values()).toEqual([3, 5]);
  });

  test('is in the account and the Region of the bucket, with both dimensions', async () => {
    await makeBucket(sandbox, 'bucket');
    await put('a');
    await sleepUntilNoon();
    expect(await values()).toEqual([1]);
    expect(await values({ stat: { Unit: 'Count' } })).toEqual([1]);
    expect(await values({}, clientsOf(sandbox, OTHER))).toEqual([]);
    expect(await values({}, clientsOf(sandbox, SOURCE, 'us-east-1'))).toEqual([]);
    const others: readonly Asked[] = [
      { stat: { Unit: 'Bytes' } },
      { Dimensions: dimensions('bucket', 'StandardStorage') },
      { Dimensions: dimensions('another') },
      { Dimensions: dimensions('bucket').slice(0, 1) },
      { Dimensions: [...dimensions('bucket'), { Name: 'Color', Value: 'red' }] },
      { stat: { Metric: { Namespace: 'AWS/S3', MetricName: 'BucketSizeBytes', Dimensions: dimensions('bucket') } } },
    ];
    for (const one of others) expect(await values(one)).toEqual([]);
  });

  test('is counted for the days between two runs as well, and only once', async () => {
    const start = Math.floor(Date.now() / dayMs) * dayMs + dayMs / 2;
    vi.useFakeTimers({ toFake: ['Date'], now: start });
    const directory = aFolder().path;
    sandbox = await openSandbox({ directory });
    await makeBucket(sandbox, 'bucket');
    await put('a');
    await sandbox.clock.sleep(dayMs);
    await sandbox.close();
    vi.setSystemTime(start + 4 * dayMs);
    sandbox = await openSandbox({ directory });
    await put('b');
    await sandbox.clock.sleep(dayMs);
    expect(await values()).toEqual([2, 1, 1, 1, 1]);
    await sandbox.close();
    sandbox = await openSandbox({ directory });
    expect(await values()).toEqual([2, 1, 1, 1, 1]);
    await sandbox.close();
  });

  test('is kept for 15 months', async () => {
    await makeBucket(sandbox, 'bucket');
    await sandbox.clock.sleep(500 * dayMs);
    expect(Object.keys(sandbox.state.buckets.bucket?.objectCounts ?? {})).toHaveLength(455);
    const StartTime = new Date(sandbox.clock.now() - 490 * dayMs);
    expect(await values({ input: { StartTime } })).toHaveLength(455);
  });
});

describe('GetMetricData', () => {
  beforeEach(async () => {
    await makeBucket(sandbox, 'bucket', { versioning: 'Enabled' });
    for (const key of ['a', 'b', 'c']) {
      await put(key);
      await sleepUntilNoon();
    }
  });

  test.each([
    ['Average', 2],
    ['Sum', 6],
    ['Minimum', 1],
    ['Maximum', 3],
    ['SampleCount', 3],
  ])('has the statistic %s of each period', async (Stat, value) => {
    expect(await values({ stat: { Stat, Period: 86_400 * 36_500 } })).toEqual([value]);
  });

  test('begins with its start, ends before its end, and orders as it is asked', async () => {
    const midnight = Math.floor(sandbox.clock.now() / dayMs) * dayMs;
    const within = (from: number, to: number) => ({
      input: { StartTime: new Date(midnight + from), EndTime: new Date(midnight + to) },
    });
    expect(await values(within(-2 * dayMs, 0))).toEqual([2, 1]);
    // Seconds of the start do not count.
    expect(await values(within(30_000, dayMs))).toEqual([3]);
    expect(await values(within(60_000, dayMs))).toEqual([]);
    expect(await values({ input: { ScanBy: 'TimestampAscending' } })).toEqual([1, 2, 3]);
  });

  test('leaves out what is not to be returned, and takes the label that it is given', async () => {
    expect((await ask({ query: { ReturnData: false } })).MetricDataResults).toEqual([]);
    expect((await ask({ query: { Label: 'mine' } })).MetricDataResults?.[0]?.Label).toBe('mine');
  });

  test('needs cloudwatch:GetMetricData on everything', async () => {
    const nobody = clientsOf(sandbox, await sessionOf(sandbox, 'nobody'));
    expect(await refusal(ask({}, nobody))).toBe('400 AccessDenied');
    expect(await message(ask({}, nobody))).toContain('cloudwatch:GetMetricData on resource: *');
    const allow = { Effect: 'Allow', Action: 'cloudwatch:GetMetricData', Resource: '*' };
    const inline = { Version: '2012-10-17', Statement: [allow] };
    expect(await values({}, clientsOf(sandbox, await sessionOf(sandbox, 'reader', { inline })))).toEqual([3, 2, 1]);
  });

  const end = new Date('2027-01-01T00:00:00Z');
  const one = { Id: 'same', MetricStat: { Metric: { Namespace: 'n', MetricName: 'm' }, Period: 60, Stat: 'Sum' } };
  test.each<[string, Asked, string]>([
    ['no query', { input: { MetricDataQueries: [] } }, '400 ValidationException'],
    ['two of one ID', { input: { MetricDataQueries: [one, one] } }, '400 ValidationException'],
    [
      'too many',
      { input: { MetricDataQueries: Array.from({ length: 501 }, (_, at) => ({ ...one, Id: `q${at}` })) } },
      '400 ValidationException',
    ],
    ['an ID that is none', { query: { Id: 'Q' } }, '400 ValidationException'],
    ['half a minute', { stat: { Period: 30 } }, '400 ValidationException'],
    ['a metric without a name', { stat: { Metric: { Namespace: 'AWS/S3' } } }, '400 ValidationException'],
    ['no time', { input: { StartTime: end, EndTime: end } }, '400 ValidationException'],
    ['no start', { input: { StartTime: undefined } }, '400 ValidationException'],
    ['a token', { input: { NextToken: 'x' } }, '400 InvalidNextToken'],
    ['metric math', { query: { MetricStat: undefined, Expression: '1' } }, '501 NotImplemented'],
    ['another account', { query: { AccountId: OTHER } }, '501 NotImplemented'],
    ['percentiles', { stat: { Stat: 'p99' } }, '501 NotImplemented'],
    ['pages without values', { input: { MaxDatapoints: 0 } }, '400 ValidationException'],
    ['pages that are too large', { input: { MaxDatapoints: 100_801 } }, '400 ValidationException'],
    [
      'a token behind the end',
      { input: { NextToken: Buffer.from('0 3').toString('base64url') } },
      '400 InvalidNextToken',
    ],
  ])('refuses %s', async (_, asked, answer) => {
    expect(await refusal(ask(asked))).toBe(answer);
  });
});

describe('pages of GetMetricData', () => {
  beforeEach(async () => {
    await makeBucket(sandbox, 'bucket', { versioning: 'Enabled' });
    for (const key of ['a', 'b', 'c']) {
      await put(key);
      await sleepUntilNoon();
    }
  });

  const query = (Id: string, BucketName: string, Stat: string) => {
    const Metric = { Namespace: 'AWS/S3', MetricName: 'NumberOfObjects', Dimensions: dimensions(BucketName) };
    return { Id, MetricStat: { Metric, Period: 86_400, Stat } };
  };
  const MetricDataQueries = [
    query('all', 'bucket', 'Sum'),
    query('none', 'other', 'Sum'),
    query('one', 'bucket', 'Maximum'),
  ];

  /** Of each answer: what it has of each metric. */
  async function readPages(MaxDatapoints: number) {
    const pages: unknown[] = [];
    let NextToken: string | undefined;
    do {
      const answer = await ask({ input: { MetricDataQueries, MaxDatapoints, ...(NextToken && { NextToken }) } });
      pages.push(answer.MetricDataResults?.map(({ Id, Values, StatusCode }) => [Id, Values, StatusCode]));
      NextToken = answer.NextToken;
    } while (NextToken !== undefined);
    return pages;
  }

  test('a metric goes on in the next answer, and is partial until its end', async () => {
    expect(await readPages(2)).toEqual([
      [['all', [3, 2], 'PartialData']],
      [
        ['all', [1], 'Complete'],
        ['none', [], 'Complete'],
        ['one', [3], 'PartialData'],
      ],
      [['one', [2, 1], 'Complete']],
    ]);
  });

  test('a metric for which no room is left is only in the next answer', async () => {
    expect(await readPages(3)).toEqual([
      [
        ['all', [3, 2, 1], 'Complete'],
        ['none', [], 'Complete'],
      ],
      [['one', [3, 2, 1], 'Complete']],
    ]);
    expect(await readPages(6)).toHaveLength(1);
  });
});

describe('on the wire', () => {
  const target = { 'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData' };
  const cbor = '/service/GraniteServiceVersion20100801/operation/GetMetricData';

  test('an error has the code of the query protocol as well', async () => {
    const request = { method: 'POST', path: '/', service: 'monitoring', headers: target, body: '{}' };
    const { headers, body } = await sendRaw(sandbox, request);
    expect(headers['content-type']).toBe('application/x-amz-json-1.0');
    expect(headers['x-amzn-query-error']).toBe('ValidationError;Sender');
    expect(JSON.parse(body)).toMatchObject({ __type: 'ValidationException' });
    expect((await sendRaw(sandbox, { ...request, body: '{' })).body).toContain('SerializationException');
  });

  test.each([
    ['what it does not have', { path: '/', headers: { 'x-amz-target': 'GraniteServiceVersion20100801.PutDashboard' } }],
    ['a form', { path: '/', body: 'Action=GetMetricData&Version=2010-08-01' }],
    ['CBOR', { path: cbor, headers: { 'smithy-protocol': 'rpc-v2-cbor' } }],
  ])('%s is 501', async (_, request) => {
    expect((await sendRaw(sandbox, { method: 'POST', service: 'monitoring', ...request })).status).toBe(501);
  });
});
