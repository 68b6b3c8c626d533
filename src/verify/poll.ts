import type { Surroundings } from '../connect/surroundings.ts';
import { stopFailure } from '../events/failure.ts';

const firstPauseMs = 1_000;
const longestPauseMs = 10_000;

export interface PollWork {
  readonly surroundings: Pick<Surroundings, 'report' | 'now' | 'sleep'>;
  /** Aborted by Ctrl-C, or at the deadline. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

interface Awaited {
  readonly resource: string;
  /** Completes "waiting for". */
  readonly reason: string;
  /** Completes "stopped". */
  readonly stopped: string;
}

/** @param started when the time began, as `now` says it. @returns undefined at the end of the time. @throws Failure when stopped. */
export async function poll<T>(
  { resource, reason, stopped }: Awaited,
  { surroundings, signal, timeoutMs }: PollWork,
  started: number,
  look: (waited: number) => Promise<T | undefined>,
): Promise<T | undefined> {
  const { report, now, sleep } = surroundings;
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.5, longestPauseMs)) {
    const waited = now() - started;
    const found = await look(waited);
    if (found !== undefined) return found;
    if (waited >= timeoutMs) return undefined;
    report({ type: 'pending', resource, reason, seconds: Math.round(waited / 1000) });
    await sleep(Math.min(pause, timeoutMs - waited));
    if (signal.aborted) throw stopFailure(signal, stopped);
  }
}
