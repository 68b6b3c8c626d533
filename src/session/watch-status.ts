/** Looks again each minute, until somebody leaves. */
import { setTimeout } from 'node:timers/promises';
import type { Surroundings } from '../connect/surroundings.ts';
import { Failure, isStop, stopFailure } from '../events/failure.ts';
import type { Round } from '../show/status-text.ts';
import type { View } from '../show/view.ts';
import type { Status } from '../status/replication-status.ts';
import type { Context } from './context.ts';
import { explain } from './explain.ts';

export interface Watch {
  /** @throws what ends it, and what passes: then the last numbers stay, with their age. */
  read(): Promise<Status>;
  /** Until the next look, or until the signal is aborted. */
  pause(signal: AbortSignal): Promise<void>;
  /** In milliseconds since 1970. */
  now(): number;
  readonly view: Pick<View, 'round' | 'left'>;
  /** Of Ctrl-C, and of the deadline. */
  readonly signal: AbortSignal;
}

const minuteMs = 60_000;

/** Aborted by what aborts `left`, and once nobody reads the output any more (`| head`). */
export function signalLeaving(
  left: AbortSignal | undefined,
  { streams = process }: Pick<Context, 'streams'>,
): AbortSignal {
  const unread = new AbortController();
  streams.stdout.once('error', () => unread.abort());
  return left ? AbortSignal.any([left, unread.signal]) : unread.signal;
}

/** The metrics come each minute, so nobody asks AWS more often. In the sandbox that minute takes a second: its clock goes on by itself. */
export function pauseMinute({ sandbox, sleep }: Pick<Surroundings, 'sandbox' | 'sleep'>): Watch['pause'] {
  return async (signal) => {
    try {
      await setTimeout(sandbox ? 1_000 : minuteMs, undefined, { signal });
      if (sandbox) await sleep(minuteMs);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  };
}

/**
 * @returns the last status, when somebody leaves with q or the deadline has passed; it is `unknown` at best where no newer one could be read.
 * @throws Failure `cancelled` on Ctrl-C; what the first look threw; what no later look would do without, such as credentials.
 */
export async function watchStatus(watch: Watch): Promise<Status> {
  const { view, signal, pause } = watch;
  const stop = view.left ? AbortSignal.any([signal, view.left]) : signal;
  let last: Round | undefined;
  while (!stop.aborted) {
    const round = await untilAborted(look(watch, last), stop);
    if (round === undefined) break;
    last = round;
    view.round(round);
    await pause(stop);
  }
  return endOf(last, watch);
}

async function look({ read, now, signal }: Watch, last: Round | undefined): Promise<Round> {
  try {
    return { status: await read() };
  } catch (error) {
    if (last === undefined || isStop(error, signal)) throw error;
    const failure = explain(error);
    if (failure.outcome !== 'failed' || failure.code === 'bug') throw error;
    return { status: last.status, failedLook: { at: now(), message: failure.message } };
  }
}

/** Undefined once somebody leaves: nobody waits for what is under way. @throws what the work throws before. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const over = new AbortController();
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { signal: over.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    over.abort();
  }
}

function endOf(last: Round | undefined, { view: { left }, signal }: Watch): Status {
  const isDeadline = signal.reason instanceof Failure;
  const end = left?.aborted && left.reason instanceof Failure ? left.reason : undefined;
  if (end) throw end;
  if (signal.aborted && !isDeadline) throw new Failure('cancelled', 'cancelled', 'stopped watching');
  if (last) return last.failedLook ? doubt(last.status, last.failedLook.message) : last.status;
  throw signal.aborted
    ? stopFailure(signal, 'before the first look ended')
    : new Failure('cancelled', 'cancelled', 'stopped before the first look ended');
}

/** What was healthy may no longer be. */
function doubt(status: Status, why: string): Status {
  const reason = { kind: 'unread', what: 'replication', why } as const;
  return {
    ...status,
    outcome: status.outcome === 'blocked' ? 'blocked' : 'unknown',
    reasons: [...status.reasons, reason],
  };
}
