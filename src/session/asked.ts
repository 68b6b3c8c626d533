import type { Surroundings } from '../connect/surroundings.ts';
import { Failure } from '../events/failure.ts';
import { printable } from '../show/printable.ts';
import type { View } from '../show/view.ts';
import type { Context } from './context.ts';

/** Sides sign in together, but a person answers one question after the other; empty where nobody answers. */
export function questions(
  { ask, signal }: Context,
  view: View,
): Partial<Pick<Surroundings, 'askMfaCode' | 'askToSignIn'>> {
  if (!ask) return {};
  let last: Promise<unknown> = Promise.resolve();
  const askNext = (message: string): Promise<string> => {
    const askNow = () => {
      view.releaseScreen();
      return ask.input(printable(message), signal);
    };
    const answer = last.then(askNow, askNow);
    last = answer;
    return answer;
  };
  return {
    askMfaCode: (serial) => askNext(`MFA code of ${serial}:`),
    askToSignIn: async (message) => {
      await askNext(message).catch((error: Error) => {
        if (error.name !== 'ExitPromptError') throw error;
        throw new Failure('cancelled', 'cancelled', 'stopped: nobody signed in again', goesOn);
      });
    },
  };
}

const goesOn = 'run the same command again: it continues where it stopped';
