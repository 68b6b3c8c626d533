import type { Result } from '../events/event.ts';
import type { CommonOptions } from '../session/common-options.ts';
import type { Context, Job } from '../session/context.ts';
import type { SessionAction } from '../session/in-session.ts';

/** A command as data, for its help and `run.ts`. Loads no slow module. */
export interface Declaration extends Job {
  readonly description: string;
  readonly operands?: readonly Operand[];
  /** In the order of its help. */
  readonly options: readonly (OwnOption | SharedOptions)[];
  readonly help?: string;
  /** Whether it writes nothing to AWS: then repl.yaml may be in a folder above. Absent: it may write. */
  readonly readsOnly?: (options: Readonly<Record<string, unknown>>) => boolean;
  /** Values of options that nobody gives. */
  readonly given?: { readonly sandbox: true };
  /** Loaded when it runs; `session`: once the configuration is right and its accounts are signed in to. */
  readonly load:
    | { readonly action: () => Promise<Action> }
    | { readonly session: () => Promise<SessionAction> }
    | { readonly commands: () => Promise<{ readonly commands: readonly Declaration[] }> };
}

export interface Action {
  run(options: CommonOptions, context: Context): Promise<Result>;
}

export interface Operand {
  /** `<needed>` or `[optional]`. */
  readonly form: string;
  readonly name: string;
  readonly description?: string;
  readonly default?: string;
  readonly choices?: readonly string[];
}

export type OwnOption = readonly [flags: string, description: string, details?: OptionDetails];

export interface OptionDetails {
  /** Throws an InvalidArgumentError; absent: the value stays text. */
  readonly parse?: () => Promise<(text: string) => unknown>;
  /** Whether all that are given count, and not only the last. */
  readonly repeated?: boolean;
  readonly choices?: readonly string[];
  readonly default?: string | number;
  /** For the help. */
  readonly defaultText?: string;
  readonly conflicts?: readonly string[];
  readonly onlyWith?: string;
  /** Rarely needed: only docs/ tells of it. */
  readonly hidden?: true;
}

export type SharedOptions =
  | 'accept'
  | 'accept-breaking'
  | 'config'
  | 'configs'
  | 'deadline'
  | 'deadline of apply'
  | 'output'
  | 'output of calls'
  | 'practice'
  | 'state'
  | 'summary'
  | 'yes';
