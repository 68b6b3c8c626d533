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
