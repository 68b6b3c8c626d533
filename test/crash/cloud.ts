/** A sandbox that begins in a given state, and runs in it that are struck at one of their requests. */
import type { HttpRequest } from '@smithy/core/transport';
import type { HttpHandlerOptions } from '@smithy/types';
import type { Surroundings } from '../../src/connect/surroundings.ts';
import type { SandboxFault, SandboxRequest } from '../../src/sandbox/practice/faults.ts';
import type { Lag } from '../../src/sandbox/practice/lag.ts';
import { openSandbox, type Sandbox, sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { emptyState, type SandboxState } from '../../src/sandbox/store/state.ts';
import { endOf } from './end.ts';
import { Killed, type Strike, type Trial } from './trial.ts';

export interface TrialCloud {
  readonly sandbox: Sandbox;
  /**
   * The surroundings of one run.
   *
   * @param onKill what kills it, where throwing `Killed` is not enough.
   */
  readonly surroundings: (strike?: Strike, onKill?: () => void) => Surroundings & Pick<Sandbox, 'requestHandler'>;
}

export async function aCloud(
  start: SandboxState = emptyState(Date.now()),
  lag: Partial<Lag> = {},
): Promise<TrialCloud> {
  let fault: (request: SandboxRequest) => SandboxFault | undefined = () => undefined;
  const sandbox = await openSandbox({ lag, fault: (request) => fault(request) });
  Object.assign(sandbox.state, copyOf(start));
  return {
    sandbox,
    surroundings(strike = () => undefined, onKill = () => undefined) {
      let requests = 0;
      let killed = false;
      fault = (request) => {
        const blow = strike(request, requests);
        requests += 1;
        if (blow !== 'killed-before' && blow !== 'killed-after') return blow;
        killed = true;
        onKill();
        if (blow === 'killed-before') throw new Killed();
        return undefined;
      };
      const handle = async (request: HttpRequest, options?: HttpHandlerOptions) => {
        if (killed) throw new Killed();
        const answer = await sandbox.requestHandler.handle(request, options);
        if (killed) throw new Killed();
        return answer;
      };
      return {
        report: () => undefined,
        env: process.env,
        requestHandler: { ...sandbox.requestHandler, handle },
        credentialsFor:
          ({ account }) =>
          async () =>
            sandboxCredentials(account ?? ''),
        now: sandbox.clock.now,
        sleep: sandbox.clock.sleep,
      };
    },
  };
}

/** One run in process, to its end; says how many changes it made. */
export type Run = (surroundings: Surroundings) => Promise<number>;

export async function inSandbox(
  start: SandboxState,
  run: Run,
  again: Run = run,
  unsound: (state: SandboxState) => readonly string[] = () => [],
): Promise<Trial> {
  const { sandbox, surroundings } = await aCloud(start);
  return {
    run: (strike) => run(surroundings(strike)),
    again: () => again(surroundings()),
    end: async () => {
      const end = endOf(sandbox.state);
      return { ...end, unsound: [...end.unsound, ...unsound(sandbox.state)] };
    },
    close: () => sandbox.close(),
  };
}

/** As the sandbox keeps its state between runs: as JSON. */
export function copyOf(state: SandboxState): SandboxState {
  return JSON.parse(JSON.stringify(state)) as SandboxState;
}
