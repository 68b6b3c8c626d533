import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { lstat, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../events/failure.ts';

/** All or nothing, for the owner only: it may name infrastructure. @throws Failure `invalid` for a link (not followed), a device or a pipe in its place. */
export async function writeFileAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const file = await AtomicFile.open(path);
  file.write(content);
  file.keep();
}

const pieceBytes = 65_536;

/** A file of any length, written piece by piece: in the end there is all of it, or what was there before. */
export class AtomicFile {
  readonly #path: string;
  readonly #temporary: string;
  readonly #handle: number;
  #isOpen = true;
  #waiting: Uint8Array[] = [];
  #bytes = 0;

  private constructor(path: string) {
    this.#path = path;
    this.#temporary = join(dirname(path), `.${randomUUID()}.tmp`);
    this.#handle = openSync(this.#temporary, 'wx', 0o600);
  }

  /** @throws as `writeFileAtomically`, and so do `write` and `keep`. */
  static async open(path: string): Promise<AtomicFile> {
    try {
      await assertReplaceable(path);
      return new AtomicFile(path);
    } catch (error) {
      throw explainError(path, error);
    }
  }

  write(content: string | Uint8Array): void {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes >= pieceBytes) this.#try(() => this.#flush());
  }

  /** Puts it in its place. */
  keep(): void {
    this.#try(() => {
      this.#flush();
      fsyncSync(this.#handle);
      this.#close();
      renameSync(this.#temporary, this.#path);
    });
  }

  /** Leaves what was there; after an error that was done already. */
  discard(): void {
    rmSync(this.#temporary, { force: true });
    this.#close();
  }

  #close(): void {
    if (this.#isOpen) closeSync(this.#handle);
    this.#isOpen = false;
  }

  #flush(): void {
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#bytes = 0;
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#handle, bytes, done);
  }

  #try(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.discard();
      throw explainError(this.#path, error);
    }
  }
}

/** Makes the folder, for its owner only. @throws Failure `invalid` for a link: a folder from somebody else could lead anywhere. */
export async function makeOwnFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if ((await lstat(folder)).isSymbolicLink())
      throw writeFailure(folder, 'it is a symbolic link, which s3repl does not follow');
  } catch (error) {
    throw explainError(folder, error);
  }
}

async function assertReplaceable(file: string): Promise<void> {
  const found = await lstat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined || found.isFile()) return;
  if (found.isSymbolicLink())
    throw writeFailure(
      file,
      'it is a symbolic link, which s3repl does not follow',
      'name the file that it leads to, or remove the link',
    );
  if (found.isDirectory()) throw writeFailure(file, 'it is a directory');
  throw writeFailure(file, 'it is a device, a pipe or a socket');
}

function explainError(path: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  return writeFailure(path, (error as NodeJS.ErrnoException).code ?? 'unknown error');
}

function writeFailure(file: string, why: string, fix = 'name another file'): Failure {
  return new Failure('invalid', 'write-file', `cannot write ${file}: ${why}`, fix);
}
