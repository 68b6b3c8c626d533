/** What S3 tells CloudWatch of replication, by minute (S3 User Guide, replication-metrics and metrics-dimensions; recorded fact 68). */
import { bucketNameIn } from '../../aws/arn.ts';
import type { Region } from '../../aws/brand.ts';
import type { Rule } from '../../model/replication/rule.ts';
import type { Pending, ReplicationSeries } from '../cloudwatch/cloudwatch-state.ts';
import { findVersion } from '../s3/object-store.ts';
import type { Bucket, SandboxState } from '../store/state.ts';
import type { Queued } from './replication-state.ts';

const minuteMs = 60_000;

/** CloudWatch keeps the values of single minutes for 15 days (CloudWatch User Guide, cloudwatch_concepts). */
const keptMs = 15 * 24 * 60 * minuteMs;

const nothing: Pending = { operations: 0, bytes: 0, latency: 0 };

interface Told {
  readonly state: SandboxState;
  readonly bucket: Bucket;
  readonly rule: Rule;
}

/** From a rule's first object on there are metrics. */
export function noteTaken(told: Told): void {
  if (told.rule.metrics) seriesOf(told);
}

/** @param since when the source was written; absent: not live replication, which alone is measured. */
export function noteOperation(told: Told, what: 'replicated' | 'failed', since?: number): void {
  const { state, rule } = told;
  if (!rule.metrics) return;
  const { operations, pending } = seriesOf(told);
  const minute = startOfMinute(state.now);
  const { count, failed } = operations[minute] ?? { count: 0, failed: 0 };
  if (count === 0) forgetOld(operations, state.now);
  operations[minute] = { count: count + 1, failed: failed + (what === 'failed' ? 1 : 0) };
  if (what === 'replicated' && since !== undefined)
    addPending(pending, minute, { ...nothing, latency: (state.now - since) / 1000 });
}

/** At a minute's end: what is pending then counts for it. */
export function samplePending(state: SandboxState): void {
  const minute = startOfMinute(state.now) - minuteMs;
  const open = Object.values(state.cloudWatch.series).filter((series) => publish(state, series, minute));
  if (open.length === 0) return;
  for (const item of Object.values(state.replication.queue)) {
    const waiting = pendingOf(state, item);
    if (waiting === undefined) continue;
    for (const { bucket, rule, pending } of open) {
      if (bucket === item.bucket && item.rules.includes(rule)) addPending(pending, minute, waiting);
    }
  }
}

/** Not of minutes that are not over. */
export function operationsIn(series: ReplicationSeries, now: number) {
  return Object.entries(series.operations)
    .map(([minute, { count, failed }]) => ({ time: Number(minute), value: failed, count }))
    .filter(({ time }) => time + minuteMs <= now);
}

interface Window {
  readonly from: number;
  readonly to: number;
}

/** In a Region, also where nothing is pending. Not of minutes that are not over. */
export function pendingIn(series: ReplicationSeries, region: Region, now: number, { from, to }: Window) {
  const end = Math.min(to, startOfMinute(now));
  return Object.entries(series.published).flatMap(([begin, published]) => {
    if (published.region !== region) return [];
    const first = startOfMinute(Math.max(Number(begin), from, now - keptMs) + minuteMs - 1);
    const last = Math.min(published.until ?? end, end);
    const minutes = Math.max(0, Math.ceil((last - first) / minuteMs));
    return Array.from({ length: minutes }, (_, index) => {
      const time = first + index * minuteMs;
      return { time, ...(series.pending[time] ?? nothing) };
    });
  });
}

function seriesOf({ state, bucket, rule }: Told): ReplicationSeries {
  const { series } = state.cloudWatch;
  const destination = bucketNameIn(rule.destination);
  const name = [bucket.account, bucket.region, bucket.name, destination, rule.id].join(' ');
  series[name] ??= {
    account: bucket.account,
    bucket: bucket.name,
    region: bucket.region,
    destination,
    rule: rule.id,
    published: {},
    operations: {},
    pending: {},
  };
  return series[name];
}

/** Begins and ends the metrics of what is pending; gives whether the minute has them. */
function publish(state: SandboxState, series: ReplicationSeries, minute: number): boolean {
  const region = findRegion(state, series);
  const open = Object.entries(series.published).find(([, { until }]) => until === null);
  if (open !== undefined && open[1].region === region) return true;
  if (open !== undefined) series.published[open[0]] = { ...open[1], until: minute };
  if (region !== undefined) series.published[minute] = { region, until: null };
  return region !== undefined;
}

/** The destination's Region; not without the rule, its metrics or the destination bucket. */
function findRegion({ buckets }: SandboxState, { account, bucket, ...series }: ReplicationSeries): Region | undefined {
  const source = buckets[bucket];
  if (source?.account !== account || source.region !== series.region) return undefined;
  const rule = source.replication?.Rules.find(({ ID }) => ID === series.rule);
  const isTold = rule?.Status === 'Enabled' && rule.Destination.Metrics?.Status === 'Enabled';
  if (!isTold || bucketNameIn(rule.Destination.Bucket) !== series.destination) return undefined;
  return buckets[series.destination]?.region;
}

/** Nothing, where the version is gone. */
function pendingOf(state: SandboxState, { bucket, key, versionId, part, since, began }: Queued): Pending | undefined {
  const source = state.buckets[bucket];
  const version = source && findVersion(source, key, versionId);
  if (version === undefined) return undefined;
  const bytes = part === undefined && !version.deleteMarker ? version.size : 0;
  return { operations: 1, bytes, latency: (state.now - (began ?? since)) / 1000 };
}

function addPending(all: Record<string, Pending>, minute: number, more: Pending): void {
  const before = all[minute] ?? nothing;
  if (before === nothing) forgetOld(all, minute);
  all[minute] = {
    operations: before.operations + more.operations,
    bytes: before.bytes + more.bytes,
    latency: Math.max(before.latency, more.latency),
  };
}

/** They are in the order of time, as the clock never goes back. */
function forgetOld(all: Record<string, unknown>, now: number): void {
  for (const minute of Object.keys(all)) {
    if (Number(minute) >= now - keptMs) return;
    delete all[minute];
  }
}

function startOfMinute(time: number): number {
  return Math.floor(time / minuteMs) * minuteMs;
}
