import { Failure } from '../events/failure.ts';
import type { UsedSandbox } from '../sandbox/practice/remote.ts';
import { type Practice, sandboxFailure } from './sandbox-options.ts';

export interface ReachedSandbox extends UsedSandbox {
  /** URL, where another process serves it. */
  readonly servedAt: string | undefined;
}

/** @param practice faults, for a local sandbox only. @throws Failure `failed` where the state cannot be used; `invalid` where faults are asked of a server. */
export async function reachSandbox(state: string, practice?: Practice): Promise<ReachedSandbox> {
  const { readServerUrl } = await import('../sandbox/store/lock.ts');
  const url = await readServerUrl(state).catch(sandboxFailure(state));
  if (url !== undefined) {
    if (practice?.isAsked)
      throw new Failure(
        'invalid',
        'sandbox-served',
        `the sandbox in ${state} is served at ${url}: only the server can simulate faults and lags`,
        'start the server with them: s3repl sandbox serve --sandbox-fault … --sandbox-lag …',
      );
    const { remoteSandbox } = await import('../sandbox/practice/remote.ts');
    return { ...(await remoteSandbox(url).catch(failUnanswered(url))), servedAt: url };
  }
  const [{ openSandbox }, { statusOf }] = await Promise.all([
    import('../sandbox/sandbox.ts'),
    import('../sandbox/practice/sandbox-status.ts'),
  ]);
  const sandbox = await openSandbox({
    directory: state,
    ...(practice && { fault: practice.fault, lag: practice.lag }),
  }).catch(sandboxFailure(state));
  return { ...sandbox, status: async () => statusOf(sandbox.state), servedAt: undefined };
}

function failUnanswered(url: string): (error: unknown) => never {
  return (error) => {
    throw new Failure(
      'failed',
      'sandbox-busy',
      `the sandbox is served at ${url}, which does not answer`,
      'end that process (Ctrl-C there) and start it again: s3repl sandbox serve',
      { cause: error },
    );
  };
}
