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

/**
 * The end of a run that was stopped: by its deadline, which is a Failure as the reason of the signal, otherwise by Ctrl-C.
 *
 * @param where how far it came, as it follows "stopped".
 * @param outcome of the deadline, where it is not that of its reason.
 */
export function stopFailure({ reason }: AbortSignal, where: string, outcome?: Outcome): Failure {
  return reason instanceof Failure
    ? new Failure(outcome ?? reason.outcome, reason.code, `${reason.message}: stopped ${where}`, reason.fix)
    : new Failure(
        'cancelled',
        'cancelled',
        `stopped ${where}`,
        'run the same command again: it goes on where it stopped',
      );
}

/** Whether an error is only what a signal has led to. */
export function isStop(error: unknown, { aborted, reason }: AbortSignal): boolean {
  if (!aborted) return false;
  return (
    error === reason ||
    (error instanceof Failure && /^(cancelled|deadline)$/.test(error.code)) ||
    (error instanceof Error && /^(Abort|Exit)(Prompt)?Error$/.test(error.name))
  );
}

/** What went wrong, and what to do, as a result has it. */
export interface ResultError {
  /** Stable, for programs: `wrong-account`. */
  readonly code: string;
  readonly message: string;
  readonly fix?: string;
}

/** A failure as the end of a result. */
export function endOf({ outcome, code, message, fix }: Failure): {
  readonly outcome: Outcome;
  readonly error: ResultError;
} {
  return { outcome, error: { code, message, ...(fix === undefined ? {} : { fix }) } };
}

/** An end that is not a success and not a bug: it says what happened and what to do. */
export class Failure extends Error {
  readonly outcome: Outcome;
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
