import { emptyRecord } from '../store/record.ts';
import { unwrapRecorded } from '../store/recorder.ts';
import type { Bucket, SandboxState } from '../store/state.ts';

const dayMs = 24 * 3_600_000;

/** CloudWatch keeps statistics for 15 months (S3 User Guide, cloudwatch-monitoring). */
const keptDays = 455;

/** Counts the objects of each bucket at every midnight (UTC) of the virtual clock. */
export class DailyCounts {
  readonly #state: SandboxState;
  #next: number;

  constructor(state: SandboxState) {
    this.#state = state;
    this.#next = firstUncounted(state);
  }

  /** @param pass lets the clock go on to a time, and gives whether anything was due. Gives whether anything was, or was counted. */
  passUntil(end: number, pass: (end: number) => boolean): boolean {
    let worked = false;
    for (; this.#next <= end; this.#next += dayMs) {
      // Between two runs midnights may have passed, and nothing has changed.
      if (this.#next > this.#state.now) worked = pass(this.#next) || worked;
      worked = this.#count(this.#next) || worked;
    }
    return pass(end) || worked;
  }

  #count(midnight: number): boolean {
    const buckets = Object.values(this.#state.buckets).filter(({ created }) => created < midnight);
    for (const bucket of buckets) {
      bucket.objectCounts ??= emptyRecord();
      bucket.objectCounts[dayOf(midnight)] ??= numberOfObjects(bucket);
      for (const day of Object.keys(bucket.objectCounts))
        if (Date.parse(day) <= midnight - keptDays * dayMs) delete bucket.objectCounts[day];
    }
    return buckets.length > 0;
  }
}

function firstUncounted({ buckets, now }: SandboxState): number {
  const counted = Object.values(buckets).flatMap(({ objectCounts }) => Object.keys(objectCounts ?? {}));
  const lastCounted = Math.max(...counted.map((day) => Date.parse(day)));
  const firstMade = Math.min(now, ...Object.values(buckets).map(({ created }) => created));
  const since = counted.length > 0 ? lastCounted : startOfDay(firstMade);
  return Math.max(since + dayMs, startOfDay(now) - (keptDays - 1) * dayMs);
}

/** Current and noncurrent versions, delete markers, and the parts of uploads that are not complete (S3 User Guide, metrics-dimensions). */
function numberOfObjects(bucket: Bucket): number {
  const versions = Object.values(unwrapRecorded(bucket.objects)).map((all) => all.length);
  const parts = Object.values(unwrapRecorded(bucket.uploads)).map((upload) => Object.keys(upload.parts).length);
  return [...versions, ...parts].reduce((sum, one) => sum + one, 0);
}

function startOfDay(time: number): number {
  return Math.floor(time / dayMs) * dayMs;
}

function dayOf(midnight: number): string {
  return new Date(midnight).toISOString().slice(0, 10);
}
