/** Prompts for screen readers and simple terminals: lines that stay, numbers to type. */
import { createInterface, type Interface } from 'node:readline';
import { printable, wrapText } from '../show/printable.ts';
import { backSign, type Choice, GoBack, type Prompts } from './prompts.ts';

interface Lines {
  readonly input: NodeJS.ReadableStream;
  readonly write: (text: string) => void;
  readonly signal: AbortSignal;
  /** In columns; absent: 80. */
  readonly width?: number;
}

/** More choices are not read out: typing a part of the name finds them. */
const mostListed = 20;

class Wrong {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

/** Ctrl-C or Ctrl-D. */
function exitPromptError(): Error {
  return Object.assign(new Error('left'), { name: 'ExitPromptError' });
}

/** `close` gives the terminal back. */
export function plainPrompts(
  { input, write, signal, width = 80 }: Lines,
  mayGoBack: () => boolean,
): Prompts & { close(): void } {
  // Without a terminal's line editing nothing is ever redrawn.
  const lines = createInterface({ input, terminal: false });
  const line = nextLine(lines, signal);
  const read = async (prompt: string): Promise<string> => {
    write(`${wrapText(printable(prompt), '  ', width)} `);
    const text = (await line()).trim();
    if (text === backSign && mayGoBack()) throw new GoBack();
    return text;
  };
  const say = (text: string) => write(`${wrapText(printable(text), '  ', width)}\n`);
  const ask = async <T>(prompt: string, understand: (text: string) => Promise<T | Wrong>): Promise<T> => {
    for (;;) {
      const understood = await understand(await read(prompt));
      if (!(understood instanceof Wrong)) return understood;
      say(`Not yet: ${understood.why}`);
    }
  };
  const list = (choices: readonly Choice[]) => {
    for (const [index, { name, hint }] of choices.slice(0, mostListed).entries()) {
      say(`${index + 1}. ${name}${hint === undefined ? '' : `. ${hint}`}`);
    }
    if (choices.length > mostListed) say(`and ${choices.length - mostListed} more: type a part of the name`);
  };
  const backHint = () => (mayGoBack() ? `, ${backSign} to go back` : '');

  return {
    close: () => lines.close(),
    async choose({ message, choices, preset }) {
      say(message);
      list(choices);
      const first = Math.max(
        0,
        choices.findIndex(({ value }) => value === preset),
      );
      return ask(`Number${backHint()} [${first + 1}]:`, async (text) => {
        const choice = choices[text === '' ? first : Number(text) - 1];
        return choice ? choice.value : new Wrong(`type a number from 1 to ${choices.length}`);
      });
    },
    async search({ message, find }) {
      say(message);
      let shown = await find('');
      list(shown);
      return ask(`Number, or a name${backHint()} [1]:`, async (text) => {
        const choice = chooseByNumber(shown, text);
        if (choice) return choice.value;
        const found = await find(text);
        const chosen = found.length === 1 ? found[0] : found.find(({ value }) => value === text);
        if (chosen) return chosen.value;
        shown = found;
        list(shown);
        return new Wrong(found.length === 0 ? 'nothing matches' : `${found.length} match: type the number of one`);
      });
    },
    async type({ message, preset, check }) {
      return ask(`${message}${backHint()}${preset === undefined ? '' : ` [${preset}]`}:`, async (typed) => {
        const text = typed === '' ? (preset ?? '') : typed;
        const wrong = await check?.(text);
        return wrong === undefined ? text : new Wrong(wrong);
      });
    },
    async tick({ message, choices }) {
      say(message);
      const chosen: string[] = [];
      for (const { name, value, ticked } of choices) {
        const yes = await ask(`${name}? yes or no${backHint()} [${ticked ? 'yes' : 'no'}]:`, async (text) => {
          if (text === '') return ticked;
          return /^y(es)?$/i.test(text) || (/^no?$/i.test(text) ? false : new Wrong('type yes or no'));
        });
        if (yes) chosen.push(value);
      }
      return chosen;
    },
  };
}

function chooseByNumber(choices: readonly Choice[], text: string): Choice | undefined {
  if (text === '') return choices[0];
  return /^\d{1,4}$/.test(text) ? choices[Number(text) - 1] : undefined;
}

/** Keeps lines that came before they were asked for. */
function nextLine(lines: Interface, signal: AbortSignal): () => Promise<string> {
  const waiting: ((line: string | undefined) => void)[] = [];
  const early: string[] = [];
  let ended = false;
  const end = () => {
    ended = true;
    for (const resolve of waiting.splice(0)) resolve(undefined);
  };
  lines.on('line', (text) => {
    const resolve = waiting.shift();
    if (resolve) resolve(text);
    else early.push(text);
  });
  lines.on('close', end);
  signal.addEventListener('abort', end, { once: true });
  return async () => {
    const text =
      early.shift() ?? (ended ? undefined : await new Promise<string | undefined>((resolve) => waiting.push(resolve)));
    if (text === undefined) throw exitPromptError();
    return text;
  };
}
