import { Failure } from '../events/failure.ts';
import type { Plan } from '../plan/plan.ts';
import type { State } from '../state/state.ts';
import type { Context } from './context.ts';

/** How a command that asks before it writes may be spared the question. */
export interface Approvable {
  /** Whether a person has seen and approved this plan: then it is neither shown again nor asked about. */
  readonly approved?: (observed: State, plan: Plan) => boolean;
  /** Shows what would be done, and does nothing of it. */
  readonly look?: boolean;
}

/**
 * Makes sure that a person can be asked.
 *
 * @param whether what is asked, as it follows "whether to".
 * @throws Failure `invalid` where there is nobody to ask: never a silent yes.
 */
export function assertSomebody({ interactive }: Context, whether: string): void {
  if (interactive) return;
  throw new Failure(
    'invalid',
    'no-approval',
    `there is nobody to ask whether to ${whether}`,
    'say so with --yes, or run at a terminal; nothing was changed',
  );
}

/** What a person has approved is not what would be done now. */
export function staleWhileAsking(): Failure {
  return new Failure(
    'blocked',
    'stale-plan',
    'something was changed in the accounts while the plan was on the screen',
    'run the same command again: it plans anew from what is there now',
  );
}
