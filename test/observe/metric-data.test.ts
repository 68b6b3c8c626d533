import {
  CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  type GetMetricDataCommandOutput,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, expect, it } from 'vitest';
import type { Region } from '../../src/aws/brand.ts';
import { readMetrics } from '../../src/observe/metric-data.ts';
import { branded } from '../plain.ts';

const client = new CloudWatchClient({
  region: 'eu-west-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  maxAttempts: 1,
});
const at = { cloudWatch: client, region: branded<Region>('eu-west-1') };
const mock = mockClient(client);
beforeEach(() => mock.reset());
afterAll(() => mock.restore());

const minuteMs = 60_000;
const from = Date.parse('2026-11-29T12:00:00Z');
const period = { from, to: from + 60 * minuteMs, step: 5 * minuteMs };

const asked = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    namespace: 'AWS/S3',
    name: 'OperationsFailedReplication',
    dimensions: { SourceBucket: 'src', DestinationBucket: 'dst', RuleId: `rule-${index}` },
    statistic: 'Sum' as const,
  }));

/** By minute of the period. */
const values = (Id: string, StatusCode: MetricDataResult['StatusCode'], points: Readonly<Record<number, number>>) => ({
  Id,
  StatusCode,
  Timestamps: Object.keys(points).map((minute) => new Date(from + Number(minute) * minuteMs)),
  Values: Object.values(points),
});

const point = (minute: number, value: number) => ({ at: from + minute * minuteMs, value });

/** Each answer but the last names the next one. */
function answering(...pages: readonly (readonly object[])[]): void {
  mock.on(GetMetricDataCommand).callsFake(({ NextToken = '0' }: GetMetricDataCommandInput) => {
    const next = Number(NextToken) + 1;
    return { MetricDataResults: pages[next - 1] ?? [], ...(next < pages.length && { NextToken: String(next) }) };
  });
}

it('asks for values of the period, by its steps, by all dimensions', async () => {
  answering([values('m0', 'Complete', {})]);
  expect(await readMetrics(at, asked(1), period)).toEqual([[]]);
  expect(mock.commandCalls(GetMetricDataCommand)[0]?.args[0].input).toMatchObject({
    StartTime: new Date(period.from),
    EndTime: new Date(period.to),
    MetricDataQueries: [
      {
        MetricStat: {
          Metric: {
            Namespace: 'AWS/S3',
            MetricName: 'OperationsFailedReplication',
            Dimensions: [
              { Name: 'SourceBucket', Value: 'src' },
              { Name: 'DestinationBucket', Value: 'dst' },
              { Name: 'RuleId', Value: 'rule-0' },
            ],
          },
          Period: 300,
          Stat: 'Sum',
        },
      },
    ],
  });
});

it('joins the values of a metric that goes on in the next answer', async () => {
  answering(
    [values('m0', 'Complete', { 0: 1 }), values('m1', 'PartialData', { 0: 5, 5: 6 })],
    [values('m1', 'Complete', { 10: 7 })],
  );
  expect(await readMetrics(at, asked(2), period)).toEqual([[point(0, 1)], [point(0, 5), point(5, 6), point(10, 7)]]);
});

it('puts values in the order of time, in whatever order they come, and none twice', async () => {
  answering([values('m0', 'PartialData', { 20: 3, 5: 1 })], [values('m0', 'Complete', { 10: 2, 20: 3, 0: 0 })]);
  expect(await readMetrics(at, asked(1), period)).toEqual([[point(0, 0), point(5, 1), point(10, 2), point(20, 3)]]);
});

it('takes results in any order, and those without an ID of ours for nothing', async () => {
  answering([
    values('m1', 'Complete', { 0: 1 }),
    values('m7', 'Complete', { 0: 7 }),
    values('other', 'Complete', { 0: 8 }),
    { StatusCode: 'Complete', Timestamps: [new Date(from)], Values: [9] },
    values('m0', 'Complete', {}),
  ]);
  expect(await readMetrics(at, asked(2), period)).toEqual([[], [point(0, 1)]]);
});

it.each(['PartialData', 'Forbidden', 'InternalError', undefined] as const)(
  'a metric that ends as %s is unread, and the metrics beside it are not',
  async (status) => {
    answering([values('m0', status, { 0: 1 }), values('m1', 'Complete', { 0: 2 })]);
    const [bad, good] = await readMetrics(at, asked(2), period);
    expect(bad).toEqual({ unread: `CloudWatch answered ${status ?? 'nothing'} for it` });
    expect(good).toEqual([point(0, 2)]);
  },
);

it('a metric that is missing in the answer is unread, and not one without values', async () => {
  answering([values('m0', 'Complete', { 0: 1 })]);
  expect((await readMetrics(at, asked(2), period))[1]).toEqual({ unread: 'CloudWatch answered nothing for it' });
});

it('asks for 1,200 metrics in three requests, none of them twice', async () => {
  mock.on(GetMetricDataCommand).callsFake(({ MetricDataQueries = [] }: GetMetricDataCommandInput) => ({
    MetricDataResults: MetricDataQueries.map(({ Id = '', MetricStat }) => {
      const rule = MetricStat?.Metric?.Dimensions?.find(({ Name }) => Name === 'RuleId')?.Value ?? '';
      return values(Id, 'Complete', { 0: Number(rule.split('-')[1]) });
    }),
  }));
  const found = await readMetrics(at, asked(1200), period);
  expect(found).toEqual(Array.from({ length: 1200 }, (_, index) => [point(0, index)]));
  const sizes = mock.commandCalls(GetMetricDataCommand).map(({ args }) => args[0].input.MetricDataQueries?.length);
  expect(sizes).toEqual([500, 500, 200]);
});

it('asks for nothing where there is nothing to ask for', async () => {
  expect(await readMetrics(at, [], period)).toEqual([]);
  expect(mock.commandCalls(GetMetricDataCommand)).toEqual([]);
});

it.each([
  ['the same page for ever', (_: number) => 'again', /the same page is named as the next one again/],
  ['ever new pages', (page: number) => `page ${page}`, /there are more than 100 pages/],
])('an answer that names %s ends', async (_, token, why) => {
  let count = 0;
  mock.on(GetMetricDataCommand).callsFake((): Partial<GetMetricDataCommandOutput> => {
    count += 1;
    return { MetricDataResults: [values('m0', 'PartialData', { 0: 1 })], NextToken: token(count) };
  });
  await expect(readMetrics(at, asked(1), period)).rejects.toMatchObject({
    code: 'endless-list',
    message: expect.stringMatching(why),
  });
  expect(count).toBeLessThan(102);
});
