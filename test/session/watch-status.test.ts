import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/events/failure.ts';
import { pauseMinute, type Watch, watchStatus } from '../../src/session/watch-status.ts';
import type { Round } from '../../src/show/status-text.ts';
import type { Status } from '../../src/status/replication-status.ts';
import { aStatus, now } from '../show/status-builders.ts';

const minute = 60_000;

type Look = Status | Error | ((watching: Watching) => Status);

interface Watching {
  readonly stop: AbortController;
  readonly left: AbortController;
  readonly rounds: Round[];
  reads: number;
}

/** One look after the other, a minute apart, and then what the last one does ends it. */
function watching(looks: readonly Look[], afterLast: (watching: Watching) => void) {
  const state: Watching = { stop: new AbortController(), left: new AbortController(), rounds: [], reads: 0 };
  let time = now;
  const watch: Watch = {
    read: async () => {
      const look = looks[state.reads];
      state.reads += 1;
      if (look === undefined) throw new Error('nobody asked for that many');
      if (look instanceof Error) throw look;
      return typeof look === 'function' ? look(state) : look;
    },
    pause: async () => {
      time += minute;
      if (state.reads === looks.length) afterLast(state);
    },
    now: () => time,
    view: { round: (round) => state.rounds.push(round), left: state.left.signal },
    signal: state.stop.signal,
  };
  return { state, ended: watchStatus(watch) };
}

const leave = ({ left }: Watching) => left.abort();
const failing = aStatus({ outcome: 'blocked', reasons: [{ kind: 'no-rule' }] });
const noAnswer = new Failure('failed', 'TimeoutError', 'no answer to S3 GetBucketReplication');

describe('watching the status', () => {
  it('shows each look, and ends with the last one when somebody leaves', async () => {
    const { state, ended } = watching([aStatus(), failing], leave);
    expect(await ended).toBe(failing);
    expect(state.rounds).toEqual([{ status: expect.objectContaining({ outcome: 'healthy' }) }, { status: failing }]);
  });

  it('keeps the last numbers, with the time of the look that failed, and looks again', async () => {
    const { state, ended } = watching([aStatus(), noAnswer, failing], leave);
    expect(await ended).toBe(failing);
    expect(state.rounds.map(({ failedLook }) => failedLook)).toEqual([
      undefined,
      { at: now + minute, message: 'no answer to S3 GetBucketReplication' },
      undefined,
    ]);
    expect(state.rounds[1]?.status.outcome).toBe('healthy');
  });

  it.each([
    [aStatus(), 'unknown'],
    [failing, 'blocked'],
  ] as const)('never ends well by numbers that are old: %# ', async (last, outcome) => {
    const { ended } = watching([last, noAnswer], leave);
    const status = await ended;
    expect(status.outcome).toBe(outcome);
    expect(status.reasons.at(-1)).toEqual({ kind: 'unread', what: 'replication', why: noAnswer.message });
  });

  it.each([
    ['credentials that are rejected', new Failure('unauthorized', 'expired', 'sign in again')],
    ['a mistake of ours', new TypeError('x is undefined')],
    ['a question that nobody answers', new Failure('cancelled', 'cancelled', 'stopped')],
  ])('ends by %s, at any look', async (_, error) => {
    const { ended } = watching([aStatus(), error], leave);
    await expect(ended).rejects.toBe(error);
  });

  it('ends by what the first look throws: there is nothing to show', async () => {
    await expect(watching([noAnswer], leave).ended).rejects.toBe(noAnswer);
  });

  it('ends at the deadline with the last status', async () => {
    const deadline = new Failure('failed', 'deadline', 'the deadline of 2 min has passed');
    const { ended } = watching([aStatus(), failing], ({ stop }) => stop.abort(deadline));
    expect(await ended).toBe(failing);
  });

  it('has no status at a deadline before the end of the first look', async () => {
    const deadline = new Failure('failed', 'deadline', 'the deadline of 1 s has passed');
    const { ended } = watching(
      [
        ({ stop }) => {
          stop.abort(deadline);
          throw new Error('broken off');
        },
      ],
      leave,
    );
    await expect(ended).rejects.toMatchObject({ outcome: 'failed', code: 'deadline' });
  });

  it.each([
    ['as a key', ({ left }: Watching) => left.abort(new Failure('cancelled', 'cancelled', 'stopped watching'))],
    ['as a signal', ({ stop }: Watching) => stop.abort()],
  ])('is cancelled by Ctrl-C, %s', async (_, interrupt) => {
    await expect(watching([aStatus()], interrupt).ended).rejects.toMatchObject({ outcome: 'cancelled' });
  });

  it('waits for no look that is under way when somebody leaves', async () => {
    const left = new AbortController();
    const reads: number[] = [];
    const watch: Watch = {
      read: () => {
        reads.push(1);
        if (reads.length === 1) return Promise.resolve(failing);
        left.abort();
        return new Promise(() => undefined);
      },
      pause: async () => undefined,
      now: () => now,
      view: { round: () => undefined, left: left.signal },
      signal: new AbortController().signal,
    };
    expect(await watchStatus(watch)).toBe(failing);
  });
});

describe('the minute between two looks', () => {
  it('ends at once when somebody leaves', async () => {
    const left = new AbortController();
    const pause = pauseMinute({ sleep: () => Promise.reject(new Error('not in the sandbox')) });
    const over = pause(left.signal);
    left.abort();
    await expect(over).resolves.toBeUndefined();
  });

  it('does not move the clock of the sandbox when somebody has left', async () => {
    const slept: number[] = [];
    const pause = pauseMinute({
      sandbox: true,
      sleep: async (ms) => {
        slept.push(ms);
      },
    });
    await pause(AbortSignal.abort());
    expect(slept).toEqual([]);
  });
});
