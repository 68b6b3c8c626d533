/** What S3 and KMS tell CloudWatch of the replication of a bucket, in the account of the bucket. */
import { bucketNameIn } from '../aws/arn.ts';
import type { Connection } from '../connect/connection.ts';
import type { Rule } from '../model/replication/rule.ts';
import type { Known } from '../model/snapshot.ts';
import type { Period } from '../status/replication-status.ts';
import type { KmsRead, Metric, Points, SeriesRead, Unread } from '../status/status-facts.ts';
import { readKmsQuota } from './kms-quota.ts';
import { readKmsMinutes } from './kms-requests.ts';
import { type MetricAsked, readMetrics } from './metric-data.ts';
import { noteOptional } from './reading.ts';

/** An enabled rule with metrics. */
export interface Counted {
  readonly rule: string;
  readonly destination: string;
}

export function nameCounted({ id, destination }: Pick<Rule, 'id' | 'destination'>): Counted {
  return { rule: id, destination: bucketNameIn(destination) };
}

type Counting = Readonly<Record<Metric, { readonly name: string; readonly statistic: MetricAsked['statistic'] }>>;

/** One sample an operation, which is 1 where it failed (recorded fact 68; S3 User Guide, metrics-dimensions). */
const metrics: Counting = {
  failed: { name: 'OperationsFailedReplication', statistic: 'Sum' },
  operations: { name: 'OperationsFailedReplication', statistic: 'SampleCount' },
  pending: { name: 'OperationsPendingReplication', statistic: 'Maximum' },
  bytes: { name: 'BytesPendingReplication', statistic: 'Maximum' },
  latency: { name: 'ReplicationLatency', statistic: 'Maximum' },
};

const atSource: readonly Metric[] = ['failed', 'operations'];
const atDestination: readonly Metric[] = ['pending', 'bytes', 'latency'];

/** Failures are counted in the Region of the source bucket. @param at a connection there. */
export function readFailures(at: Connection, bucket: string, rules: readonly Counted[], period: Period) {
  return readSeriesOf(at, bucket, rules, atSource, period);
}

/** What is pending is counted in the Region of the destination bucket, for the account of the source bucket: recorded within one account only. @param at a connection there. */
export function readPending(at: Connection, bucket: string, rules: readonly Counted[], period: Period) {
  return readSeriesOf(at, bucket, rules, atDestination, period);
}

async function readSeriesOf(
  at: Connection,
  bucket: string,
  rules: readonly Counted[],
  names: readonly Metric[],
  period: Period,
): Promise<readonly SeriesRead[]> {
  const asked = rules.flatMap((rule) => names.map((metric) => ({ ...rule, metric })));
  if (asked.length === 0) return [];
  const queries = asked.map(({ rule, destination, metric }) => ({
    namespace: 'AWS/S3',
    dimensions: { SourceBucket: bucket, DestinationBucket: destination, RuleId: rule },
    ...metrics[metric],
  }));
  const points = await readOrSay(readMetrics(at, queries, period));
  return asked.map((one, index) => ({
    ...one,
    points: Array.isArray(points) ? (points[index] ?? []) : (points as Points),
  }));
}

/** @param at a connection of the account that calls KMS, in the Region. */
export async function readKms(at: Connection, period: Period): Promise<KmsRead> {
  const [minutes, quota] = await Promise.all([readOrSay(readKmsMinutes(at, period)), readKmsQuota(at)]);
  return {
    region: at.region,
    minutes,
    quota: quota.value,
    quotaUnread: quota.refusals.map(({ reason }) => reason),
  };
}

async function readOrSay<T>(read: Promise<T>): Promise<T | Unread> {
  const { value, refusals } = await noteOptional<Known<T>>((reading) => reading([], read));
  if (value !== 'unknown') return value;
  const { reason = 'it could not be read', refused } = refusals[0] ?? {};
  return { unread: reason, ...(refused && { refused }) };
}
