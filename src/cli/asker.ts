/** Confirmations and sign-in; the wizard has prompts of its own. */
import type { Asker, Context, Streams } from '../session/context.ts';
import type { Prompts } from '../session/prompts.ts';
import { printable } from '../show/printable.ts';
import { canRedraw } from '../show/view.ts';

/** Plain lines where the terminal cannot redraw. Loads Inquirer for the first question. */
export function askAtTerminal({ stdin, stderr, env }: Omit<Streams, 'stdout'> & Pick<Context, 'env'>): Asker {
  const at = (signal: AbortSignal) => ({ input: stdin, output: stderr, signal });
  const askPlainly = async (signal: AbortSignal, ask: (prompts: Prompts) => Promise<string>): Promise<string> => {
    const { plainPrompts } = await import('../session/plain-prompts.ts');
    const prompts = plainPrompts({ input: stdin, write: (text) => stderr.write(text), signal }, () => false);
    try {
      return await ask(prompts);
    } finally {
      prompts.close();
    }
  };
  return {
    async confirm(unsafe, signal) {
      const message = printable(unsafe);
      if (!canRedraw(stderr, env)) {
        const check = (text: string) => (/^(y(es)?|no?)$/i.test(text) ? undefined : 'type yes or no');
        const asked = { message: `${message} yes or no`, preset: 'no', check };
        return /^y/i.test(await askPlainly(signal, (prompts) => prompts.type(asked)));
      }
      const { default: confirm } = await import('@inquirer/confirm');
      return confirm({ message, default: false }, at(signal));
    },
    async input(unsafe, signal) {
      const message = printable(unsafe);
      // Plain prompts put their own colon.
      const line = message.replace(/:$/, '');
      if (!canRedraw(stderr, env)) return askPlainly(signal, (prompts) => prompts.type({ message: line }));
      const { default: input } = await import('@inquirer/input');
      return input({ message }, at(signal));
    },
  };
}
