import type { Outcome } from '../plan/failure.ts';
import type { Output, View } from '../show/view.ts';

/** What a command may touch besides AWS. */
export interface Context {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Whether there is somebody to ask who sees the plan: a terminal on all sides, and not CI. */
  readonly interactive: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C, or at the deadline, with a Failure as the reason: nothing further is begun. */
  readonly signal: AbortSignal;
  readonly deadline?: Deadline;
  /** Told once the view is known, so that an error is shown the same way. */
  readonly use: (view: View) => void;
}

/** When a run has to end. */
export interface Deadline {
  /** Aborted at the deadline, with a Failure as the reason. */
  readonly signal: AbortSignal;
  readonly ms: number;
  /** Said by the clock that counts: the time is over. */
  pass(): void;
}

/** How a command ended. */
export interface Result {
  readonly outcome: Outcome;
  readonly changes: number;
  /** Where it is no success. */
  readonly error?: { readonly code: string; readonly message: string; readonly fix?: string };
  /** One line for people. */
  readonly summary?: string;
  /** The command to run next. */
  readonly next?: string;
}

/** Runs the work of a command and ends with its result. */
export type Runner = (command: string, work: (context: Context) => Promise<Result>) => Promise<void>;
