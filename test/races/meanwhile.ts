/** When somebody else does something, while a run is at work. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll } from 'vitest';
import type { Event } from '../../src/events/event.ts';
import type { SandboxRequest } from '../../src/sandbox/practice/faults.ts';
import type { Practice } from '../apply/in-sandbox.ts';

export const byOperator = new AsyncLocalStorage<boolean>();
// Otherwise it is asked at every promise of the files that come after.
afterAll(() => byOperator.disable());

/** Does something right before each request that is described is executed; all others wait for it. */
export function at(practice: Practice, isIt: (request: SandboxRequest) => boolean, act: () => Promise<unknown>): void {
  let acting: Promise<unknown> | undefined;
  practice.meanwhile = async (request) => {
    if (byOperator.getStore()) return;
    if (isIt(request)) acting = byOperator.run(true, act);
    await acting;
  };
}

/** The nth request for an operation. */
export function nth(operation: string, times: number): (request: SandboxRequest) => boolean {
  let left = times;
  return (request) => request.operation === operation && --left === 0;
}

/** Reading back, after a document has been written so many times; or, `everyTime`, after each further time too. */
export function readingBack(operation: string, times: number, everyTime = false): (request: SandboxRequest) => boolean {
  let written = 0;
  let due = times;
  return (request) => {
    if (request.operation === operation) written += 1;
    // Of the reads, the first one that no document is read again with.
    if (!/^(GetBucketVersioning|DescribeKey)$/.test(request.operation) || written < due) return false;
    due = everyTime ? written + 1 : Number.POSITIVE_INFINITY;
    return true;
  };
}

export function warnings({ events }: Practice): readonly string[] {
  return events.flatMap((event: Event) => (event.type === 'warning' ? [event.code] : []));
}
