import { Failure } from '../events/failure.ts';
import { observe } from '../observe/observe.ts';
import { type Plan, planApply, withFindings } from '../plan/plan.ts';
import type { Preflight } from '../plan/preflight.ts';
import { topicFaultFindings } from '../plan/topic-faults.ts';
import { refusalOf } from '../show/preflight-text.ts';
import type { State } from '../state/state.ts';
import { tellFindings } from './findings.ts';
import { judgeNeighbors } from './judge-neighbors.ts';
import { checkReplication } from './replication-check.ts';
import type { Session } from './session.ts';

export interface ObservedPlan {
  readonly observed: State;
  readonly plan: Plan;
  /** For the state that the plan leads to. */
  readonly checked: Preflight;
}

/** @param force goes on although the model says that new objects would not replicate. @throws Failure `blocked` where a person must fix something first. */
export async function observeAndPlan(session: Session, force: boolean): Promise<ObservedPlan> {
  const { spec, connections, view, signal } = session;
  const observed = await observe(connections, spec);
  signal.throwIfAborted();
  const planned = planApply(observed, spec);
  const faults = topicFaultFindings(observed, planned.desired, spec, new Date());
  const plan = await judgeNeighbors(session, observed, withFindings(planned, faults));
  signal.throwIfAborted();
  view.report({ type: 'phase', name: 'done' });
  tellFindings(session, plan);
  const checked = checkReplication(session, plan.desired, { force });
  const refusal = refusalOf(checked);
  if (force || refusal?.outcome !== 'blocked') return { observed, plan, checked };
  const { code, message, fix } = refusal.error;
  throw new Failure('blocked', code, `${message}; nothing was changed`, `${fix}; to continue anyway: --force`);
}
