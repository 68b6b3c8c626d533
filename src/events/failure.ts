/** The ways a command can end (design.md 4). */
export type Outcome =
  | 'unchanged'
  | 'applied'
  | 'planned'
  | 'done'
  | 'started'
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

/** From worst to best: several configurations together end as the worst of them did (design.md 4). */
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
  'started',
  'done',
  'unchanged',
];

/** `done` for none. */
export function worstOf(outcomes: readonly Outcome[]): Outcome {
  return fromWorst.find((outcome) => outcomes.includes(outcome)) ?? 'done';
}

/** Stopped by the deadline, whose Failure is the signal's reason, or by Ctrl-C. `where` follows "stopped"; `outcome` replaces the deadline's. */
export function stopFailure({ reason }: AbortSignal, where: string, outcome?: Outcome): Failure {
  return reason instanceof Failure
    ? new Failure(outcome ?? reason.outcome, reason.code, `${reason.message}: stopped ${where}`, reason.fix)
    : new Failure(
        'cancelled',
        'cancelled',
        `stopped ${where}`,
        'run the same command again: it continues where it stopped',
      );
}

/** Whether the error is only a result of the abort. */
export function isStop(error: unknown, { aborted, reason }: AbortSignal): boolean {
  if (!aborted) return false;
  return (
    error === reason ||
    (error instanceof Failure && /^(cancelled|deadline)$/.test(error.code)) ||
    (error instanceof Error && /^(Abort|Exit)(Prompt)?Error$/.test(error.name))
  );
}

export interface ResultError {
  /** Stable, for programs: `wrong-account`. */
  readonly code: string;
  readonly message: string;
  readonly fix?: string;
  /** Commands that belong to the fix, a line each. */
  readonly paste?: string;
}

export function endOf({ outcome, code, message, fix, paste }: Failure): {
  readonly outcome: Outcome;
  readonly error: ResultError;
} {
  return {
    outcome,
    error: { code, message, ...(fix !== undefined && { fix }), ...(paste !== undefined && { paste }) },
  };
}

interface FailureOptions extends ErrorOptions {
  readonly paste?: string;
}

/** An end that is neither a success nor a bug: it says what happened and what to do. */
export class Failure extends Error {
  readonly outcome: Outcome;
  readonly code: string;
  readonly fix: string | undefined;
  readonly paste: string | undefined;

  constructor(outcome: Outcome, code: string, message: string, fix?: string, options?: FailureOptions) {
    super(message, options);
    this.name = 'Failure';
    this.outcome = outcome;
    this.code = code;
    this.fix = fix;
    this.paste = options?.paste;
  }
}
