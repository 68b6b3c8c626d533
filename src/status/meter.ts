/** What the metrics of a rule say at one destination. */
import { gapsIn, highestOf, lineOf, maxOf, type Point, staleMs, sumOf } from './points.ts';
import type { Failed, Latency, Metered, Pending, Period } from './replication-status.ts';
import { isUnread, type Metric, type Points, type SeriesRead } from './status-facts.ts';

export const hourMs = 3_600_000;

export interface RuleMeters {
  readonly failed: Metered<Failed>;
  readonly pending: Metered<Pending>;
  readonly latency: Metered<Latency>;
}

/** Of a rule that S3 counts nothing of. */
export const metersOff: RuleMeters = { failed: 'off', pending: 'off', latency: 'off' };

/** @param series of the rule at its destination; one that is not in it was not read. */
export function readMeters(series: readonly SeriesRead[], period: Period): RuleMeters {
  const find = (metric: Metric): Points =>
    series.find((one) => one.metric === metric)?.points ?? {
      unread: 'the Region of the destination bucket is not known',
    };
  return {
    failed: meterFailed(find('failed'), find('operations'), period),
    pending: meterPending(find('pending'), find('bytes'), period),
    latency: meterLatency(find('latency'), period),
  };
}

function meterFailed(failed: Points, operations: Points, period: Period): Metered<Failed> {
  if (isUnread(failed)) return { unread: failed.unread };
  if (isUnread(operations)) return { unread: operations.unread };
  if (failed.length === 0) return 'none';
  const bad = failed.filter(({ value }) => value > 0);
  const recent = bad.filter(({ at }) => at + period.step > period.to - hourMs);
  return {
    count: sumValues(bad),
    operations: sumValues(operations),
    recent: sumValues(recent),
    first: bad[0]?.at ?? null,
    last: bad.at(-1)?.at ?? null,
    line: lineOf(failed, period, sumOf),
  };
}

function meterPending(pending: Points, bytes: Points, period: Period): Metered<Pending> {
  if (isUnread(pending)) return { unread: pending.unread };
  const [last, most] = [pending.at(-1), highestOf(pending)];
  if (last === undefined || most === undefined) return 'none';
  const waiting = isUnread(bytes) ? undefined : bytes.find(({ at }) => at === last.at);
  return {
    operations: last.value,
    bytes: waiting?.value ?? 'unknown',
    asOf: endOf(last, period),
    worst: most.value,
    worstAt: most.at,
    line: lineOf(pending, period, maxOf),
    gaps: gapsIn(pending, period),
    isStale: period.to - endOf(last, period) > staleMs,
  };
}

function meterLatency(latency: Points, period: Period): Metered<Latency> {
  if (isUnread(latency)) return { unread: latency.unread };
  const [last, most] = [latency.at(-1), highestOf(latency)];
  if (last === undefined || most === undefined) return 'none';
  return {
    seconds: last.value,
    asOf: endOf(last, period),
    worst: most.value,
    worstAt: most.at,
    line: lineOf(latency, period, maxOf),
  };
}

/** The last step may not be over. */
function endOf({ at }: Point, { step, to }: Period): number {
  return Math.min(at + step, to);
}

function sumValues(points: readonly Point[]): number {
  return sumOf(points.map(({ value }) => value));
}
