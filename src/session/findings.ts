import { findingEvent } from '../events/event.ts';
import { Failure } from '../events/failure.ts';
import type { Plan } from '../plan/plan.ts';
import type { View } from '../show/view.ts';

/** @throws Failure `blocked` where a person must fix something first. */
export function tellFindings(view: View, plan: Plan): void {
  for (const finding of [...plan.warnings, ...plan.problems]) view.report(findingEvent(finding));
  const count = plan.problems.length;
  if (count === 0) return;
  throw new Failure(
    'blocked',
    plan.problems[0]?.code ?? 'problem',
    `${count === 1 ? 'one problem has' : `${count} problems have`} to be fixed first; nothing was changed`,
    count === 1 ? plan.problems[0]?.fix : 'see the problems above, each with its fix',
  );
}
