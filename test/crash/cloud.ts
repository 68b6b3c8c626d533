/** A sandbox that begins in a given state, and runs in it that are struck at one of their requests. */
import type { HttpRequest } from '@smithy/core/transport';
import type { HttpHandlerOptions } from '@smithy/types';
import type { Surroundings } from '../../src/observe/connect.ts';
import type { SandboxFault, SandboxRequest } from '../../src/sandbox/faults.ts';
import { openSandbox, type Sandbox, sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { emptyState, type SandboxState } from '../../src/sandbox/state.ts';

/** What happens at a request: a fault, or the run is killed before the request is executed, or after it. */
export type Blow = SandboxFault | 'killed-before' | 'killed-after';

/** Says what happens at a request, counted from 0. */
export type Strike = (request: SandboxRequest, index: number) => Blow | undefined;

/** How a killed run ends: nothing that it asks for afterwards is sent. */
export class Killed extends Error {
  override name = 'Killed';
}

export interface TrialCloud {
  readonly sandbox: Sandbox;
  /** The surroundings of one run. */
  readonly surroundings: (strike?: Strike) => Surroundings;
}

export async function aCloud(start: SandboxState = emptyState(Date.now())): Promise<TrialCloud> {
  let fault: (request: SandboxRequest) => SandboxFault | undefined = () => undefined;
  const sandbox = await openSandbox({ fault: (request) => fault(request) });
  Object.assign(sandbox.state, copyOf(start));
  return {
    sandbox,
    surroundings(strike = () => undefined) {
      let requests = 0;
      let killed = false;
      fault = (request) => {
        const blow = strike(request, requests);
        requests += 1;
        if (blow !== 'killed-before' && blow !== 'killed-after') return blow;
        killed = true;
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

/** As the sandbox keeps its state between runs: as JSON. */
export function copyOf(state: SandboxState): SandboxState {
  return JSON.parse(JSON.stringify(state)) as SandboxState;
}

/** What differs from run to run and means nothing. */
const times = new Set(['created', 'updated', 'visibleAt', 'since', 'deletionDate', 'now']);

/** Everything that the accounts hold, with the ids of keys and roles replaced by what they are for: equal for equal ends. */
export function normalised({ accounts, buckets, keys, aliases }: SandboxState): string {
  const names = new Map<string, string>();
  const aliased = new Set(Object.values(aliases).map(({ keyId }) => keyId));
  const labelled = Object.values(keys).map((key) => ({
    id: key.id,
    label: `${aliased.has(key.id) ? 'key' : 'orphan'} ${key.account} ${key.region} ${key.description}`,
  }));
  const seen = new Map<string, number>();
  for (const { id, label } of labelled) {
    const count = (seen.get(label) ?? 0) + 1;
    seen.set(label, count);
    names.set(id, count === 1 ? label : `${label} number ${count}`);
  }
  for (const { roles } of Object.values(accounts)) for (const { id, arn } of Object.values(roles)) names.set(id, arn);
  const text = JSON.stringify({ accounts, buckets, keys, aliases }, (name, value: unknown) =>
    times.has(name) ? undefined : value,
  ).replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b(AROA|AIDA|ANPA)[A-Z0-9]+/g, (id) => names.get(id) ?? id);
  return JSON.stringify(JSON.parse(text), sorted, 1);
}

function sorted(_name: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
