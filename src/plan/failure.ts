/** How a command can end (design.md 4). */
export type Outcome =
  | 'unchanged'
  | 'applied'
  | 'planned'
  | 'done'
  | 'healthy'
  | 'destroyed'
  | 'verified'
  | 'failed'
  | 'differs'
  | 'invalid'
  | 'unauthorized'
  | 'blocked'
  | 'unknown'
  | 'cancelled';

/** From the worst to the best: how several configurations ended, taken together, is how the worst of them did (design.md 4). */
const fromWorst: readonly Outcome[] = [
  'cancelled',
  'unauthorized',
  'failed',
  'blocked',
  'unknown',
  'invalid',
  'differs',
  'planned',
  'applied',
  'destroyed',
  'verified',
  'healthy',
  'done',
  'unchanged',
];

/** The worst of some outcomes; `done` where there are none. */
export function worstOf(outcomes: readonly Outcome[]): Outcome {
  return fromWorst.find((outcome) => outcomes.includes(outcome)) ?? 'done';
}

/** An end that is not a success and not a bug: it says what happened and what to do. */
export class Failure extends Error {
  readonly outcome: Outcome;
  /** Stable, for programs: `wrong-account`. */
  readonly code: string;
  readonly fix: string | undefined;

  constructor(outcome: Outcome, code: string, message: string, fix?: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Failure';
    this.outcome = outcome;
    this.code = code;
    this.fix = fix;
  }
}
