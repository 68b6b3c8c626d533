import { hasRunOut, isCodeless, statusOf } from './absent.ts';
import type { HeldCredentials } from './credentials.ts';

export interface Guard {
  /** Aborted at the end of the run's time, with a Failure as the reason. */
  readonly deadline: AbortSignal | undefined;
  readonly credentials?: HeldCredentials;
}

interface Options {
  /** In place of the deadline: for cleaning up after it. */
  readonly abortSignal?: AbortSignal | undefined;
}

interface Command {
  readonly middlewareStack: { clone(): unknown };
}

type Send = (command: Command, options: Options) => Promise<unknown>;

/** Ends calls at the deadline, and begins none after it. Sends a call refused for expired credentials once more with new ones: a refused call did nothing. */
export function guardSends<Client extends { send: (...args: never) => unknown }>(
  client: Client,
  { deadline, credentials }: Guard,
): Client {
  const plain: unknown = client.send.bind(client);
  const send: Send = (command, { abortSignal = deadline } = {}) => {
    const sendOnce = () => (plain as Send)(command, abortSignal ? { abortSignal } : {});
    // Commands of S3 Control add their steps to their own stack each time they are sent, and the same step twice is an error.
    const middlewareStack = command.middlewareStack.clone();
    return runUntil(abortSignal, async () => {
      const used = credentials?.current;
      try {
        return await sendOnce();
      } catch (error) {
        const unsaid = isCodeless(error) && statusOf(error) === 400 && (await credentials?.areRefused(used));
        if (!credentials || !(error instanceof Error) || !(unsaid || hasRunOut(error))) throw error;
        await credentials.renew(used, error);
        Object.assign(command, { middlewareStack });
        return sendOnce();
      }
    });
  };
  return Object.assign(client, { send });
}

/** The signal stops the SDK's requests and pauses, but not the source of the credentials. */
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
