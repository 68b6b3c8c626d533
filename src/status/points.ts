/** Values of a metric over a period. */
import type { Gap, Period } from './replication-status.ts';

/** A value, of the step that begins then. */
export interface Point {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly value: number;
}

/** Of a line: hours of a day. */
export const lineParts = 24;

const minuteMs = 60_000;

/** In milliseconds, a choice: the metrics come each minute as well as S3 can (S3 User Guide, replication-metrics), so that one that is late is no gap. */
const lateMs = 5 * minuteMs;

/** In milliseconds: after so long S3 shows the first values (S3 User Guide, replication-metrics: 15 minutes), so an older last value is not how it is now. */
export const staleMs = 15 * minuteMs;

/** Oldest first; null: a part without a value. @param join of the values of a part. */
export function lineOf(points: readonly Point[], { from, to }: Period, join: (values: readonly number[]) => number) {
  const parts: number[][] = Array.from({ length: lineParts }, () => []);
  const length = (to - from) / lineParts;
  for (const { at, value } of points) parts[Math.min(lineParts - 1, Math.floor((at - from) / length))]?.push(value);
  return parts.map((values) => (values.length === 0 ? null : join(values)));
}

/** Where a metric that is published each minute has no values; before the first one, too. @param points oldest first. */
export function gapsIn(points: readonly Point[], { from, to, step }: Period): readonly Gap[] {
  const ends = [from, ...points.map(({ at }) => at + step)];
  const begins = [...points.map(({ at }) => at), to];
  return ends.flatMap((end, index) => {
    const next = begins[index] ?? to;
    return next - end > lateMs ? [{ from: end, to: next }] : [];
  });
}

/** The last of the highest. */
export function highestOf(points: readonly Point[]): Point | undefined {
  return points.reduce<Point | undefined>((most, one) => (most && most.value > one.value ? most : one), undefined);
}

export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

export function maxOf(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
}
