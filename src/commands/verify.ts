import type { Result } from '../events/event.ts';
import { observe } from '../observe/observe.ts';
import { planApply } from '../plan/plan.ts';
import { type CommonOptions, nextCommand } from '../session/common-options.ts';
import { tellFindings } from '../session/findings.ts';
import { lookAtOld, tellOld } from '../session/old-objects.ts';
import { proveByCanaries } from '../session/proven-by-canaries.ts';
import { checkReplication } from '../session/replication-check.ts';
import type { Session } from '../session/session.ts';
import { refusalOf, verdictSummary } from '../show/preflight-text.ts';

export interface VerifyOptions extends CommonOptions {
  readonly canary: boolean;
  readonly canaryPrefix?: string;
  /** Minutes. */
  readonly timeout: number;
}

/** A success: nothing to change, the model agrees, and an object really arrives. */
export async function run(session: Session, options: VerifyOptions): Promise<Result> {
  const { spec, connections, signal, view } = session;
  const old = lookAtOld(session);
  const observed = await observe(connections, spec);
  signal.throwIfAborted();
  const plan = planApply(observed, spec);
  view.report({ type: 'phase', name: 'done' });
  tellFindings(view, plan);
  const changes = plan.changes.length;
  if (changes > 0) {
    await view.plan(plan, spec);
    const summary = 'something is not as the configuration says: the plan above would put it right';
    return { outcome: 'differs', changes, summary, next: nextCommand('apply', options) };
  }
  const checked = checkReplication(session, observed, { force: false });
  const refusal = refusalOf(checked);
  if (refusal && (refusal.outcome === 'blocked' || !options.canary)) return { changes, ...refusal };
  if (!options.canary) {
    const summary = `everything is as the configuration says${verdictSummary(checked)}; not proven: no object was written`;
    const next = await tellOld(session, options, observed, old);
    return { outcome: 'unchanged', changes, summary, ...(next && { next }) };
  }
  const proven = await proveByCanaries(session, observed, options);
  const next = proven.outcome === 'verified' ? await tellOld(session, options, observed, old) : undefined;
  return { changes, ...proven, ...(next && { next }) };
}
