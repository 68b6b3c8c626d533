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
  | { readonly apply: CommonOptions & Approvable & { readonly verify: boolean }; readonly context: Context };

export function resultOfWriting(options: InitOptions, unchanged: boolean, file: string): Result {
  const summary = unchanged ? `${file} says this already` : `wrote ${file}; nothing was changed on AWS`;
  return { outcome: 'done', changes: 0, summary, next: nextCommand('apply', { ...options, flagValues: {} }) };
}
