import { isObject } from '../../model/evaluation/element.ts';
import { authorize } from '../iam/authorize-call.ts';
import { AwsError } from '../wire/errors.ts';
import { jsonInput } from '../wire/json-input.ts';
import { notImplemented } from '../wire/not-implemented.ts';
import type { Operation } from '../wire/operation.ts';
import { type Metric, type Sample, samplesOf } from './metrics.ts';

type Input = Readonly<Record<string, unknown>>;

interface Query {
  readonly id: string;
  readonly label: string;
  readonly metric: Metric;
  readonly unit: string | undefined;
  /** In milliseconds. */
  readonly period: number;
  readonly statistic: (values: readonly number[]) => number;
  readonly isReturned: boolean;
}

/** In a request (API: GetMetricData). */
const mostQueries = 500;

const sum = (values: readonly number[]) => values.reduce((total, one) => total + one, 0);

const statistics: Readonly<Record<string, Query['statistic']>> = {
  Average: (values) => sum(values) / values.length,
  Maximum: (values) => Math.max(...values),
  Minimum: (values) => Math.min(...values),
  SampleCount: (values) => values.length,
  Sum: sum,
};

/** API: GetMetricData, without metric math, Metrics Insights and metrics of other accounts. The texts of what is wrong with a request are ours. */
export function getMetricData(operation: Operation): unknown {
  const { call, caller, state } = operation;
  authorize(operation, { action: 'cloudwatch:GetMetricData', resource: '*', account: caller.account });
  const input = jsonInput(call);
  const queries = readQueries(operation, input);
  const [start, end] = readTimes(input);
  const place = { state, account: caller.account, region: call.region };
  const results = queries
    .filter(({ isReturned }) => isReturned)
    .map(({ id, label, metric, unit, period, statistic }) => {
      const within = samplesOf(place, metric, unit).filter(({ time }) => time >= start && time < end);
      const points = datapoints(within, period, statistic);
      // Newest first is the default (API: GetMetricData, ScanBy).
      const ordered = input.ScanBy === 'TimestampAscending' ? points : points.toReversed();
      return {
        Id: id,
        Label: label,
        Timestamps: ordered.map(({ time }) => time / 1000),
        Values: ordered.map(({ value }) => value),
        StatusCode: 'Complete',
      };
    });
  const found = sum(results.map(({ Values }) => Values.length));
  if (typeof input.MaxDatapoints === 'number' && found > input.MaxDatapoints) throw notImplemented(call);
  return { MetricDataResults: results, Messages: [] };
}

/** Oldest first. */
function datapoints(samples: readonly Sample[], period: number, statistic: Query['statistic']): readonly Sample[] {
  const byPeriod = new Map<number, number[]>();
  for (const { time, value } of samples) {
    const begin = Math.floor(time / period) * period;
    byPeriod.set(begin, [...(byPeriod.get(begin) ?? []), value]);
  }
  return [...byPeriod].map(([time, values]) => ({ time, value: statistic(values) })).sort((a, b) => a.time - b.time);
}

/** In milliseconds; the end is not part of it, and seconds of the start do not count (API: GetMetricData). */
function readTimes({ StartTime, EndTime, NextToken }: Input): readonly [start: number, end: number] {
  if (NextToken !== undefined) throw new AwsError('InvalidNextToken', 400, 'The next token is not one of ours.');
  if (typeof StartTime !== 'number' || typeof EndTime !== 'number')
    throw invalid('The parameters StartTime and EndTime are required.');
  if (StartTime >= EndTime) throw invalid('The parameter EndTime must be greater than StartTime.');
  return [Math.floor(StartTime / 60) * 60_000, EndTime * 1000];
}

function readQueries(operation: Operation, { MetricDataQueries }: Input): readonly Query[] {
  const given: readonly unknown[] = Array.isArray(MetricDataQueries) ? MetricDataQueries : [];
  if (given.length === 0 || given.length > mostQueries)
    throw invalid(`The parameter MetricDataQueries takes 1 to ${mostQueries} queries.`);
  const queries = given.map((query) => readQuery(operation, isObject(query) ? query : {}));
  if (new Set(queries.map(({ id }) => id)).size < queries.length) throw invalid('The values of Id must be unique.');
  return queries;
}

function readQuery({ call, caller }: Operation, query: Input): Query {
  const { Id, AccountId = caller.account, Label, MetricStat, ReturnData } = query;
  if (typeof Id !== 'string' || !/^[a-z][a-zA-Z0-9_]*$/.test(Id))
    throw invalid(`The value ${String(Id)} for parameter Id does not match ^[a-z][a-zA-Z0-9_]*$.`);
  if (!isObject(MetricStat) || AccountId !== caller.account) throw notImplemented(call);
  const { Period, Stat, Unit } = MetricStat;
  if (typeof Period !== 'number' || Period < 60 || Period % 60 !== 0)
    throw invalid(`The value ${String(Period)} for parameter Period is no multiple of 60.`);
  const statistic = typeof Stat === 'string' && Object.hasOwn(statistics, Stat) ? statistics[Stat] : undefined;
  if (statistic === undefined) throw notImplemented(call);
  const metric = readMetric(isObject(MetricStat.Metric) ? MetricStat.Metric : {});
  return {
    id: Id,
    label: typeof Label === 'string' ? Label : metric.name,
    metric,
    unit: typeof Unit === 'string' ? Unit : undefined,
    period: Period * 1000,
    statistic,
    isReturned: ReturnData !== false,
  };
}

function readMetric({ Namespace, MetricName, Dimensions }: Input): Metric {
  if (typeof Namespace !== 'string' || typeof MetricName !== 'string')
    throw invalid('The parameters Namespace and MetricName are required.');
  const dimensions: readonly unknown[] = Array.isArray(Dimensions) ? Dimensions : [];
  const pairs = dimensions.filter(isObject).map(({ Name, Value }) => [String(Name), String(Value)] as const);
  return { namespace: Namespace, name: MetricName, dimensions: Object.fromEntries(pairs) };
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', 400, message);
}
