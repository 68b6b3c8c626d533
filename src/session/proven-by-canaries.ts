import { canaryPrefix } from '../state/names.ts';
import type { State } from '../state/state.ts';
import type { CanaryWork } from '../verify/canary.ts';
import { type Verification, verifyReplication } from '../verify/verify.ts';
import type { Session } from './session.ts';
import { tellCauses } from './tell-causes.ts';
import { proveUntilStopped } from './until-stopped.ts';
import { usualWait } from './usual-wait.ts';

/** @param options `timeout` in minutes. */
export async function proveByCanaries(
  session: Session,
  state: State,
  options: { readonly canaryPrefix?: string; readonly timeout?: number },
): Promise<Verification> {
  const { spec, connections, surroundings, signal, view } = session;
  const timeoutMs = (options.timeout ?? usualWait) * 60_000;
  view.report({ type: 'phase', name: 'verify', limitMs: timeoutMs });
  const told = new Set<string>();
  const diagnose: CanaryWork['diagnose'] = (object) => tellCauses(session, object, told);
  const work = { spec, state, connections, surroundings, signal, timeoutMs, diagnose };
  return proveUntilStopped(signal, 'before a canary was written', () =>
    verifyReplication(work, options.canaryPrefix ?? canaryPrefix),
  );
}
