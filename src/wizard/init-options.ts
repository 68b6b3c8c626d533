import type { Result } from '../events/event.ts';
import type { Approvable } from '../session/approval.ts';
import { type CommonOptions, nextCommand } from '../session/common-options.ts';
import type { Context } from '../session/context.ts';

export interface InitOptions extends CommonOptions {
  readonly advanced?: boolean;
  readonly full?: boolean;
  readonly plain?: boolean;
}

export interface Given {
  readonly options: InitOptions;
  readonly context: Context;
  readonly file: string;
  readonly before: string | undefined;
}

/** Finished, or the file is applied now. */
export type Ending =
  | { readonly result: Result }
  | {
      readonly apply: CommonOptions & Approvable & { readonly verify: boolean };
      readonly context: Context;
      readonly finish: (result: Result) => Result;
    };

interface Written {
  /** Whether the file said this before. */
  readonly isSame: boolean;
  /** Whether everything is on AWS already. */
  readonly isApplied?: boolean;
}

export function resultOfWriting(options: InitOptions, file: string, { isSame, isApplied }: Written): Result {
  const summary = isSame ? `${file} says this already` : `wrote ${file}; nothing was changed on AWS`;
  const next = nextCommand(isApplied ? 'verify' : 'apply', { ...options, flagValues: {} });
  return { outcome: 'done', changes: 0, summary, next };
}
