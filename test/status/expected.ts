/** What S3 and KMS must have counted of a history: by the objects, by the events of failures, and by when each was written. */
import type { Point } from '../../src/status/points.ts';
import type { Period } from '../../src/status/replication-status.ts';
import type { Metric } from '../../src/status/status-facts.ts';
import { far, type History, idOf, near, type Operation, type rules } from './history.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

type RuleName = (typeof rules)[number]['name'];

/** Of each minute that is over. */
export class Expected {
  readonly #history: History;
  readonly #period: Period;

  constructor(history: History, period: Period) {
    this.#history = history;
    this.#period = period;
  }

  /** Oldest first, by the minute. */
  points(metric: Metric, name: RuleName): readonly Point[] {
    const { from, to } = this.#period;
    const found: Point[] = [];
    for (let at = from; at + minuteMs <= to; at += minuteMs) {
      const value = this.#valueOf(metric, name, at);
      if (value !== undefined) found.push({ at, value });
    }
    return found;
  }

  #valueOf(metric: Metric, name: RuleName, minute: number): number | undefined {
    const end = minute + minuteMs;
    const ended = this.#endedIn(name, minute);
    const failed = ended.filter((one) => this.hasFailed(one, name));
    if (metric === 'operations') return ended.length || undefined;
    if (metric === 'failed') return ended.length === 0 ? undefined : failed.length;
    if (!this.#isPublished(name, end)) return undefined;
    const pending = this.#pendingAt(name, end);
    if (metric === 'pending') return pending.length;
    if (metric === 'bytes') return pending.reduce((sum, { size }) => sum + size, 0);
    const waited = pending.map(({ at }) => end - at);
    const took = ended.filter((one) => !failed.includes(one)).map(({ at, due }) => due - at);
    return Math.max(0, ...waited, ...took) / 1000;
  }

  /** Live operations that a rule with metrics took in. */
  #endedIn(name: RuleName, minute: number): readonly Operation[] {
    return this.#history.operations.filter(
      (one) =>
        one.rules.some((rule) => rule.name === name && rule.metrics) &&
        one.due >= minute &&
        one.due < minute + minuteMs &&
        hasEnded(one, minute + minuteMs),
    );
  }

  #pendingAt(name: RuleName, time: number): readonly Operation[] {
    return this.#history.operations.filter(
      (one) =>
        one.rules.some((rule) => rule.name === name) &&
        one.at <= time &&
        one.due > time &&
        (one.erased === undefined || one.erased > time),
    );
  }

  /** From the rule's first object on, while the rule is enabled and has metrics. */
  #isPublished(name: RuleName, time: number): boolean {
    const { operations, settings } = this.#history;
    const setting = settings[name].findLast(({ since }) => since <= time);
    const hasBegun = operations.some(
      (one) => one.at <= time && one.rules.some((rule) => rule.name === name && rule.metrics),
    );
    return hasBegun && setting?.isOn === true && setting.metrics;
  }

  /** By the event that S3 sent. */
  hasFailed({ kind, versionId, due }: Operation, name: RuleName): boolean {
    const { events } = this.#history.practice.sandbox.state.replication;
    const operation = { put: 'OBJECT_PUT', marker: 'OBJECT_DELETE', tags: 'OBJECT_TAGGING' }[kind];
    return Object.values(events).some(
      ({ eventTime, s3, replicationEventData: { replicationRuleId, s3Operation } }) =>
        replicationRuleId === idOf(name) &&
        s3.object.versionId === versionId &&
        s3Operation === operation &&
        Date.parse(eventTime) === due,
    );
  }

  /** By the destination bucket. */
  hasArrived({ key, versionId }: Operation, destination: string): boolean {
    const { objects = {} } = this.#history.practice.sandbox.state.buckets[destination] ?? {};
    return (objects[key] ?? []).some((one) => one.versionId === versionId);
  }

  /** A request for each object that is written, one for each that is read for a replica, one for each replica. */
  kms(region: string): readonly Point[] {
    const puts = this.#history.operations.filter(({ kind }) => kind === 'put');
    const ended = puts.filter((one) => hasEnded(one, this.#history.now));
    const arrived = (...at: readonly string[]) => ended.filter((one) => at.some((to) => this.hasArrived(one, to)));
    const times: Readonly<Record<string, readonly number[]>> = {
      'eu-west-1': [...puts.map(({ at }) => at), ...arrived(near, far).map(({ due }) => due)],
      'eu-central-1': arrived(near).map(({ due }) => due),
      'us-east-2': arrived(far).map(({ due }) => due),
    };
    const byMinute = new Map<number, number>();
    for (const time of (times[region] ?? []).toSorted((a, b) => a - b)) {
      const minute = Math.floor(time / minuteMs) * minuteMs;
      byMinute.set(minute, (byMinute.get(minute) ?? 0) + 1);
    }
    const { from, to } = this.#period;
    return [...byMinute].flatMap(([at, value]) => (at >= from && at < to ? [{ at, value }] : []));
  }

  /** Of a rule that is on. */
  numbers(name: RuleName) {
    const { to } = this.#period;
    const [failed, operations] = [this.points('failed', name), this.points('operations', name)];
    const bad = failed.filter(({ value }) => value > 0);
    const [pending, latency] = [this.points('pending', name), this.points('latency', name)];
    return {
      failed:
        operations.length === 0
          ? 'none'
          : {
              count: sum(bad),
              operations: sum(operations),
              recent: sum(bad.filter(({ at }) => at + minuteMs > to - hourMs)),
              first: bad[0]?.at ?? null,
              last: bad.at(-1)?.at ?? null,
            },
      pending: now(pending, 'operations'),
      latency: now(latency, 'seconds'),
    };
  }
}

function now(points: readonly Point[], name: string) {
  const last = points.at(-1);
  if (last === undefined) return 'none';
  const worst = Math.max(...points.map(({ value }) => value));
  const worstAt = points.findLast(({ value }) => value === worst)?.at;
  return { [name]: last.value, asOf: last.at + minuteMs, worst, worstAt };
}

function sum(points: readonly Point[]): number {
  return points.reduce((total, { value }) => total + value, 0);
}

/** Of a version that is gone by then nothing is left to replicate. */
function hasEnded({ due, erased }: Operation, now: number): boolean {
  return due <= now && (erased === undefined || erased > due);
}
