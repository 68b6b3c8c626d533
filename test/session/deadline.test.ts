import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Result } from '../../src/events/event.ts';
import { Failure } from '../../src/events/failure.ts';
import { openSandbox, type Sandbox, sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import type { Context } from '../../src/session/context.ts';
import { runByDeadline } from '../../src/session/deadline.ts';
import { parseDuration, parseMinutes } from '../../src/session/duration.ts';
import { explain } from '../../src/session/explain.ts';
import { SOURCE } from '../builders.ts';
import { runApply, runDestroy, runVerify } from '../run-command.ts';

let state: string;
beforeEach(() => {
  // On a slow machine the work itself would meet the deadline: here only what is waited for in the sandbox takes time.
  vi.useFakeTimers({ toFake: ['Date'] });
  state = mkdtempSync(join(tmpdir(), 's3repl-deadline-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(state, { recursive: true, force: true });
});

function aContext(signal = new AbortController().signal) {
  let stdout = '';
  const context: Context = {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: () => undefined },
    env: {},
    signal,
    use: () => undefined,
  };
  const events = () =>
    stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { readonly type: string; readonly [member: string]: unknown });
  return { context, events };
}

const options = () => ({
  config: 'docs/examples/invoices.yaml',
  json: true,
  yes: true,
  sandbox: true,
  state,
  color: false,
  flagValues: {},
  canary: true,
  wait: true,
  timeout: 15,
});

async function failureOf(run: Promise<Result>): Promise<Failure> {
  const ended = await run.catch((error: unknown) => explain(error));
  if (ended instanceof Failure) return ended;
  throw new Error(`a failure was expected, not ${ended.outcome}`);
}

/** What the sandbox holds, and what somebody else does in it. */
async function inSandbox<T>(look: (sandbox: Sandbox) => T | Promise<T>): Promise<T> {
  const sandbox = await openSandbox({ directory: state });
  try {
    return await look(sandbox);
  } finally {
    await sandbox.close();
  }
}

function objectCount(): Promise<number> {
  return inSandbox(({ state: { buckets } }) =>
    Object.values(buckets).reduce((sum, { objects }) => sum + Object.keys(objects).length, 0),
  );
}

describe('the deadline of apply', () => {
  it('ends it with what is done and what is left, begins nothing more, and the next run goes on', async () => {
    const { context, events } = aContext();
    // A new role is shown eight seconds late: apply waits for it.
    const failure = await failureOf(runApply({ ...options(), deadline: 4_000 }, context));

    expect(failure).toMatchObject({ outcome: 'failed', code: 'deadline' });
    expect(failure.message).toMatch(
      /^the deadline of 4 seconds has passed: stopped after 6 of 9 changes, 2 more started; left: .*policy of bucket acme-invoices-replica \(222222222222\), replication configuration/,
    );
    expect(failure.fix).toContain('run the same command again');
    const statuses = (status: string) => events().filter((event) => event.type === 'step' && event.status === status);
    expect(statuses('done')).toHaveLength(6);
    expect(statuses('skipped')).toHaveLength(3);
    expect(statuses('failed')).toEqual([]);

    expect(await runApply({ ...options(), deadline: 60_000 }, aContext().context)).toMatchObject({
      outcome: 'applied',
    });
  });

  it('lets any number of calls wait for it', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    onTestFinished(() => {
      process.off('warning', onWarning);
    });
    await runApply({ ...options(), verify: true, deadline: 600_000 }, aContext().context);
    expect(warnings.filter(({ name }) => name === 'MaxListenersExceededWarning')).toEqual([]);
  });

  it('before the first write says that nothing was changed', async () => {
    vi.useRealTimers();
    const failure = await failureOf(runApply({ ...options(), deadline: 20 }, aContext().context));
    expect(failure.message).toBe('the deadline of 0.02 seconds has passed: stopped before anything was changed');
    expect(await inSandbox(({ state }) => Object.keys(state.buckets))).toEqual([]);
  });

  it('after the last write says that it was not read back', async () => {
    const failure = await failureOf(
      runApply({ ...options(), sandboxLag: ['replication=60000 ms'], deadline: 30_000 }, aContext().context),
    );
    expect(failure).toMatchObject({ outcome: 'failed', code: 'deadline' });
    expect(failure.message).toContain('stopped after the last change, before s3repl checked the result');
  });

  it('leaves it to --verify to say that all is written, and nothing proven', async () => {
    const { context } = aContext();
    const run = runApply(
      { ...options(), verify: true, sandboxLag: ['object-replicated=600000 ms'], deadline: 60_000 },
      context,
    );
    expect(await run).toMatchObject({
      outcome: 'unknown',
      error: {
        code: 'deadline',
        message: expect.stringMatching(/^everything is written, but the deadline of 1 minute has/),
      },
    });
    expect(await objectCount()).toBe(0);
  });
});

