import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { assertReplaceable, writeFailure } from './write-file.ts';

const pieceLength = 65_536;

/** A file of any length, written piece by piece, for the owner only: there is all of it, or what was there before. */
export class AtomicFile {
  readonly #file: string;
  readonly #temporary: string;
  readonly #handle: number;
  #waiting = '';

  private constructor(file: string) {
    this.#file = file;
    this.#temporary = join(dirname(file), `.${randomUUID()}.tmp`);
    this.#handle = this.#try(() => openSync(this.#temporary, 'wx', 0o600));
  }

  /** @throws Failure `invalid` for a link (not followed), a device or a pipe in its place, and where it cannot be written. */
  static async open(file: string): Promise<AtomicFile> {
    await assertReplaceable(file);
    return new AtomicFile(file);
  }

  write(text: string): void {
    this.#waiting += text;
    if (this.#waiting.length >= pieceLength) this.#flush();
  }

  /** Puts it in its place. */
  keep(): void {
    this.#flush();
    this.#try(() => {
      fsyncSync(this.#handle);
      closeSync(this.#handle);
      renameSync(this.#temporary, this.#file);
    });
  }

  discard(): void {
    rmSync(this.#temporary, { force: true });
    closeSync(this.#handle);
  }

  #flush(): void {
    const bytes = Buffer.from(this.#waiting);
    this.#waiting = '';
    this.#try(() => {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#handle, bytes, done);
    });
  }

  #try<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      rmSync(this.#temporary, { force: true });
      throw writeFailure(this.#file, (error as NodeJS.ErrnoException).code ?? 'unknown error');
    }
  }
}
