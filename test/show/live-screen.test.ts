import headless from '@xterm/headless';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Failure } from '../../src/events/failure.ts';
import { LiveScreen } from '../../src/show/live-screen.ts';
import { Keyboard, Screen } from '../wizard/in-process.ts';

/** A terminal of 40 columns and 6 rows with something on it already. */
function aTerminal() {
  const terminal = new headless.Terminal({ cols: 40, rows: 6, allowProposedApi: true });
  const raw: string[] = [];
  const screen = new Screen(40, (text) => {
    raw.push(text);
    terminal.write(text);
  });
  Object.assign(screen, { rows: 6 });
  const keyboard = new Keyboard();
  screen.write('$ s3repl status --watch\n');
  const live = new LiveScreen(screen, keyboard);
  onTestFinished(() => live.release());
  const shown = () =>
    new Promise<readonly string[]>((resolve) =>
      terminal.write('', () => {
        const { active } = terminal.buffer;
        const lines = Array.from(
          { length: 6 },
          (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
        );
        resolve(lines);
      }),
    );
  const resize = (columns: number, rows: number) => {
    Object.assign(screen, { columns, rows });
    terminal.resize(columns || 1, rows);
    screen.emit('resize');
  };
  return { live, keyboard, shown, resize, raw: () => raw.join(''), terminal };
}

describe('a screen that is drawn again and again', () => {
  it('shows what it is given from the top, and leaves nothing of what was there before', async () => {
    const { live, shown, raw } = aTerminal();
    live.draw(() => ['first, a long line', 'second', 'third']);
    expect(await shown()).toEqual(['first, a long line', 'second', 'third', '', '', '']);
    live.draw(() => ['1', '2']);
    expect(await shown()).toEqual(['1', '2', '', '', '', '']);
    // Nothing is erased before something else is there: that would flicker.
    expect(raw()).not.toContain('\u001b[2J');
  });

  it('gives the terminal back as it was, with its cursor', async () => {
    const { live, keyboard, shown, raw, terminal } = aTerminal();
    const listeners = process.listeners('exit').length;
    live.draw(() => ['status']);
    expect((await shown())[0]).toBe('status');
    expect(terminal.buffer.active.type).toBe('alternate');
    expect(keyboard.isRaw).toBe(true);
    live.release();
    expect((await shown())[0]).toBe('$ s3repl status --watch');
    expect(terminal.buffer.active.type).toBe('normal');
    expect(raw()).toContain('\u001b[?25h');
    expect(keyboard.isRaw).toBe(false);
    expect(process.listeners('exit')).toHaveLength(listeners);
  });

  it('is drawn for the new size when the terminal has another one, and not at all in 0 columns', async () => {
    const { live, shown, resize, raw } = aTerminal();
    live.draw((columns, rows) => [`${columns} x ${rows}`]);
    resize(30, 5);
    expect((await shown())[0]).toBe('30 x 5');
    const { length } = raw();
    resize(0, 5);
    expect(raw()).toHaveLength(length);
    resize(38, 6);
    expect((await shown())[0]).toBe('38 x 6');
  });

  it('cuts lines that are too wide, and those that are too many', async () => {
    const { live, shown } = aTerminal();
    live.draw(() => ['x'.repeat(50), ...Array.from({ length: 9 }, (_, index) => `line ${index}`)]);
    expect(await shown()).toEqual(['x'.repeat(40), 'line 0', 'line 1', 'line 2', 'line 3', 'line 4']);
  });

  it.each(['q', 'Q', 'xyzq'])('is left with %s', async (keys) => {
    const { live, keyboard } = aTerminal();
    live.draw(() => ['status']);
    const left = new Promise((resolve) => live.left.addEventListener('abort', resolve));
    keyboard.press(keys);
    await left;
    expect(live.left.reason).not.toBeInstanceOf(Failure);
  });

  it('is interrupted by Ctrl-C, which no signal tells of while keys are read', async () => {
    const { live, keyboard } = aTerminal();
    live.draw(() => ['status']);
    const left = new Promise((resolve) => live.left.addEventListener('abort', resolve));
    keyboard.press('\u0003');
    await left;
    expect(live.left.reason).toMatchObject({ outcome: 'cancelled' });
  });

  it('leaves the keys alone once it is released: they may be an answer to a question', async () => {
    const { live, keyboard } = aTerminal();
    live.draw(() => ['status']);
    live.release();
    keyboard.press('q\r');
    await new Promise(setImmediate);
    expect(live.left.aborted).toBe(false);
  });
});
