import type { Queued } from './replication-state.ts';

/** In the order of time. */
type Queue = ReadonlyMap<number, Queued>;

/** @param delay virtual milliseconds until an item is due. */
export function listDue(queue: Queue, delay: number, now: number): readonly (readonly [number, Queued])[] {
  const due: (readonly [number, Queued])[] = [];
  for (const entry of queue) {
    if (entry[1].since + delay > now) break;
    due.push(entry);
  }
  return due;
}

/** When the first item is due; infinite where there is none. */
export function nextDue(queue: Queue, delay: number): number {
  const [first] = queue.values();
  return first === undefined ? Number.POSITIVE_INFINITY : first.since + delay;
}
