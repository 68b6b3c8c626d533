/** Several runs in one sandbox, of whose requests one at a time is executed: which one, is chosen. */
import type { HttpRequest } from '@smithy/core/transport';
import type { HttpHandlerOptions } from '@smithy/types';
import type { Surroundings } from '../../src/connect/surroundings.ts';
import type { Event } from '../../src/events/event.ts';
import type { Failure } from '../../src/events/failure.ts';
import { openSandbox, type Sandbox, sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import type { SandboxState } from '../../src/sandbox/store/state.ts';
import { explain } from '../../src/session/explain.ts';
import { copyOf } from '../crash/cloud.ts';

export type Run = (surroundings: Surroundings) => Promise<unknown>;

/** Says which of the runs that wait goes on; `made` counts the requests of each run so far. */
export type Choose = (waiting: readonly number[], made: readonly number[]) => number;

export interface Raced {
  readonly sandbox: Sandbox;
  /** By run: how it failed, or undefined where it told a success. */
  readonly failures: readonly (Failure | undefined)[];
  readonly events: readonly (readonly Event[])[];
  readonly requests: readonly number[];
}

interface Waiting {
  readonly run: number;
  /** Virtual time at which it may go on. */
  readonly at: number;
  readonly go: () => Promise<void>;
}

/** Runs all of them to their ends. */
export async function race(start: SandboxState, runs: readonly Run[], choose: Choose): Promise<Raced> {
  const sandbox = await openSandbox();
  Object.assign(sandbox.state, copyOf(start));
  const { clock } = sandbox;
  const made = runs.map(() => 0);
  const events: Event[][] = runs.map(() => []);
  let waiting: Waiting[] = [];
  let quietFor = 0;
  let running = runs.length;

  /** Waits to be chosen, and then does the work. */
  const queued = <T>(run: number, at: number, work: () => Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      quietFor = 0;
      waiting.push({ run, at, go: () => work().then(resolve, reject) });
    });
  const surroundings = (run: number): Surroundings => ({
    report: (event) => events[run]?.push(event),
    env: process.env,
    requestHandler: {
      ...sandbox.requestHandler,
      handle: (request: HttpRequest, options?: HttpHandlerOptions) =>
        queued(run, 0, () => {
          made[run] = (made[run] ?? 0) + 1;
          return sandbox.requestHandler.handle(request, options);
        }),
    },
    credentialsFor:
      ({ account }) =>
      async () =>
        sandboxCredentials(account ?? ''),
    now: clock.now,
    sleep: (milliseconds) => queued(run, clock.now() + milliseconds, async () => undefined),
  });

  const ends = runs.map((run, index) =>
    run(surroundings(index))
      .then(
        () => undefined,
        (error: unknown) => explain(error),
      )
      .finally(() => {
        quietFor = 0;
        running -= 1;
      }),
  );
  while (running > 0) {
    await new Promise((resolve) => setImmediate(resolve));
    quietFor += 1;
    if (quietFor < 4 || waiting.length === 0) continue;
    quietFor = 0;
    const ready = waiting.filter(({ at }) => at <= clock.now());
    if (ready.length === 0) {
      await clock.sleep(Math.min(...waiting.map(({ at }) => at)) - clock.now());
      continue;
    }
    const chosen = choose([...new Set(ready.map(({ run }) => run))].sort(), made);
    const next = ready.find(({ run }) => run === chosen) ?? ready[0];
    waiting = waiting.filter((one) => one !== next);
    await next?.go();
  }
  return { sandbox, failures: await Promise.all(ends), events, requests: made };
}

/** Throws dice, the same again for the same seed. */
export function byDice(seed: number): Choose {
  let state = seed;
  return (waiting) => {
    // Mulberry32: small, and good enough.
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return waiting[((mixed ^ (mixed >>> 14)) >>> 0) % waiting.length] ?? 0;
  };
}

/** The first run makes so many requests, then the second one goes to its end, and the first one goes on. */
export function interruptedAfter(requests: number): Choose {
  return (waiting, made) => {
    const first = (made[0] ?? 0) < requests ? 0 : 1;
    return waiting.includes(first) ? first : (waiting[0] ?? 0);
  };
}
