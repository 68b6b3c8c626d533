/** The status for people: once, a line a look, or a screen that is drawn again. */
import type { Status } from '../status/replication-status.ts';
import { asciiOf } from './ascii.ts';
import type { LiveScreen } from './live-screen.ts';
import type { Paint } from './signed-line.ts';
import { type Round, reasonLine, statusLine, statusRows } from './status-text.ts';
import { type Output, widthOf } from './view.ts';

export interface ScreenStyle {
  readonly paint: Paint;
  /** Absent: no. */
  readonly ascii?: boolean;
  /** Of the sandbox, before the first line; empty elsewhere. */
  readonly mark: string;
  /** Absent: a line a look, and why it is not healthy. */
  readonly live?: LiveScreen | undefined;
  stopSpinner(): void;
}

const widest = 80;
const sandboxMinute = 'In the sandbox, a minute passes each second';

export class StatusScreen {
  readonly #stdout: Output;
  readonly #stderr: Output;
  readonly #style: ScreenStyle;
  /** What was said while the screen was taken. */
  readonly #held = new Set<string>();
  #last: Round | undefined;
  #isBegun = false;

  constructor(stdout: Output, stderr: Output, style: ScreenStyle) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.#style = style;
  }

  get isShown(): boolean {
    return this.#style.live?.isShown ?? false;
  }

  readonly show = (status: Status): void => {
    this.#style.stopSpinner();
    this.release();
    this.#print({ status });
  };

  readonly round = (round: Round): void => {
    this.#style.stopSpinner();
    const { live, ascii = false, mark } = this.#style;
    if (live) {
      this.#last = round;
      const end = `q ends this. ${mark === '' ? 's3repl looks again each minute' : sandboxMinute}.`;
      live.draw((columns, rows) => [...cutToHeight(this.#rows(round, columns), rows - 1, ascii), end]);
      return;
    }
    if (!this.#isBegun && mark !== '') this.#stderr.write(`${mark}${sandboxMinute}.\n`);
    this.#isBegun = true;
    const { status, failedLook } = round;
    const reason = reasonLine(status, { ascii, failedLook });
    const lines = [statusLine(status, { ascii, failedLook }), ...(reason === undefined ? [] : [reason])];
    this.#stdout.write(`${lines.join('\n')}\n`);
  };

  /** Keeps a message until the screen is released. @returns whether it did: otherwise nothing is in its way. */
  hold(text: string): boolean {
    if (this.isShown) this.#held.add(text);
    return this.isShown;
  }

  release(): void {
    this.#style.live?.release();
    for (const text of this.#held) this.#stderr.write(`${text}\n`);
    this.#held.clear();
  }

  /** What was on the screen has gone with it, so it is printed. */
  conclude(): void {
    if (this.#last) this.#print(this.#last);
    this.#last = undefined;
  }

  #print(round: Round): void {
    this.#stdout.write(`${this.#rows(round, widthOf(this.#stdout)).join('\n')}\n`);
  }

  #rows({ status, failedLook }: Round, columns: number): readonly string[] {
    const { paint, ascii = false, mark } = this.#style;
    return statusRows(status, { width: Math.min(columns, widest), ascii, mark, failedLook }, paint);
  }
}

/** The last line says how many are missing. */
function cutToHeight(lines: readonly string[], height: number, ascii: boolean): readonly string[] {
  if (lines.length <= height) return lines;
  const shown = lines.slice(0, Math.max(0, height - 1));
  const more = lines.length - shown.length;
  const note = `… ${more} more ${more === 1 ? 'line' : 'lines'}: make the window taller`;
  return [...shown, ascii ? asciiOf(note) : note];
}
