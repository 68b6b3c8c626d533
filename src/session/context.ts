import type { ParsedConfig } from '../config/parse-config.ts';
import type { Surroundings } from '../connect/surroundings.ts';
import type { ConfigurationResult } from '../events/event.ts';
import type { Outcome } from '../events/failure.ts';
import type { Output, View } from '../show/view.ts';

/** What a command may touch besides AWS. */
export interface Context {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Whether there is somebody to ask who sees the plan: a terminal on all sides, and not CI. */
  readonly interactive: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How the wizard asks in plain lines: while it does, nothing else may read what is typed. */
  readonly ask?: (message: string) => Promise<string>;
  /** Aborted by Ctrl-C, or at the deadline, with a Failure as the reason: nothing further is begun. */
  readonly signal: AbortSignal;
  readonly deadline?: Deadline;
  /** Told once the view is known, so that an error is shown the same way. */
  readonly use: (view: View) => void;
  /** Where the command works on one of several configurations. */
  readonly among?: OneOfSeveral;
}

/** A configuration without problems. */
export type ValidConfig = ParsedConfig & { readonly ok: true };

/** What each of several configurations is given: its own part, and what they share. */
export interface OneOfSeveral {
  /** The file. */
  readonly config: string;
  readonly parsed: ValidConfig;
  /** The way to AWS, or to the sandbox. */
  readonly surroundings: Surroundings;
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
  /** Of `verify`: what no object was written for, and so is not proven. */
  readonly notTried?: readonly string[];
  /** The command to run next. */
  readonly next?: string;
  /** How each of several configurations ended. */
  readonly configurations?: readonly ConfigurationResult[];
}

/** Runs the work of a command and ends with its result. */
export type Runner = (command: string, work: (context: Context) => Promise<Result>) => Promise<void>;
