/** One question to the person at the terminal: redrawn as it is answered, or one plain line where the terminal cannot redraw. */
import { printable } from '../show/printable.ts';
import { canRedraw } from '../show/view.ts';
import type { Context } from './context.ts';
import type { Prompts } from './prompts.ts';

type Asked = Pick<Context, 'ask' | 'env' | 'signal' | 'stderr'>;

/**
 * What a person types.
 *
 * @throws Error `ExitPromptError` where the person leaves with Ctrl-C or Ctrl-D.
 */
export async function typedAnswer(unsafe: string, context: Asked): Promise<string> {
  const message = printable(unsafe);
  // Plain prompts put their own colon.
  const line = message.replace(/:$/, '');
  if (context.ask) return context.ask(line);
  if (!canRedraw(context.stderr, context.env)) return plainly(context, (prompts) => prompts.type({ message: line }));
  const { input } = await import('@inquirer/prompts');
  return input({ message }, { output: process.stderr, signal: context.signal });
}

/**
 * Whether a person says yes; Enter alone is no.
 *
 * @throws Error `ExitPromptError` where the person leaves with Ctrl-C or Ctrl-D.
 */
export async function confirmed(unsafe: string, context: Asked): Promise<boolean> {
  const message = printable(unsafe);
  if (!canRedraw(context.stderr, context.env)) {
    const check = (text: string) => (/^(y(es)?|no?)$/i.test(text) ? undefined : 'type yes or no');
    const asked = { message: `${message} yes or no`, preset: 'no', check };
    return /^y/i.test(await plainly(context, (prompts) => prompts.type(asked)));
  }
  const { confirm } = await import('@inquirer/prompts');
  return confirm({ message, default: false }, { output: process.stderr, signal: context.signal });
}

async function plainly({ stderr, signal }: Asked, ask: (prompts: Prompts) => Promise<string>): Promise<string> {
  const { plainPrompts } = await import('./plain-prompts.ts');
  const write = (text: string) => stderr.write(text);
  const prompts = plainPrompts({ input: process.stdin, write, signal }, () => false);
  try {
    return await ask(prompts);
  } finally {
    prompts.close();
  }
}
