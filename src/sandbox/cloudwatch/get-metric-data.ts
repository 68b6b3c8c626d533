import { isObject } from '../../model/evaluation/element.ts';
import { authorize } from '../iam/authorize-call.ts';
import { jsonInput } from '../wire/json-input.ts';
import { notImplemented } from '../wire/not-implemented.ts';
import type { Operation } from '../wire/operation.ts';
import { pageOfData } from './data-pages.ts';
import { type Input, invalid, objectsIn, timeIn } from './input.ts';
import { type Metric, samplesOf } from './metrics.ts';
import { findStatistic, type Sample, type Statistic } from './statistics.ts';

interface Query {
  readonly id: string;
  readonly label: string;
  readonly metric: Metric;
  readonly unit: string | undefined;
  /** In milliseconds. */
  readonly period: number;
  readonly statistic: Statistic;
  readonly isReturned: boolean;
}

/** In a request (API: GetMetricData). */
const mostQueries = 500;

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
      const within = samplesOf(place, metric, { from: start, to: end }, unit);
      const points = datapoints(within, period, statistic);
      // Newest first is the default (API: GetMetricData, ScanBy).
      return { id, label, points: input.ScanBy === 'TimestampAscending' ? points : points.toReversed() };
    });
  return pageOfData(input, results);
}

/** Oldest first. */
function datapoints(samples: readonly Sample[], period: number, statistic: Statistic): readonly Sample[] {
  const byPeriod = new Map<number, Sample[]>();
  for (const sample of samples) {
    const begin = Math.floor(sample.time / period) * period;
    const before = byPeriod.get(begin);
    if (before === undefined) byPeriod.set(begin, [sample]);
    else before.push(sample);
  }
  return [...byPeriod].map(([time, all]) => ({ time, value: statistic(all) })).sort((a, b) => a.time - b.time);
}

/** In milliseconds; the end is not part of it, and seconds of the start do not count (API: GetMetricData). */
function readTimes(input: Input): readonly [start: number, end: number] {
  const [start, end] = [timeIn(input, 'StartTime'), timeIn(input, 'EndTime')];
  if (start === undefined || end === undefined) throw invalid('The parameters StartTime and EndTime are required.');
  if (start >= end) throw invalid('The parameter EndTime must be greater than StartTime.');
  return [Math.floor(start / 60_000) * 60_000, end];
}

function readQueries(operation: Operation, input: Input): readonly Query[] {
  const given = objectsIn(input, 'MetricDataQueries');
  if (given.length === 0 || given.length > mostQueries)
    throw invalid(`The parameter MetricDataQueries takes 1 to ${mostQueries} queries.`);
  const queries = given.map((query) => readQuery(operation, query));
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
  const statistic = findStatistic(Stat);
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
