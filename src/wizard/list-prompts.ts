import checkbox from '@inquirer/checkbox';
import input from '@inquirer/input';
import search from '@inquirer/search';
import select from '@inquirer/select';
import { backSign, type Choice, GoBack, type Prompts } from '../session/prompts.ts';
import { printable, shorten } from '../show/printable.ts';

interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
  /** In columns. */
  readonly width: number;
  readonly utf8: boolean;
}

/** Inquirer chooses its signs by TERM alone, and its hints by nothing. */
const asciiTheme = {
  prefix: { idle: '?', done: 'v' },
  icon: { cursor: '>', checked: ' [x]', unchecked: ' [ ]' },
  spinner: { interval: 80, frames: ['-', '\\', '|', '/'] },
  style: {
    keysHelpTip: (keys: readonly (readonly [string, string])[]) =>
      keys.map(([key, action]) => `${keyNames[key] ?? key} ${action}`).join(', '),
  },
};
const keyNames: Readonly<Record<string, string>> = { '↑↓': 'up/down', '⏎': 'enter' };

/** @param mayGoBack whether there is a question before. */
export function listPrompts(
  { input: typed, output, signal, width, utf8 }: Terminal,
  mayGoBack: () => boolean,
): Prompts {
  const context = { input: typed, output, signal };
  const theme = utf8 ? {} : asciiTheme;
  const toShown = ({ value, name, short, hint }: Choice) => ({
    value,
    ...(short === undefined ? {} : { short: printable(short) }),
    name: shorten(printable(name), width - 4),
    ...(hint === undefined ? {} : { description: printable(hint) }),
  });
  const backChoice = () => (mayGoBack() ? [{ value: backSign, name: utf8 ? '‹ go back' : '< go back' }] : []);
  const goBackOr = (answer: string): string => {
    if (answer === backSign && mayGoBack()) throw new GoBack();
    return answer;
  };
  const pageSize = 10;
  return {
    async choose({ message, choices, preset }) {
      const config = { message, choices: [...choices.map(toShown), ...backChoice()], pageSize: 14, loop: false, theme };
      return goBackOr(await select(preset === undefined ? config : { ...config, default: preset }, context));
    },
    async search({ message, find }) {
      const source = async (term = '') => {
        const found = (await find(term === backSign ? '' : term)).map(toShown);
        return term === backSign ? backChoice() : [...found, ...(term === '' ? backChoice() : [])];
      };
      return goBackOr(await search({ message, source, pageSize, theme }, context));
    },
    async type({ message, preset, check }) {
      const validate = async (text: string) =>
        (text === backSign && mayGoBack()) || ((await check?.(text.trim())) ?? true);
      const config = { message, validate, theme, ...(preset === undefined ? {} : { default: preset }) };
      return goBackOr((await input(config, context)).trim());
    },
    async tick({ message, choices }) {
      const all = choices.map((choice) => ({ ...toShown(choice), checked: choice.ticked }));
      return checkbox({ message: `${message} (Space switches)`, choices: all, pageSize, loop: false, theme }, context);
    },
  };
}
