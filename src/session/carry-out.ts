/** The flow of every command that writes: show → approve → look again → send → read back. */
import { applyChanges } from '../apply/apply.ts';
import { readBack } from '../apply/read-back.ts';
import { Versions } from '../apply/versions.ts';
import type { Spec } from '../config/spec.ts';
import type { Event } from '../events/event.ts';
import { type AlsoRead, observe } from '../observe/observe.ts';
import { type Plan, stateHash } from '../plan/plan.ts';
import type { State } from '../state/state.ts';
import { type Approvable, approve, type Question, requireAsker, stalePlanFailure } from './approval.ts';
import type { CommonOptions } from './common-options.ts';
import type { Context } from './context.ts';
import type { Session } from './session.ts';

export interface Undertaking {
  readonly observed: State;
  /** What `observed` was read with. */
  readonly also?: AlsoRead;
  readonly plan: Plan;
  readonly planAgain: (observed: State, spec: Spec) => Plan;
  /** As it follows "whether to". */
  readonly whether: string;
  readonly question: Question;
  /** Told right before the question; not again where that is answered already. */
  readonly remark?: Event;
  readonly lastWord?: string | undefined;
  /** Awaited after the approval, before the first call. */
  readonly beforehand?: () => Promise<unknown>;
  readonly beforeRightsGo?: () => Promise<void>;
}

/**
 * @returns what was read back; undefined where the plan was only shown.
 * @throws Failure `cancelled` after a no, `invalid` where nobody can be asked, `blocked` where the accounts changed; what `applyChanges` and `readBack` throw.
 */
export async function carryOut(
  { observed, also, plan, planAgain, whether, question, remark, lastWord, beforehand, beforeRightsGo }: Undertaking,
  { spec, connections, surroundings, signal, view }: Session,
  options: Approvable & Pick<CommonOptions, 'yes'>,
  context: Context,
): Promise<State | undefined> {
  const note = (message?: string) => message !== undefined && view.report({ type: 'note', message });
  const approved = options.isApproved?.(observed, plan) ?? false;
  await view.plan(plan, spec, approved);
  if (remark && !approved) view.report(remark);
  if (options.look) return undefined;
  if (!options.yes && !approved) {
    await approve(question, requireAsker(context, whether), signal);
    if (stateHash(await observe(connections, spec, also)) !== stateHash(observed)) throw stalePlanFailure();
  }
  view.report({ type: 'phase', name: 'apply' });
  note(lastWord);
  await beforehand?.();
  const written = { versions: new Versions(), signal };
  await applyChanges(plan.changes, {
    connections,
    surroundings,
    ...written,
    ...(beforeRightsGo && { beforeRightsGo }),
  });
  view.report({ type: 'phase', name: 'read-back' });
  return readBack(spec, connections, { ...surroundings, signal, also }, planAgain, written);
}
