import { stripVTControlCharacters } from 'node:util';
import headless from '@xterm/headless';
import { expect, it, vi } from 'vitest';
import { GoBack, type Prompts } from '../../src/session/prompts.ts';
import { listPrompts } from '../../src/wizard/list-prompts.ts';
import { Keyboard, Screen } from './in-process.ts';

const columns = 60;

/** Prompts at a terminal, what it shows, and what it was sent. */
function atTerminal(mayGoBack = true, utf8 = true) {
  const terminal = new headless.Terminal({ cols: columns, rows: 24, allowProposedApi: true });
  let drawn = '';
  const screen = new Screen(columns, (text) => {
    terminal.write(text);
    drawn += text;
  });
  const keyboard = new Keyboard();
  const { signal } = new AbortController();
  const prompts = listPrompts({ input: keyboard, output: screen, signal, width: columns, utf8 }, () => mayGoBack);
  const shown = async () => {
    await new Promise<void>((resolve) => terminal.write('', resolve));
    const { active } = terminal.buffer;
    const lines = Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? '');
    return lines.join('\n').trimEnd();
  };
  const asks = (text: string) => vi.waitFor(() => expect(stripVTControlCharacters(drawn)).toContain(text));
  return { prompts, keyboard, shown, asks };
}

const lists: readonly (readonly [string, (prompts: Prompts) => Promise<unknown>])[] = [
  ['choose', ({ choose }) => choose({ message: 'Which one?', choices: [{ value: 'a', name: 'first' }] })],
  ['search', ({ search }) => search({ message: 'Which one?', find: async () => [{ value: 'a', name: 'first' }] })],
  ['tick', ({ tick }) => tick({ message: 'Which one?', choices: [{ value: 'a', name: 'first', ticked: true }] })],
];

it.each(lists)('< goes back in the list of %s at once, and leaves nothing of it', async (_, ask) => {
  const { prompts, keyboard, shown, asks } = atTerminal();
  const answer = ask(prompts);
  const caught = expect(answer).rejects.toBeInstanceOf(GoBack);
  await asks('first');
  keyboard.press('<');
  await caught;
  expect(await shown()).toBe('');
});

it.each(lists)('at the first question, < is nothing in the list of %s', async (_, ask) => {
  const { prompts, keyboard, shown, asks } = atTerminal(false);
  const answer = ask(prompts);
  await asks('first');
  for (const key of ['<', '\u007f', '\r']) {
    keyboard.press(key);
    await shown();
  }
  expect([await answer].flat()).toEqual(['a']);
});

/** So many that they take several lines; a piece of one is no word of these. */
const words = (count: number) => Array.from({ length: count }, (_, index) => `word-${100 + index}`).join(' ');

it.each([true, false])('no word is broken at the end of a line, with UTF-8: %s', async (utf8) => {
  const { prompts, keyboard, shown, asks } = atTerminal(true, utf8);
  const choice = { value: 'a', name: words(5), short: words(12), hint: words(20) };
  const expectWholeWords = async () => {
    const text = await shown();
    expect(text.match(/\S*(?:wor|ord|rd-|d-1)\S*/g)?.filter((word) => !/^[(]?word-\d{3}[)]?$/.test(word))).toEqual([]);
  };
  const chosen = prompts.choose({ message: words(16), choices: [choice] });
  await asks('enter select'.slice(utf8 ? 6 : 0));
  await expectWholeWords();
  keyboard.press('\r');
  await chosen;
  await expectWholeWords();
  const ticked = prompts.tick({ message: words(16), choices: [{ ...choice, ticked: true }] });
  await asks('submit');
  await expectWholeWords();
  keyboard.press('\r');
  await ticked;
  await expectWholeWords();
  const check = () => words(20);
  const typed = prompts.type({ message: words(15), preset: 'word-999', check });
  await asks('word-999');
  await expectWholeWords();
  keyboard.press('\r');
  await asks('> word-100');
  await expectWholeWords();
  keyboard.press('\u0003');
  await expect(typed).rejects.toThrow();
});
