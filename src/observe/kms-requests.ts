import { kmsUsage } from '../aws/kms-rate.ts';
import type { Connection } from '../connect/connection.ts';
import type { Unknown } from '../model/decision.ts';
import { maxOf } from '../status/points.ts';
import type { Period } from '../status/replication-status.ts';
import { isUnread, type Points } from '../status/status-facts.ts';
import { type MetricAsked, readMetrics } from './metric-data.ts';
import { orUnknown } from './reading.ts';

const minuteMs = 60_000;

type Where = Pick<Connection, 'cloudWatch' | 'region'>;

const asked: MetricAsked = { namespace: 'AWS/Usage', name: 'CallCount', dimensions: kmsUsage, statistic: 'Sum' };

/**
 * Cryptographic requests with symmetric keys in each minute that had any, by CloudWatch's usage metric (AWS Security Blog,
 * manage-your-aws-kms-api-request-rates). @param at the account that calls KMS, in the Region of the keys.
 */
export async function readKmsMinutes(at: Where, { from, to }: Pick<Period, 'from' | 'to'>): Promise<Points> {
  const [points] = await readMetrics(at, [asked], { from, to, step: minuteMs });
  return points ?? [];
}

/**
 * A second, in the busiest minute of the last hour. Seconds may have had more: KMS throttles by the second.
 *
 * @returns unknown where it may not be read.
 * @throws Failure at the deadline, by Ctrl-C, without credentials, and where something answers in AWS's place.
 */
export async function readKmsRequests(at: Where, now: Date): Promise<number | Unknown> {
  const to = now.getTime();
  const minutes = await orUnknown(['kmsRequests'], readKmsMinutes(at, { from: to - 60 * minuteMs, to }));
  if (minutes === 'unknown' || isUnread(minutes)) return 'unknown';
  return Math.max(0, maxOf(minutes.map(({ value }) => value))) / 60;
}
