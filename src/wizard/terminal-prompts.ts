import type { Context } from '../session/context.ts';
import { plainPrompts } from '../session/plain-prompts.ts';
import type { Prompts } from '../session/prompts.ts';
import { takesUtf8 } from '../show/ascii.ts';
import { asciiOutput } from '../show/ascii-output.ts';
import { canRedraw, widthOf } from '../show/view.ts';
import { listPrompts } from './list-prompts.ts';

/** Plain lines where the terminal cannot redraw; those are to be closed. @param back whether there is a question to go back to. */
export function promptsFor(
  isPlain: boolean,
  context: Context,
  back: () => boolean,
): Prompts & { readonly close?: (() => void) | undefined } {
  const { stdin, stderr } = context.streams ?? process;
  const { signal } = context;
  const width = widthOf(context.stderr);
  if (isPlain || !canRedraw(context.stderr, context.env)) {
    const write = (text: string) => context.stderr.write(text);
    return plainPrompts({ input: stdin, write, signal, width: Math.min(width, 80) }, back);
  }
  return listPrompts({ input: stdin, output: stderr, width, utf8: takesUtf8(context.env), signal }, back);
}

/** The same context, with ASCII for a terminal that has no UTF-8. */
export function writeAsShown(context: Context): Context {
  if (takesUtf8(context.env)) return context;
  return { ...context, stdout: asciiOutput(context.stdout), stderr: asciiOutput(context.stderr) };
}

/** Where the wizard asks in plain lines, nothing else may read the input. */
export function askThrough(prompts: Prompts, context: Context): Context {
  if (!context.ask) return context;
  // Plain prompts put their own colon.
  const input = (message: string) => prompts.type({ message: message.replace(/:$/, '') });
  return { ...context, ask: { ...context.ask, input } };
}
