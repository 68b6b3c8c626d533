/** A terminal that shows one screen again and again, and takes single keys, until it is released. */
import { Failure } from '../events/failure.ts';
import { type Screen, widthOf } from './view.ts';

export interface Keyboard extends NodeJS.ReadableStream {
  readonly isTTY?: boolean | undefined;
  setRawMode?(isRaw: boolean): unknown;
}

const csi = '\u001b[';
/** The alternate screen, no cursor, and lines that are cut in place of going on in the next (xterm, Control Sequences: DECSET 1049, 25 and 7). */
const take = `${csi}?1049h${csi}?25l${csi}?7l`;
const giveBack = `${csi}?7h${csi}?25h${csi}?1049l`;
/** A terminal that knows it (DECSET 2026) shows a frame only once it is complete; the others ignore it. */
const [beginFrame, endFrame] = [`${csi}?2026h`, `${csi}?2026l`];
const [home, clearRight, clearBelow] = [`${csi}H`, `${csi}K`, `${csi}J`];

const controlC = '\u0003';
const usualRows = 24;

/** What to show in so many columns and rows; asked again when the terminal has another size. */
export type LinesAt = (columns: number, rows: number) => readonly string[];

export class LiveScreen {
  readonly #screen: Screen;
  readonly #keyboard: Keyboard | undefined;
  readonly #left = new AbortController();
  #linesAt: LinesAt | undefined;

  /** @param keyboard absent: no key is read. */
  constructor(screen: Screen, keyboard: Keyboard | undefined) {
    this.#screen = screen;
    this.#keyboard = keyboard?.isTTY ? keyboard : undefined;
  }

  /** Aborted by q, and by Ctrl-C, with a Failure as the reason. */
  get left(): AbortSignal {
    return this.#left.signal;
  }

  get isShown(): boolean {
    return this.#linesAt !== undefined;
  }

  draw(linesAt: LinesAt): void {
    if (!this.isShown) this.#take();
    this.#linesAt = linesAt;
    this.#redraw();
  }

  release(): void {
    if (!this.isShown) return;
    this.#linesAt = undefined;
    this.#screen.off('resize', this.#redraw);
    process.off('exit', this.#giveBack);
    this.#keyboard?.off('data', this.#press);
    this.#keyboard?.setRawMode?.(false);
    this.#keyboard?.pause();
    this.#giveBack();
  }

  #take(): void {
    this.#screen.write(take);
    this.#screen.on('resize', this.#redraw);
    // For an end that nobody foresaw.
    process.on('exit', this.#giveBack);
    this.#keyboard?.setRawMode?.(true);
    this.#keyboard?.on('data', this.#press);
    this.#keyboard?.resume();
  }

  readonly #giveBack = (): void => {
    this.#screen.write(giveBack);
  };

  readonly #redraw = (): void => {
    // Nobody looks at a terminal of 0 columns.
    if (!this.#linesAt || this.#screen.columns === 0) return;
    const rows = this.#screen.rows || usualRows;
    const lines = this.#linesAt(widthOf(this.#screen), rows).slice(0, rows);
    // Cleared before it is written: after a full line the cursor stands on its last character.
    const frame = lines.map((line) => `${clearRight}${line}`).join('\r\n');
    const below = lines.length < rows ? `\r\n${clearBelow}` : '';
    this.#screen.write(`${beginFrame}${home}${frame}${below}${endFrame}`);
  };

  readonly #press = (typed: Buffer | string): void => {
    const keys = String(typed);
    if (keys.includes(controlC)) this.#left.abort(new Failure('cancelled', 'cancelled', 'stopped watching'));
    else if (/q/i.test(keys)) this.#left.abort();
  };
}
