/** A whole apply in process, against a sandbox in memory, with every request seen and faults on demand. */

import { applyChanges } from '../../src/apply/apply.ts';
import { readBack } from '../../src/apply/read-back.ts';
import { Versions } from '../../src/apply/versions.ts';
import type { Spec } from '../../src/config/spec.ts';
import { connect } from '../../src/connect/connect.ts';
import type { Connections } from '../../src/connect/connection.ts';
import type { Surroundings } from '../../src/connect/surroundings.ts';
import type { Event } from '../../src/events/event.ts';
import type { Failure } from '../../src/events/failure.ts';
import { observe } from '../../src/observe/observe.ts';
import { planApply } from '../../src/plan/plan.ts';
import type { SandboxFault, SandboxRequest } from '../../src/sandbox/practice/faults.ts';
import type { Lag } from '../../src/sandbox/practice/lag.ts';
import { openSandbox, type Sandbox, sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { explain } from '../../src/session/explain.ts';
import type { Change } from '../../src/state/change.ts';
import type { State } from '../../src/state/state.ts';

export interface Practice {
  readonly sandbox: Sandbox;
  readonly requests: SandboxRequest[];
  readonly events: Event[];
  /** Says what goes wrong with a request; replaced by tests. */
  fault: (request: SandboxRequest) => SandboxFault | undefined;
  /** Awaited before a request is executed: where somebody else does something meanwhile. */
  meanwhile: (request: SandboxRequest) => Promise<void>;
  readonly surroundings: Surroundings;
  connect(spec: Spec): Promise<Connections>;
  /** Observe, plan, apply, read back. */
  apply(spec: Spec, signal?: AbortSignal): Promise<readonly Change[]>;
  /** The same, and the failure as a person is told it. */
  applyFailing(spec: Spec, signal?: AbortSignal): Promise<Failure>;
  state(spec: Spec): Promise<State>;
}

export async function aPractice(lag: Partial<Lag> = {}): Promise<Practice> {
  const requests: SandboxRequest[] = [];
  const events: Event[] = [];
  const sandbox = await openSandbox({
    lag,
    onRequest: (request) => requests.push(request),
    fault: (request) => practice.fault(request),
    meanwhile: (request) => practice.meanwhile(request),
  });
  const surroundings: Surroundings = {
    report: (event) => events.push(event),
    env: process.env,
    requestHandler: sandbox.requestHandler,
    credentialsFor:
      ({ account }) =>
      async () =>
        sandboxCredentials(account ?? ''),
    now: sandbox.clock.now,
    sleep: sandbox.clock.sleep,
  };
  const practice: Practice = {
    sandbox,
    requests,
    events,
    fault: () => undefined,
    meanwhile: async () => undefined,
    surroundings,
    connect: (spec) => connect(spec, surroundings),
    async apply(spec, signal = new AbortController().signal) {
      const connections = await connect(spec, surroundings);
      try {
        const { changes, problems } = planApply(await observe(connections, spec), spec);
        if (problems.length > 0) throw new Error(problems.map((one) => one.message).join('; '));
        const written = { versions: new Versions(), signal };
        await applyChanges(changes, { connections, surroundings, ...written });
        if (changes.length > 0) await readBack(spec, connections, surroundings, planApply, written);
        return changes;
      } finally {
        connections.close();
      }
    },
    async applyFailing(spec, signal) {
      try {
        await practice.apply(spec, signal);
      } catch (error) {
        return explain(error);
      }
      throw new Error('apply was expected to fail, and did not');
    },
    async state(spec) {
      const connections = await connect(spec, surroundings);
      try {
        return await observe(connections, spec);
      } finally {
        connections.close();
      }
    },
  };
  return practice;
}

/** States of sandboxes, as JSON. */
const ready = new Map<string, Promise<string>>();

/** A practice in which a first apply was done, once for all tests that begin with it. Nothing of that apply is in `requests` and `events`. */
export async function anApplied(spec: Spec, lag: Partial<Lag> = {}): Promise<Practice> {
  const name = JSON.stringify(spec);
  const state = ready.get(name) ?? stateAfterApply(spec);
  ready.set(name, state);
  const practice = await aPractice(lag);
  Object.assign(practice.sandbox.state, JSON.parse(await state));
  return practice;
}

async function stateAfterApply(spec: Spec): Promise<string> {
  const { sandbox, apply } = await aPractice();
  await apply(spec);
  return JSON.stringify(sandbox.state);
}

/** A state with the ids of keys and roles replaced, so that two runs can be compared. */
export function withoutIds(state: State): unknown {
  const ids = new Map<string, string>();
  const named = (id: string) => {
    const known = ids.get(id) ?? `id-${ids.size + 1}`;
    ids.set(id, known);
    return known;
  };
  const sorted = JSON.stringify(state, (_, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return JSON.parse(sorted.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\bAROA[A-Z0-9]{17}\b/g, named));
}
