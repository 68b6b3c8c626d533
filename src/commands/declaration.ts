import type { Result } from '../events/event.ts';
import type { CommonOptions } from '../session/common-options.ts';
import type { Context, Job } from '../session/context.ts';
import type { SessionAction } from '../session/in-session.ts';

/** A command as data: its help says it, and `run.ts` runs it. Nothing of this takes a module that is slow to load. */
export interface Declaration extends Job {
  readonly description: string;
  readonly operands?: readonly Operand[];
  /** In the order of its help: its own, and those that it shares with others. */
  readonly options: readonly (OwnOption | SharedOptions)[];
  /** Below the options in its help. */
  readonly help?: string;
  /** Values of options that nobody gives. */
  readonly given?: { readonly sandbox: true };
  /** What it does, loaded when it is run; `session`: once the configuration is right and its accounts are signed in to. */
  readonly load:
    | { readonly action: () => Promise<Action> }
    | { readonly session: () => Promise<SessionAction> }
    | { readonly commands: () => Promise<{ readonly commands: readonly Declaration[] }> };
}

/** What a command does. */
export interface Action {
  run(options: CommonOptions, context: Context): Promise<Result>;
}

/** What is given by its place. */
export interface Operand {
  /** `<needed>` or `[optional]`. */
  readonly form: string;
  /** What the action's options call it. */
  readonly name: string;
  readonly description?: string;
  readonly default?: string;
  readonly choices?: readonly string[];
}

/** An option of one command: its flag, with the name of its value; its description. */
export type OwnOption = readonly [flags: string, description: string, details?: OptionDetails];

export interface OptionDetails {
  /** Reads its text, or throws an InvalidArgumentError. Absent: it stays text. */
  readonly parse?: () => Promise<(text: string) => unknown>;
  /** Whether all that are given count, and not only the last. */
  readonly repeated?: boolean;
  readonly choices?: readonly string[];
  readonly default?: string | number;
  /** How the default is said in the help. */
  readonly defaultText?: string;
  /** Options that make no sense beside it. */
  readonly conflicts?: readonly string[];
  /** The option without which it makes no sense, by its flag. */
  readonly onlyWith?: string;
}

/** Options that commands share, by what they are about (`session/common-options.ts`). */
export type SharedOptions =
  | 'accept'
  | 'accept-breaking'
  | 'config'
  | 'configs'
  | 'deadline'
  | 'deadline of apply'
  | 'output'
  | 'practice'
  | 'state'
  | 'summary';
