/** The one file that knows Inquirer for confirmations and sign-in; the wizard has prompts of its own. */
import type { Asker } from '../session/context.ts';

const output = process.stderr;

/** Asks at the terminal; Inquirer is loaded for the first question. */
export const askAtTerminal: Asker = {
  async confirm(message, signal) {
    const { confirm } = await import('@inquirer/prompts');
    return confirm({ message, default: false }, { output, signal });
  },
  async input(message, signal) {
    const { input } = await import('@inquirer/prompts');
    return input({ message }, { output, signal });
  },
};
