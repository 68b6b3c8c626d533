/** What an alarm watches of S3 Replication (S3 User Guide, metrics-dimensions; CloudWatch User Guide, cloudwatch-metrics-insights-querylanguage). */
import type { AlarmSettings } from '../../aws/alert-documents.ts';

export const failureMetric = 'OperationsFailedReplication';

/** In whose Region S3 counts: the metrics, all in namespace AWS/S3. */
const countedAt: Readonly<Record<string, 'source' | 'destination'>> = {
  [failureMetric]: 'source',
  OperationsPendingReplication: 'destination',
  BytesPendingReplication: 'destination',
  ReplicationLatency: 'destination',
};

export const metricDimensions = ['SourceBucket', 'DestinationBucket', 'RuleId'] as const;

export interface Watch {
  readonly metric: string;
  /** Null: S3 has no metric of that name. */
  readonly countedAt: 'source' | 'destination' | null;
  /** Whose metric, where the alarm says so. */
  readonly account?: string;
  /** The names of its dimensions; absent where a query leaves them open. */
  readonly names?: readonly string[];
  readonly values: Readonly<Record<string, string>>;
  /** Its query has a condition that s3repl does not understand. */
  readonly isOpen?: true;
}

type Metric = Pick<AlarmSettings, 'Namespace' | 'MetricName' | 'Dimensions'>;

/** Its own metric, those of its metric math and those of its query: only metrics that are about replication, by their name. */
export function watchesOf(alarm: AlarmSettings): readonly Watch[] {
  const { Metrics: parts = [] } = alarm;
  return [
    ...watchOf(alarm),
    ...parts.flatMap(({ MetricStat: stat, Expression: expression = '', AccountId: account }) =>
      [...watchOf((stat?.Metric ?? {}) as Metric), ...watchOfQuery(expression)].map((watch) =>
        account === undefined ? watch : { ...watch, account },
      ),
    ),
  ];
}

function watchOf({ Namespace, MetricName: metric = '', Dimensions = [] }: Metric): readonly Watch[] {
  if (Namespace !== 'AWS/S3' || !/Replication/i.test(metric)) return [];
  const values = Object.fromEntries(Dimensions.map(({ Name = '', Value = '' }) => [Name, Value]));
  return [{ ...metricNamed(metric), names: Object.keys(values), values }];
}

function metricNamed(metric: string): Pick<Watch, 'metric' | 'countedAt'> {
  return { metric, countedAt: Object.hasOwn(countedAt, metric) ? (countedAt[metric] ?? null) : null };
}

const query =
  /^\s*SELECT\s+\w+\(\s*"?(\w+)"?\s*\)\s+FROM\s+(?:SCHEMA\(\s*"AWS\/S3"([^)]*)\)|"AWS\/S3")\s*(?:WHERE\s+(.*?))?\s*(?:(?:GROUP|ORDER)\s+BY\s.*|LIMIT\s.*)?$/is;

function watchOfQuery(expression: string): readonly Watch[] {
  const found = query.exec(expression);
  const [, metric = '', schema, where = ''] = found ?? [];
  if (!/Replication/i.test(metric)) return [];
  const conditions =
    where === '' ? [] : where.split(/\s+AND\s+/i).map((one) => /^"?(\w+)"?\s*=\s*'([^']*)'$/.exec(one));
  const names = schema
    ?.split(',')
    .map((name) => name.trim().replaceAll('"', ''))
    .filter((name) => name !== '');
  return [
    {
      ...metricNamed(metric),
      ...(names && { names }),
      values: Object.fromEntries(conditions.flatMap((one) => (one ? [[one[1] ?? '', one[2] ?? '']] : []))),
      ...(conditions.includes(null) && { isOpen: true }),
    },
  ];
}

/** What a replication configuration is about, by names. */
export interface Replicated {
  readonly bucket: string;
  readonly destinations: readonly string[];
  readonly rules: readonly string[];
}

/** Whether an alarm is meant for this replication, also where it is wrong: not one that names another source bucket. */
export function isAbout(alarm: AlarmSettings, { bucket, destinations, rules }: Replicated): boolean {
  const mentions = (value: string, names: readonly string[]) =>
    names.some((name) => value === name || value.endsWith(`:${name}`));
  return watchesOf(alarm).some(({ values }) => {
    const { SourceBucket: source } = values;
    if (source !== undefined) return mentions(source, [bucket]);
    const given = Object.values(values);
    return given.length === 0 || given.some((value) => mentions(value, [bucket, ...destinations, ...rules]));
  });
}
