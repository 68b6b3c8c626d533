import { checkLikeS3 } from '../apply/emulator.ts';
import type { NextCommand, Result } from '../events/event.ts';
import { costLines, costOf } from '../plan/charges.ts';
import { type CommonOptions, nextCommand, nextWithoutConfig } from '../session/common-options.ts';
import { lookAtNewest, newestFailed } from '../session/newest-failed.ts';
import { observeAndPlan } from '../session/observed-plan.ts';
import { savePlan } from '../session/saved-plan.ts';
import type { Session } from '../session/session.ts';
import { refusalOf, verdictSummary } from '../show/preflight-text.ts';

export interface PlanOptions extends CommonOptions {
  readonly out?: string;
  readonly detailedExitcode?: boolean;
  readonly force?: boolean;
  /** False: without the prices. */
  readonly cost?: boolean;
}

export async function run(session: Session, options: PlanOptions): Promise<Result> {
  const newest = lookAtNewest(session);
  const { observed, plan, checked } = await observeAndPlan(session, options.force ?? false);
  const changes = plan.changes.length;
  if (options.out !== undefined) {
    const accepted = { breaking: [...session.acceptBreaking], narrowing: options.acceptNarrowing ?? false };
    const { config } = session;
    await savePlan(options.out, { config, sandbox: options.sandbox ?? false, accepted }, observed, plan);
  }
  const strange = changes > 0 && checkLikeS3(observed, session.spec, session.surroundings.endpoint);
  if (strange) session.view.report({ type: 'warning', ...strange });
  if (changes > 0) await session.view.plan(plan, session.spec);
  const next = changes > 0 && { ...tellCost(session, options), next: nextApply(options) };
  // A forced plan, or one whose end s3repl cannot tell, ends as the model judges it.
  const refusal = refusalOf(checked);
  if (refusal) return { changes, ...refusal, ...next };
  if (changes > 0) return { outcome: options.detailedExitcode ? 'differs' : 'planned', changes, ...next };
  const failed = await newestFailed(session, observed, newest);
  if (failed.refusal) return { ...failed.refusal, changes };
  const summary = `everything is as the configuration says${verdictSummary(checked)}${failed.remark}`;
  return { outcome: 'unchanged', changes, summary };
}

/** Where something is to be made or changed. A script of commands has no prices in it. */
function tellCost({ spec, view }: Session, { cost: isWanted = true, show }: PlanOptions): Pick<Result, 'cost'> {
  if (!isWanted || show === 'commands') return {};
  const cost = costOf(spec);
  view.report({ type: 'note', message: costLines(cost).join('\n') });
  return { cost };
}

/** A saved plan keeps what was accepted; otherwise apply must accept it again. */
function nextApply(options: PlanOptions): NextCommand {
  const { out, force, acceptBreaking = [], acceptNarrowing } = options;
  const flags = force ? [['--force'] as const] : [];
  if (out !== undefined) return nextWithoutConfig('apply', options, { operands: [out], flags });
  const rules = acceptBreaking.map((rule) => ['--accept-breaking', rule] as const);
  const narrowing = acceptNarrowing ? [['--accept-narrowing'] as const] : [];
  return nextCommand('apply', options, { flags: [...flags, ...rules, ...narrowing] });
}
