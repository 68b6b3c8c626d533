import { Failure } from '../plan/failure.ts';
import type { Context } from './context.ts';

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
