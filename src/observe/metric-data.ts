import type { MetricDataQuery, MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { required } from '../aws/required.ts';
import type { Connection } from '../connect/connection.ts';
import type { Point } from '../status/points.ts';
import type { Period } from '../status/replication-status.ts';
import type { Points } from '../status/status-facts.ts';
import { pagesOf } from './pages.ts';

export interface MetricAsked {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Sum' | 'Maximum' | 'SampleCount';
}

type Where = Pick<Connection, 'cloudWatch' | 'region'>;

/** Of a request (API: GetMetricData). */
const mostQueries = 500;

/** A page has 100,800 values (API: GetMetricData, MaxDatapoints); a day of 500 metrics by the minute is 8. */
const mostPages = 100;

/**
 * Values of metrics in one Region, oldest first, in the order of what was asked. A metric that nobody has published is one without values.
 * @returns why not, where CloudWatch says that it has given only a part (API: MetricDataResult, StatusCode).
 */
export async function readMetrics(
  at: Where,
  asked: readonly MetricAsked[],
  period: Period,
): Promise<readonly Points[]> {
  const parts = Array.from({ length: Math.ceil(asked.length / mostQueries) }, (_, index) =>
    asked.slice(index * mostQueries, (index + 1) * mostQueries),
  );
  return (await Promise.all(parts.map((part) => readPart(at, part, period)))).flat();
}

async function readPart(
  at: Where,
  asked: readonly MetricAsked[],
  { from, to, step }: Period,
): Promise<readonly Points[]> {
  const found = asked.map((): { readonly points: Map<number, number>; status?: string | undefined } => ({
    points: new Map(),
  }));
  // Whoever may need no metrics does without the package.
  const { paginateGetMetricData } = required('@aws-sdk/client-cloudwatch');
  const pages = paginateGetMetricData(
    { client: at.cloudWatch },
    {
      MetricDataQueries: asked.map((one, index) => queryOf(one, `m${index}`, step)),
      StartTime: new Date(from),
      EndTime: new Date(to),
      ScanBy: 'TimestampAscending',
    },
  );
  for await (const { MetricDataResults = [] } of pagesOf(pages, { list: `metrics in ${at.region}`, most: mostPages })) {
    for (const result of MetricDataResults) {
      const one = found[Number(result.Id?.slice(1))];
      if (one === undefined) continue;
      one.status = result.StatusCode;
      for (const { at: time, value } of pointsIn(result)) one.points.set(time, value);
    }
  }
  return found.map(({ points, status }) => {
    // Of another status CloudWatch has more values than it gives, or keeps them.
    if (status !== 'Complete') return { unread: `CloudWatch answered ${status ?? 'nothing'} for it` };
    return [...points].map(([time, value]): Point => ({ at: time, value })).toSorted((a, b) => a.at - b.at);
  });
}

function queryOf({ namespace, name, dimensions, statistic }: MetricAsked, Id: string, step: number): MetricDataQuery {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const Metric = { Namespace: namespace, MetricName: name, Dimensions };
  return { Id, MetricStat: { Metric, Period: step / 1000, Stat: statistic } };
}

function pointsIn({ Timestamps = [], Values = [] }: MetricDataResult): readonly Point[] {
  return Timestamps.flatMap((time, index) => {
    const value = Values[index];
    return value === undefined ? [] : [{ at: time.getTime(), value }];
  });
}
