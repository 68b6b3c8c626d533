/** The way to the sandbox for commands that look into it: in this process, or where another one serves it. */
import type { SandboxPlace } from '../sandbox/object-client.ts';
import type { AccountStatus } from '../sandbox/status.ts';
import { sandboxFailure } from './sandbox-options.ts';

export interface ReachedSandbox {
  readonly place: SandboxPlace;
  status(): Promise<readonly AccountStatus[]>;
  close(): Promise<void>;
}

/** @throws Failure `failed` where the state cannot be used. */
export async function reachSandbox(state: string): Promise<ReachedSandbox> {
  const [{ openSandbox }, { servedAt }, { statusOf }, { STATUS_PATH }] = await Promise.all([
    import('../sandbox/sandbox.ts'),
    import('../sandbox/lock.ts'),
    import('../sandbox/status.ts'),
    import('../sandbox/http.ts'),
  ]);
  const url = await servedAt(state).catch(sandboxFailure);
  if (url !== undefined) {
    return {
      place: url,
      status: async () => (await (await fetch(url + STATUS_PATH)).json()) as readonly AccountStatus[],
      close: async () => undefined,
    };
  }
  const sandbox = await openSandbox({ directory: state }).catch(sandboxFailure);
  return { place: sandbox.requestHandler, status: async () => statusOf(sandbox.state), close: () => sandbox.close() };
}
