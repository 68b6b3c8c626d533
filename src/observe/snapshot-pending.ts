/** How far replication is behind, and how many requests KMS gets meanwhile, for a snapshot. */
import { bucketNameIn } from '../aws/arn.ts';
import type { Region } from '../aws/brand.ts';
import type { Connection } from '../connect/connection.ts';
import { rulesIn } from '../model/replication/prepare.ts';
import type { Rule } from '../model/replication/rule.ts';
import type { Found, KmsUseSnapshot, Known, RuleMetricsSnapshot } from '../model/snapshot.ts';
import { maxOf } from '../status/points.ts';
import type { Period } from '../status/replication-status.ts';
import { isUnread, type Metric, type Points, type SeriesRead } from '../status/status-facts.ts';
import { readKmsQuota } from './kms-quota.ts';
import { readKmsMinutes } from './kms-requests.ts';
import type { BucketThing, Reach } from './reach.ts';
import { type Noted, noteOptional, type Refusal } from './reading.ts';
import { type Counted, nameCounted, readPending } from './status-metrics.ts';

export interface PendingFacts {
  readonly replicationMetrics: readonly RuleMetricsSnapshot[];
  readonly kms: readonly KmsUseSnapshot[];
}

const minuteMs = 60_000;

/** In the account of the source bucket, where S3 and KMS count (KMS Developer Guide, requests-per-second). @param to milliseconds since 1970; of the hour before. */
export async function readPendingFacts(reach: Reach, source: BucketThing, to: number): Promise<Noted<PendingFacts>> {
  const { value } = source.found;
  const refusals: Refusal[] = [];
  if (value === null || value === 'unknown') return { value: { replicationMetrics: [], kms: [] }, refusals };
  const period: Period = { from: to - 60 * minuteMs, to, step: minuteMs };
  const book = rulesIn(value, ['accounts', source.account, 'buckets', source.name]);
  const rules = book === null || book === 'unknown' ? [] : book.byDestination.flat();
  const regions = await Promise.all(rules.map((rule) => regionAt(reach, rule)));
  const places = [...new Set([value.region, ...regions])].filter((region): region is Region => region !== 'unknown');
  const there = places.flatMap((region) => reach.at(source.account, region) ?? []);
  const placed = rules.map((rule, index) => ({ ...nameCounted(rule), metrics: rule.metrics, region: regions[index] }));
  const counted = placed.filter(({ metrics }) => metrics);
  const findCounted = ({ region: here }: Connection) => counted.filter(({ region }) => region === here);
  const [series, kms] = await Promise.all([
    Promise.all(there.map((at) => readPending(at, source.name, findCounted(at), period))),
    Promise.all(there.map((at) => readUse(at, period, refusals))),
  ]);
  const replicationMetrics = counted.map((one) => describeRule(one, series.flat(), refusals));
  return { value: { replicationMetrics, kms }, refusals };
}

async function regionAt(reach: Reach, { destination, account }: Rule): Promise<Known<Region>> {
  const { value } = (await reach.bucket(bucketNameIn(destination), account ?? undefined)).found;
  return value === null || value === 'unknown' ? 'unknown' : value.region;
}

function describeRule(
  { rule, destination }: Counted,
  series: readonly SeriesRead[],
  refusals: Refusal[],
): RuleMetricsSnapshot {
  const lastOf = (metric: Metric): Found<number> => {
    const points = series.find((one) => one.rule === rule && one.destination === destination && one.metric === metric)
      ?.points ?? { unread: `the Region of bucket ${destination} is not known` };
    if (!isUnread(points)) return points.at(-1)?.value ?? null;
    refusals.push({ member: ['replicationMetrics'], reason: points.unread });
    return 'unknown';
  };
  return { rule, destination, pendingOperations: lastOf('pending'), latency: lastOf('latency') };
}

async function readUse(at: Connection, period: Period, refusals: Refusal[]): Promise<KmsUseSnapshot> {
  const [minutes, quota] = await Promise.all([
    noteOptional<Known<Points>>((reading) => reading(['kms'], readKmsMinutes(at, period))),
    readKmsQuota(at),
  ]);
  // Without the quota of the account, AWS's default counts.
  refusals.push(...minutes.refusals, ...quota.refusals.map((one) => ({ ...one, member: ['kmsQuota', ...one.member] })));
  const { value } = minutes;
  if (value !== 'unknown' && isUnread(value)) refusals.push({ member: ['kms'], reason: value.unread });
  const isKnown = value !== 'unknown' && !isUnread(value);
  const requests = isKnown ? maxOf([0, ...value.map((one) => one.value)]) / 60 : 'unknown';
  return { region: at.region, requests, quota: quota.value.perSecond };
}
