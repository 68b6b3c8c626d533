import { styleText } from 'node:util';
import checkbox from '@inquirer/checkbox';
import input from '@inquirer/input';
import search from '@inquirer/search';
import select from '@inquirer/select';
import { backSign, type Choice, GoBack, type Prompts } from '../session/prompts.ts';
import { printable, shorten, wrapText } from '../show/printable.ts';

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
  const wrap = (text: string, indent = '  ') => wrapText(printable(text), indent, width);
  const toShown = ({ value, name, short, hint }: Choice) => ({
    value,
    ...(short === undefined ? {} : { short: printable(short) }),
    name: shorten(printable(name), width - 4),
    ...(hint === undefined ? {} : { description: wrap(hint, '') }),
  });
  const backChoice = () => (mayGoBack() ? [{ value: backSign, name: utf8 ? '‹ go back' : '< go back' }] : []);
  const goBackOr = (answer: string): string => {
    if (answer === backSign && mayGoBack()) throw new GoBack();
    return answer;
  };
  /** In a list, nothing that can be chosen begins with `<`: it goes back at once, and leaves nothing of the list. */
  const inList = async <T>(ask: (list: typeof context) => Promise<T>): Promise<T> => {
    const back = new AbortController();
    const list = {
      ...context,
      signal: AbortSignal.any([signal, back.signal]),
      get clearPromptOnDone() {
        return back.signal.aborted;
      },
    };
    const onKey = (character: string | undefined) => {
      if (character === backSign && mayGoBack()) back.abort();
    };
    typed.on('keypress', onKey);
    try {
      return await ask(list);
    } catch (error) {
      throw back.signal.aborted && !signal.aborted ? new GoBack() : error;
    } finally {
      typed.off('keypress', onKey);
    }
  };
  const pageSize = 10;
  return {
    async choose({ message: unwrapped, choices, preset }) {
      const message = wrap(unwrapped);
      const config = { message, choices: [...choices.map(toShown), ...backChoice()], pageSize: 14, loop: false };
      const shown = { ...config, theme: themeFor(message, width, utf8) };
      return goBackOr(
        await inList((list) => select(preset === undefined ? shown : { ...shown, default: preset }, list)),
      );
    },
    async search({ message: unwrapped, find }) {
      const message = wrap(unwrapped);
      const source = async (term = '') => [...(await find(term)).map(toShown), ...(term === '' ? backChoice() : [])];
      const config = { message, source, pageSize, theme: themeFor(message, width, utf8) };
      return goBackOr(await inList((list) => search(config, list)));
    },
    async type({ message: unwrapped, preset, check }) {
      const message = wrap(unwrapped);
      const validate = async (text: string) => {
        const problem = text === backSign && mayGoBack() ? undefined : await check?.(text.trim());
        return problem === undefined || wrap(problem);
      };
      const config = { message, validate, theme: themeFor(message, width, utf8) };
      return goBackOr((await input(preset === undefined ? config : { ...config, default: preset }, context)).trim());
    },
    async tick({ message: unwrapped, choices }) {
      const message = wrap(unwrapped);
      const all = choices.map((choice) => ({ ...toShown(choice), checked: choice.ticked }));
      const theme = themeFor(message, width, utf8, ' (Space to toggle)');
      const shortcuts = { all: null, invert: null };
      return inList((list) => checkbox({ message, choices: all, pageSize, loop: false, shortcuts, theme }, list));
    },
  };
}

/** Inquirer breaks lines in mid-word: what does not place beside the question begins a line of its own. @param tip shown until there is an answer. */
function themeFor(message: string, width: number, utf8: boolean, tip = '') {
  const lines = message.split('\n');
  const used = (lines.at(-1)?.length ?? 0) + (lines.length === 1 ? prefixWidth : 0);
  const place = (text: string) => (used + 1 + text.length <= width ? text : `\n  ${wrapText(text, '  ', width)}`);
  const { style, ...signs } = utf8 ? { style: {} } : asciiTheme;
  return {
    ...signs,
    style: {
      ...style,
      message: (text: string, status: string) => styleText('bold', status === 'done' ? text : `${text}${tip}`),
      answer: (text: string) => styleText('cyan', place(text)),
      defaultAnswer: (text: string) => styleText('dim', place(`(${text})`)),
    },
  };
}

/** In columns: a sign and a space. */
const prefixWidth = 2;
