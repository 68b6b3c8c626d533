import type { ParsedConfig } from '../config/parse-config.ts';
import type { Surroundings } from '../connect/surroundings.ts';
import type { Result } from '../events/event.ts';
import type { Output, Screen, View } from '../show/view.ts';

export interface Context {
  readonly stdout: Output;
  readonly stderr: Output;
  /** For what is no text, and for what asks and redraws; absent: the streams of the process. */
  readonly streams?: Streams;
  /** Absent where nobody who sees the plan can answer: asking takes a terminal on all sides, and no CI. */
  readonly ask?: Asker;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C, or at the deadline, with a Failure as the reason: nothing further begins. */
  readonly signal: AbortSignal;
  readonly deadline?: Deadline;
  readonly use: (view: View) => void;
  readonly among?: OneOfSeveral;
}

export interface Streams {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: Screen;
  readonly stderr: Screen;
}

/** Leaving a question rejects with an error named ExitPromptError. */
export interface Asker {
  confirm(message: string, signal: AbortSignal): Promise<boolean>;
  input(message: string, signal: AbortSignal): Promise<string>;
}

export type ValidConfig = ParsedConfig & { readonly ok: true };

export interface OneOfSeveral {
  readonly config: string;
  readonly parsed: ValidConfig;
  readonly surroundings: Surroundings;
}

export interface Deadline {
  readonly signal: AbortSignal;
  readonly ms: number;
  pass(): void;
}

export interface Job {
  readonly name: string;
  /** How a person approves its writes: with a yes, or by typing what they are about; absent: it writes nothing to approve. */
  readonly writes?: 'confirmed' | 'typed';
  /** Begins the question about several configurations; absent: the name of the command. */
  readonly jointly?: string;
  /** Options about one configuration, refused where several are given. */
  readonly aboutOne?: readonly string[];
}

export type Work<O> = (options: O, context: Context) => Promise<Result>;

export type Runner = (command: string, work: (context: Context) => Promise<Result>) => Promise<void>;
