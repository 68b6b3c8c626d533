import { Failure } from '../events/failure.ts';
import type { Plan } from '../plan/plan.ts';
import type { State } from '../state/state.ts';
import type { Asker, Context } from './context.ts';

export interface Approvable {
  readonly isApproved?: (observed: State, plan: Plan) => boolean;
  readonly look?: boolean;
}

export interface Question {
  readonly message: string;
  /** Text to type; absent: a yes is enough. */
  readonly typed?: string;
  readonly explainDecline: (typed: string) => { readonly message: string; readonly fix?: string };
}

/** @throws Failure `cancelled` unless a person approves. */
export async function approve(question: Question, ask: Asker, signal: AbortSignal): Promise<void> {
  const { message, typed, explainDecline } = question;
  const answer = typed === undefined ? '' : await ask.input(message, signal);
  if (typed === undefined ? await ask.confirm(message, signal) : answer.trim() === typed) return;
  const refusal = explainDecline(answer);
  throw new Failure('cancelled', 'declined', refusal.message, refusal.fix);
}

/** @param whether what is asked, as it follows "whether to". @throws Failure `invalid` without a terminal: never a silent yes. */
export function requireAsker({ ask }: Context, whether: string): Asker {
  if (ask) return ask;
  throw new Failure(
    'invalid',
    'no-approval',
    `there is no terminal to ask whether to ${whether}`,
    'add --yes, or run it in a terminal; nothing was changed',
  );
}

export function stalePlanFailure(): Failure {
  return new Failure(
    'blocked',
    'stale-plan',
    'something changed in the accounts while the plan was on the screen',
    'run the same command again: it makes a new plan from the current state',
  );
}
