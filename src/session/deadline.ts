import { setMaxListeners } from 'node:events';
import type { HttpRequest } from '@smithy/core/transport';
import type { HttpHandlerOptions } from '@smithy/types';
import { type Command, Option } from 'commander';
import type { Surroundings } from '../connect/surroundings.ts';
import type { Result } from '../events/event.ts';
import { Failure, isStop, stopFailure } from '../events/failure.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { limitText } from '../show/duration.ts';
import type { Context } from './context.ts';
import { parseDuration } from './duration.ts';

export function withDeadlineOption(command: Command, of = 'the whole run'): Command {
  const description = `when ${of} has to end (90s, 15m, 2h)`;
  return command.addOption(new Option('--deadline <duration>', description).argParser(parseDuration));
}

/**
 * Breaks off requests under way at the deadline. @param options `deadline` in milliseconds; absent: none.
 * @throws Failure `failed`, of code `deadline`, which says how far the work got.
 */
export async function runByDeadline(
  { deadline: ms, sandbox }: { readonly deadline?: number; readonly sandbox?: boolean },
  context: Context,
  work: (context: Context) => Promise<Result>,
): Promise<Result> {
  if (ms === undefined) return work(context);
  // One deadline holds for several configurations together.
  if (context.deadline) return endByDeadline(context, work);
  const over = new AbortController();
  const pass = () =>
    over.abort(
      new Failure(
        'failed',
        'deadline',
        `the deadline of ${limitText(ms)} has passed`,
        'run the same command again: it continues where it stopped; if the deadline is always too short, use a longer one',
      ),
    );
  const timer = sandbox ? undefined : setTimeout(pass, ms);
  const signal = AbortSignal.any([context.signal, over.signal]);
  // Every call under way listens.
  setMaxListeners(0, over.signal, signal);
  try {
    return await endByDeadline({ ...context, signal, deadline: { signal: over.signal, ms, pass } }, work);
  } finally {
    clearTimeout(timer);
  }
}

async function endByDeadline(context: Context, work: (context: Context) => Promise<Result>): Promise<Result> {
  const { signal, deadline } = context;
  try {
    return await work(context);
  } catch (error) {
    const known = error instanceof Failure && error !== signal.reason;
    if (!known && signal.reason === deadline?.signal.reason && isStop(error, signal))
      throw stopFailure(signal, 'before anything was changed');
    throw error;
  }
}

/** In the sandbox waiting takes no time, so its own clock counts. */
export function virtualDeadline(
  { clock, requestHandler }: Pick<Sandbox, 'clock' | 'requestHandler'>,
  { deadline }: Context,
): Pick<Surroundings, 'deadline' | 'sleep' | 'requestHandler'> | undefined {
  if (!deadline) return undefined;
  const end = clock.now() + deadline.ms;
  const look = () => {
    if (clock.now() >= end) deadline.pass();
  };
  return {
    deadline: deadline.signal,
    sleep: async (ms) => {
      await clock.sleep(ms);
      look();
    },
    requestHandler: {
      ...requestHandler,
      handle: async (request: HttpRequest, options?: HttpHandlerOptions) => {
        look();
        return requestHandler.handle(request, options);
      },
    },
  };
}
