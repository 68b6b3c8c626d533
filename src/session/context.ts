import type { ParsedConfig } from '../config/parse-config.ts';
import type { Surroundings } from '../connect/surroundings.ts';
import type { Result } from '../events/event.ts';
import type { Output, View } from '../show/view.ts';

/** What a command may touch besides AWS. */
export interface Context {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Who answers; absent where nobody does who sees the plan: that takes a terminal on all sides, and no CI. */
  readonly ask?: Asker;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C, or at the deadline, with a Failure as the reason: nothing further is begun. */
  readonly signal: AbortSignal;
  readonly deadline?: Deadline;
  /** Told once the view is known, so that an error is shown the same way. */
  readonly use: (view: View) => void;
  /** Where the command works on one of several configurations. */
  readonly among?: OneOfSeveral;
}

/** Somebody who answers. Whoever leaves a question instead makes it reject with an error named ExitPromptError. */
export interface Asker {
  confirm(message: string, signal: AbortSignal): Promise<boolean>;
  /** A line of text, as typed. */
  input(message: string, signal: AbortSignal): Promise<string>;
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

/** What the runs of a command have in common. */
export interface Job {
  /** As it is called: `apply`. */
  readonly name: string;
  /** How a person approves what it writes: with a yes, or by typing what it is about. Absent: it writes nothing to approve. */
  readonly writes?: 'confirmed' | 'typed';
  /** Options that are about one configuration, where several can be given. */
  readonly aboutOne?: readonly string[];
}

/** The work of a command. */
export type Work<O> = (options: O, context: Context) => Promise<Result>;

/** Runs the work of a command and ends with its result. */
export type Runner = (command: string, work: (context: Context) => Promise<Result>) => Promise<void>;