describe('the deadline of verify', () => {
  it('leaves unknown whether the canary would have arrived, and removes it', async () => {
    await runApply(options(), aContext().context);
    const result = await runVerify(
      { ...options(), sandboxLag: ['object-replicated=600000 ms'], deadline: 90_000 },
      aContext().context,
    );
    expect(result).toMatchObject({
      outcome: 'unknown',
      error: {
        code: 'deadline',
        message: expect.stringMatching(
          /^the deadline of 90 seconds has passed: stopped before the test was complete; what remains of the canaries is listed above$/,
        ),
      },
    });
    expect(await objectCount()).toBe(0);
  });
});

describe('the deadline of destroy', () => {
  it('takes no rights away while objects are PENDING', async () => {
    await runApply(options(), aContext().context);
    await inSandbox(({ requestHandler }) =>
      new S3Client({ region: 'eu-west-1', credentials: sandboxCredentials(SOURCE), requestHandler }).send(
        new PutObjectCommand({ Bucket: 'acme-invoices', Key: 'one', Body: 'one' }),
      ),
    );
    const failure = await failureOf(
      runDestroy({ ...options(), sandboxLag: ['object-replicated=6000000 ms'], deadline: 90_000 }, aContext().context),
    );
    expect(failure).toMatchObject({ outcome: 'failed', code: 'deadline' });
    expect(failure.message).toMatch(/stopped after 1 of \d changes; left: .*role s3repl-invoices-dr/);
    expect(await runDestroy({ ...options(), wait: false }, aContext().context)).toMatchObject({ outcome: 'destroyed' });
  });
});

describe('the deadline in real time', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const waiting = ({ signal }: Context) =>
    new Promise<Result>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

  it('is one for all that is done within it, and says of each part that has changed nothing', async () => {
    const part = (within: Context) =>
      runByDeadline({ deadline: 1 }, within, async (context) => {
        expect(context.deadline).toBe(within.deadline);
        within.deadline?.pass();
        context.signal.throwIfAborted();
        throw new Error('the deadline has passed');
      });
    const parts: Failure[] = [];
    await runByDeadline({ deadline: 60_000 }, aContext().context, async (context) => {
      parts.push(await failureOf(part(context)));
      return { outcome: 'done', changes: 0 };
    });
    expect(parts[0]?.message).toBe('the deadline of 1 minute has passed: stopped before anything was changed');
  });

  it('aborts the signal that the work has, and the calls', async () => {
    const seen: Context[] = [];
    const end = failureOf(
      runByDeadline({ deadline: 90_000 }, aContext().context, (context) => {
        seen.push(context);
        return waiting(context);
      }),
    );
    vi.advanceTimersByTime(89_999);
    expect(seen[0]?.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(seen[0]?.deadline?.signal.aborted).toBe(true);
    expect(await end).toMatchObject({ outcome: 'failed', code: 'deadline' });
  });

  it('is not what a run has ended of that Ctrl-C has ended before: its calls end by themselves', async () => {
    const interrupt = new AbortController();
    const seen: Context[] = [];
    const end = runByDeadline({ deadline: 90_000 }, aContext(interrupt.signal).context, (context) => {
      seen.push(context);
      return waiting(context);
    }).catch((error: unknown) => explain(error, true));
    interrupt.abort();
    expect(await end).toMatchObject({ outcome: 'cancelled' });
    expect(seen[0]?.deadline?.signal.aborted).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a duration', () => {
  it.each([
    ['90s', 90_000],
    ['15m', 900_000],
    ['1.5h', 5_400_000],
  ])('%s has a unit', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '15', '0s', '-1m', 'm', '1d', '1e3s', '15 m', '600h', '15mm'])('is not "%s"', (text) => {
    expect(() => parseDuration(text)).toThrow('use 90s, 15m or 2h, at most 24 days');
  });

  it.each([
    ['15', 15],
    ['0', 0],
    ['0.5', 0.5],
    ['90s', 1.5],
    ['2h', 120],
  ])('%s of --timeout is of minutes where it has no unit', (text, count) => {
    expect(parseMinutes(text)).toBe(count);
  });

  it.each(['', 'x', '15x', '-1'])('of --timeout is not "%s"', (text) => {
    expect(() => parseMinutes(text)).toThrow('use 90s, 15m or 2h; a bare number means minutes');
  });
});
