import type { Output } from '../show/view.ts';
import { escapeControls } from '../text/quote.ts';

type Streams = Readonly<Record<'stdout' | 'stderr', Output>>;

/** Keeps the output about one of several configurations until it is complete: lines of two never mix. */
export class Block implements Streams {
  readonly stdout: Output = { write: (text) => this.#said.push({ to: 'stdout', text }) };
  readonly stderr: Output = { write: (text) => this.#said.push({ to: 'stderr', text }) };
  readonly #heading: string;
  readonly #said: { readonly to: keyof Streams; readonly text: string }[] = [];

  constructor(heading: string) {
    this.#heading = heading;
  }

  end(streams: Streams): void {
    if (this.#said.length === 0) return;
    streams.stdout.write(`${escapeControls(this.#heading)}\n`);
    for (const { to, text } of this.#said.splice(0)) streams[to].write(text);
  }
}
