import type { Output } from '../show/view.ts';
import { escapeControls } from '../text/quote.ts';

type Streams = Readonly<Record<'stdout' | 'stderr', Output>>;

/** What is said about one of several configurations, kept until all of it is there: lines of two never mix. */
export class Block implements Streams {
  readonly stdout: Output = { write: (text) => this.#said.push({ to: 'stdout', text }) };
  readonly stderr: Output = { write: (text) => this.#said.push({ to: 'stderr', text }) };
  readonly #heading: string;
  readonly #said: { readonly to: keyof Streams; readonly text: string }[] = [];

  /** @param heading a line before all of it, on stdout. */
  constructor(heading: string) {
    this.#heading = heading;
  }

  /** Says it, in the order in which it was said; what follows makes another block. */
  end(streams: Streams): void {
    if (this.#said.length === 0) return;
    streams.stdout.write(`${escapeControls(this.#heading)}\n`);
    for (const { to, text } of this.#said.splice(0)) streams[to].write(text);
  }
}
