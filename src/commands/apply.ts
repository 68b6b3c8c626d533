import { checkLikeS3 } from '../apply/emulator.ts';
import type { Spec } from '../config/spec.ts';
import { findingEvent, type Result } from '../events/event.ts';
import { Failure, type ResultError } from '../events/failure.ts';
import { type Plan, planApply, summarizeDone } from '../plan/plan.ts';
import type { Preflight } from '../plan/preflight.ts';
import type { Approvable } from '../session/approval.ts';
import { carryOut } from '../session/carry-out.ts';
import { type CommonOptions, nextCommand, nextWithoutConfig } from '../session/common-options.ts';
import type { Context } from '../session/context.ts';
import { hasRemovedCause, lookAtNewest, newestFailed } from '../session/newest-failed.ts';
import { observeAndPlan } from '../session/observed-plan.ts';
import { type LookingAtOld, lookAtOld, tellOld } from '../session/old-objects.ts';
import { checkReplication } from '../session/replication-check.ts';
import { assertCurrent } from '../session/saved-plan.ts';
import type { Session } from '../session/session.ts';
import { commandLine } from '../show/command-line.ts';
import { refusalOf, verdictSummary } from '../show/preflight-text.ts';
import type { Finding } from '../state/change.ts';
import type { State } from '../state/state.ts';

export interface ApplyOptions extends CommonOptions, Approvable {
  readonly force?: boolean;
  readonly verify?: boolean;
}

/** A success only where the model says that new objects replicate. */
export async function run(session: Session, options: ApplyOptions, context: Context): Promise<Result> {
  const { saved } = session;
  const force = options.force ?? false;
  const newest = lookAtNewest(session);
  const old = lookAtOld(session);
  const { observed, plan, checked } = await observeAndPlan(session, force);
  if (saved) assertCurrent(saved, observed, plan);
  const changes = plan.changes.length;
  if (changes === 0) {
    const { refusal, remark } = await newestFailed(session, observed, newest);
    // A canary shows what the newest objects leave open.
    if (refusal && !options.verify && checked.outcome === 'replicates') return { ...refusal, changes };
    const done = `everything is as the configuration says${remark}`;
    return conclude(session, options, {
      outcome: 'unchanged',
      changes,
      before: observed,
      state: observed,
      old,
      last: checked,
      done,
    });
  }
  const strange = checkLikeS3(observed, session.spec, session.surroundings.endpoint);
  if (strange && force) session.view.report({ type: 'warning', ...strange });
  else if (strange) throw new Failure('unknown', strange.code, `${strange.message}; nothing was changed`, strange.fix);
  const shown = await carryOut(
    {
      ...{ observed, plan, planAgain: planOnce, whether: 'apply the plan' },
      question: {
        message: `Apply these ${changes} changes?`,
        explainDecline: () => ({ message: 'not applied; nothing was changed' }),
      },
      lastWord: saved && 'from here on the plan is used up: should it stop, make a new one',
    },
    session,
    options,
    context,
  );
  if (shown === undefined) return { outcome: 'planned', changes };
  if (session.spec.alerts) tellAlerts(session, shown, plan);
  const last = checkReplication(session, shown, { force, before: checked });
  const done = `${summarizeDone(plan.changes)}; read back, nothing is left to do${tellMissed(session, options, observed)}`;
  return conclude(session, options, { outcome: 'applied', changes, before: observed, state: shown, old, last, done });
}

/** What was asked for once is not asked for again. */
function planOnce(observed: State, { resendConfirmation: _, ...spec }: Spec): Plan {
  return planApply(observed, spec);
}

/** A rule that is fixed does not look back: neither at what FAILED nor at what it left out, which has no status. */
function tellMissed(session: Session, options: ApplyOptions, before: State): string {
  if (!hasRemovedCause(session, before)) return '';
  const next = (session.saved ? nextWithoutConfig : nextCommand)('backfill', options);
  return `; objects that failed or were left out meanwhile are not replicated by this: ${commandLine(next)}`;
}

/** Who has to confirm by now, and who was faster: the plan could not know. */
function tellAlerts({ view, spec }: Session, shown: State, told: Plan): void {
  const { warnings } = planOnce(shown, spec);
  const isTold = ({ message }: Finding) => told.warnings.some((one) => one.message === message);
  for (const one of warnings) if (untold.includes(one.code) && !isTold(one)) view.report(findingEvent(one));
}

const untold = ['subscription-pending', 'events-overlap'];

interface Conclusion {
  readonly outcome: 'unchanged' | 'applied';
  readonly changes: number;
  readonly before: State;
  readonly state: State;
  readonly old: LookingAtOld;
  readonly last: Preflight;
  readonly done: string;
}

async function conclude(
  session: Session,
  options: ApplyOptions,
  { outcome, changes, before, state, old, last, done }: Conclusion,
): Promise<Result> {
  const but = outcome === 'applied' ? 'everything is written, but ' : '';
  const failWith = (end: Pick<Result, 'outcome'> & { readonly error: ResultError }): Result => ({
    outcome: end.outcome,
    changes,
    error: { ...end.error, message: `${but}${end.error.message}` },
  });
  const refusal = refusalOf(last);
  // A canary finds out what the model does not know.
  if (refusal && !(options.verify && refusal.outcome === 'unknown')) return failWith(refusal);
  const summary = `${done}${verdictSummary(last)}`;
  if (!options.verify) {
    await tellOld(session, options, before, old);
    const next = (session.saved ? nextWithoutConfig : nextCommand)('verify', options);
    return { outcome, changes, summary, next };
  }
  const { proveByCanaries } = await import('../session/proven-by-canaries.ts');
  const proven = await proveByCanaries(session, state, {});
  if (proven.outcome !== 'verified') return failWith(proven);
  const next = await tellOld(session, options, before, old);
  return { ...proven, changes, summary: `${done}; ${proven.summary}`, ...(next && { next }) };
}
