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
import { type Change, phase } from '../state/change.ts';
import type { State } from '../state/state.ts';

export interface VerifyOptions extends CommonOptions {
  readonly canary: boolean;
  readonly canaryPrefix?: string;
  /** Tries the alerts, and no objects. */
  readonly alerts?: boolean;
  /** Minutes. */
  readonly timeout: number;
}

/** A success: nothing to change, the model agrees, and an object really arrives. */
export async function run(session: Session, options: VerifyOptions): Promise<Result> {
  if (options.alerts) return runAlerts(session, options);
  const old = lookAtOld(session);
  const { observed, drift } = await lookForDrift(session, options);
  if (drift) return drift;
  const changes = 0;
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

/** A success: nothing to change, CloudWatch publishes to the topics, and somebody is subscribed. */
async function runAlerts(session: Session, options: VerifyOptions): Promise<Result> {
  const { assertAlerts, proveAlerts } = await import('../session/proven-alerts.ts');
  assertAlerts(session);
  // Replication that is broken must not keep anybody from trying the alerts.
  const { observed, drift } = await lookForDrift(session, options, ({ phase: one }) => one === phase.alerts);
  return drift ?? { changes: 0, ...(await proveAlerts(session, observed, options)) };
}

async function lookForDrift(
  session: Session,
  options: VerifyOptions,
  counts: (change: Change) => boolean = () => true,
): Promise<{ readonly observed: State; readonly drift?: Result }> {
  const { spec, connections, signal, view } = session;
  const observed = await observe(connections, spec);
  signal.throwIfAborted();
  const plan = planApply(observed, spec);
  view.report({ type: 'phase', name: 'done' });
  tellFindings(session, plan);
  const changes = plan.changes.filter(counts).length;
  if (changes === 0) {
    const others = plan.changes.length;
    if (others > 0)
      view.report({
        type: 'note',
        message: `s3repl plan has ${others} ${others === 1 ? 'change that is' : 'changes that are'} not about alerts`,
      });
    return { observed };
  }
  await view.plan(plan, spec);
  const summary = 'something differs from the configuration: the plan above would fix it';
  return { observed, drift: { outcome: 'differs', changes, summary, next: nextCommand('apply', options) } };
}
