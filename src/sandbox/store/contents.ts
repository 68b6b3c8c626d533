/** Small contents are in the state, as Base64; larger ones are files beside the journal, named in the state, to keep journal and memory small. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { SandboxDiskError, SandboxStateError } from '../wire/errors.ts';
import type { SandboxState } from './state.ts';

/** In bytes; a larger content gets a file. */
const smallBytes = 32 * 2 ** 10;

/** After so many bytes written, files that nothing names are removed. */
const enoughBytes = 256 * 2 ** 20;

/** Before the names of a content's files; Base64 has no colon. */
const filesMark = 'files:';

/** Never changed once written: versions, replicas, copies and uploads may share a file. */
export class Contents {
  readonly #directory: string;
  #written = 0;

  /** @param directory is made with the first file. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Gives the file's name. @throws SandboxDiskError */
  put(bytes: Uint8Array): string {
    const name = randomBytes(12).toString('hex');
    try {
      mkdirSync(this.#directory, { mode: 0o700, recursive: true });
      writeFileSync(join(this.#directory, name), bytes, { flag: 'wx', mode: 0o600 });
    } catch (error) {
      rmSync(join(this.#directory, name), { force: true });
      throw new SandboxDiskError(this.#directory, error);
    }
    this.#written += bytes.length;
    return name;
  }

  /** @throws SandboxStateError where it is gone. */
  get(name: string): Buffer {
    return this.#with(name, (handle) => readFileSync(handle));
  }

  /** In bytes. @throws SandboxStateError where it is gone. */
  sizeOf(name: string): number {
    return this.#with(name, (handle) => fstatSync(handle).size);
  }

  #with<T>(name: string, use: (handle: number) => T): T {
    const file = join(this.#directory, name);
    try {
      const handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        return use(handle);
      } finally {
        closeSync(handle);
      }
    } catch {
      throw new SandboxStateError(file, 'cannot be read');
    }
  }

  get outgrown(): boolean {
    return this.#written > enoughBytes;
  }

  /** Removes files that no version and no upload names. Save the state first: a name in the journal must have its file. */
  sweep({ buckets }: Pick<SandboxState, 'buckets'>): void {
    this.#written = 0;
    const files = filesIn(this.#directory);
    if (files.length === 0) return;
    const held = Object.values(buckets).flatMap(({ objects, uploads }) => [
      ...Object.values(objects).flatMap((versions) =>
        versions.flatMap((version) => (version.deleteMarker ? [] : namesIn(version.content))),
      ),
      ...Object.values(uploads).flatMap(({ parts }) => Object.values(parts).flatMap(({ content }) => namesIn(content))),
    ]);
    const names = new Set(held);
    for (const file of files) if (!names.has(file)) rmSync(join(this.#directory, file), { force: true });
  }
}

/** Absent: the state holds all contents. */
export interface Keeping {
  readonly contents?: Contents | undefined;
}

/** Gives what stands for the content in the state. */
export function keepContent({ contents }: Keeping, bytes: Buffer): string {
  if (contents === undefined || bytes.length <= smallBytes) return bytes.toString('base64');
  return filesMark + contents.put(bytes);
}

/** Reads at most the bytes from `start` to before `end`. */
export function contentOf({ contents }: Keeping, content: string, size: number, start = 0, end = size): Buffer {
  const names = namesIn(content);
  if (names.length === 0) return Buffer.from(content, 'base64').subarray(start, end);
  if (contents === undefined) throw new Error('the contents of objects are not kept here');
  const bytes = Buffer.allocUnsafe(end - start);
  let at = 0;
  for (const name of names) {
    if (at >= end) break;
    const length = contents.sizeOf(name);
    if (at + length > start) {
      const part = contents.get(name).subarray(Math.max(start - at, 0), end - at);
      part.copy(bytes, Math.max(at - start, 0));
    }
    at += length;
  }
  return bytes;
}

/** In this order; what is in files already stays there. */
export function joinContents(
  keeping: Keeping,
  parts: readonly { readonly content: string; readonly size: number }[],
): string {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first.content;
  const { contents } = keeping;
  if (contents === undefined)
    return Buffer.concat(parts.map(({ content, size }) => contentOf(keeping, content, size))).toString('base64');
  const names = parts.flatMap(({ content, size }) => {
    const found = namesIn(content);
    return found.length > 0 ? found : [contents.put(contentOf(keeping, content, size))];
  });
  return filesMark + names.join();
}

function namesIn(content: string): readonly string[] {
  return content.startsWith(filesMark) ? content.slice(filesMark.length).split(',').filter(isName) : [];
}

/** Other files there are not ours. @throws SandboxStateError where a link is in the folder's place. */
function filesIn(directory: string): readonly string[] {
  const found = lstatSync(directory, { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (!found.isDirectory()) throw new SandboxStateError(directory, 'is no folder, or a link, which is not followed');
  return readdirSync(directory).filter(isName);
}

/** Only hexadecimal, so that no state can name a file elsewhere. */
function isName(text: string): boolean {
  return /^[\da-f]{24}$/.test(text);
}
