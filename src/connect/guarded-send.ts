/** What every call of our clients is subject to: the deadline of the run, and credentials that may run out before it. */
import { hasRunOut, isCodeless, statusOf } from './absent.ts';
import type { HeldCredentials } from './credentials.ts';

export interface Guard {
  /** Aborted when the time of the whole run is over, with a Failure as the reason. */
  readonly deadline: AbortSignal | undefined;
  readonly credentials?: HeldCredentials;
}

interface Options {
  /** In place of the deadline: for what is put in order after it. */
  readonly abortSignal?: AbortSignal | undefined;
}

type Send = (command: object, options: Options) => Promise<unknown>;

/**
 * Makes the calls of a client end at the deadline: a request under way is broken off, and none is begun. A call that AWS refuses for
 * credentials that have run out is sent again, once, with others: what is refused was not done.
 */
export function guardSends<Client extends { send: (...args: never) => unknown }>(
  client: Client,
  { deadline, credentials }: Guard,
): Client {
  const plain: unknown = client.send.bind(client);
  const send: Send = (command, { abortSignal = deadline } = {}) => {
    const sendOnce = () => (plain as Send)(command, abortSignal ? { abortSignal } : {});
    return runUntil(abortSignal, async () => {
      const used = credentials?.current;
      try {
        return await sendOnce();
      } catch (error) {
        const unsaid = isCodeless(error) && statusOf(error) === 400 && (await credentials?.areRefused(used));
        if (!credentials || !(error instanceof Error) || !(unsaid || hasRunOut(error))) throw error;
        await credentials.renew(used, error);
        return sendOnce();
      }
    });
  };
  return Object.assign(client, { send });
}

/** The SDK breaks off its requests and pauses by the signal; where credentials come from does not. */
async function runUntil<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  if (!signal) return work();
  signal.throwIfAborted();
  let stop = () => {};
  const over = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work(), over]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
