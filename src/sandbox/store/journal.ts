/** Grows by one JSON line for what changed together; rewritten once additions outgrow the rest: the cost of a change does not depend on the size. */
import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  write,
  writeFileSync,
} from 'node:fs';
import { promisify } from 'node:util';
import { SandboxStateError } from '../wire/errors.ts';
import { openOwnFile, parseJson } from './own-file.ts';
import { disinherit } from './record.ts';

type Tree = Record<string, unknown>;

/** The first line: the format, and the bytes that the snapshot's lines take. */
interface Head {
  readonly journal: 1;
  readonly snapshot: number;
}

/** The bytes of its whole lines, and of its snapshot. */
interface Opened {
  readonly fd: number;
  readonly snapshot: number;
  size: number;
}

const writeAsync = promisify(write);

const lineFeed = 10;

/** In bytes; a smaller journal is left to grow. */
const small = 2 ** 20;

/** The largest file, in bytes, that is read or written. */
export const mostBytes = 256 * 2 ** 20;

/** A snapshot writes a value of more members than this in several lines. */
const membersInLine = 1000;

/** Lines of a snapshot per write: fewer take longer, more take memory. */
const linesAtOnce = 100;

export function changeText(path: readonly string[], json: string | undefined): string {
  return json === undefined ? `[${JSON.stringify(path)}]` : `[${JSON.stringify(path)},${json}]`;
}

/** Only this process writes it. Lines survive the process but maybe not the machine (no fsync); a new snapshot is synced before it replaces the file. */
export class Journal {
  readonly #file: string;
  readonly #most: number;
  #opened: Opened;

  private constructor(file: string, opened: Opened, most = mostBytes) {
    this.#file = file;
    this.#opened = opened;
    this.#most = most;
  }

  /** Replaces what is there. @param most bytes that the file may have. */
  static create(file: string, tree: object, most = mostBytes): Journal {
    return new Journal(file, writeSnapshot(file, tree), most);
  }

  /** Reads into `tree`; undefined: no file. Drops an incomplete last line, which nobody got an answer for. @throws SandboxStateError for any other damage. */
  static open(file: string, tree: object, isValid: (tree: object) => boolean): Journal | undefined {
    const fd = openOwnFile(file, mostBytes);
    if (fd === undefined) return undefined;
    try {
      const content = readFileSync(fd);
      const size = content.lastIndexOf(lineFeed) + 1;
      const snapshot = replay(content.subarray(0, size), tree as Tree);
      if (snapshot === undefined || !isValid(tree)) throw stateFileError(file);
      if (size < content.length) ftruncateSync(fd, size);
      return new Journal(file, { fd, snapshot, size });
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /** One call at a time. All or nothing, even where the process is killed, the disk is full or the file would be too large. */
  async append(changes: readonly string[]): Promise<void> {
    const line = Buffer.from(lineOf(changes));
    const { fd, size } = this.#opened;
    if (size + line.length > this.#most) throw new Error(`it would be larger than ${this.#most / 2 ** 20} MiB`);
    // If this fails halfway, there is no line feed: the next line overwrites it, and `open` drops what is left.
    for (let at = 0; at < line.length; )
      at += (await writeAsync(fd, line, at, line.length - at, size + at)).bytesWritten;
    this.#opened.size += line.length;
  }

  /** Time for `compact`. */
  get outgrown(): boolean {
    const { size, snapshot } = this.#opened;
    return size - snapshot > Math.max(small, Math.min(snapshot, this.#most / 2 - snapshot / 2));
  }

  compact(tree: object): void {
    const { fd } = this.#opened;
    this.#opened = writeSnapshot(this.#file, tree);
    closeSync(fd);
  }

  close(): void {
    closeSync(this.#opened.fd);
    // The system reuses the descriptor for the next file: late writes must not go there.
    this.#opened = { ...this.#opened, fd: -1 };
  }
}

export function stateFileError(file: string): SandboxStateError {
  return new SandboxStateError(file, 'is damaged, or was written by another version');
}

function lineOf(changes: readonly string[]): string {
  return `[${changes.join(',')}]\n`;
}

/** Written beside the file, then moved into its place: one of the two is complete whenever the process is killed. */
function writeSnapshot(file: string, tree: object): Opened {
  const lines = [...changesOf([], tree)].map((change) => Buffer.from(lineOf([change])));
  const head: Head = { journal: 1, snapshot: lines.reduce((sum, line) => sum + line.length, 0) };
  const first = `${JSON.stringify(head)}\n`;
  const beside = `${file}.new`;
  rmSync(beside, { force: true });
  const fd = openSync(beside, 'wx+', 0o600);
  try {
    writeFileSync(fd, first);
    for (let at = 0; at < lines.length; at += linesAtOnce)
      writeFileSync(fd, Buffer.concat(lines.slice(at, at + linesAtOnce)));
    fsyncSync(fd);
    renameSync(beside, file);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  const size = first.length + head.snapshot;
  return { fd, size, snapshot: size };
}

function* changesOf(path: readonly string[], value: unknown): Generator<string> {
  if (path.length > 0 && (!isTree(value) || !hasMore(value, membersInLine))) {
    yield changeText(path, JSON.stringify(value));
    return;
  }
  if (path.length > 0) yield changeText(path, Array.isArray(value) ? '[]' : '{}');
  for (const [name, member] of Object.entries(value as Tree)) yield* changesOf([...path, name], member);
}

/** At all depths. */
function hasMore(value: unknown, limit: number): boolean {
  let left = limit;
  const isOver = (inner: unknown): boolean => {
    if (!isTree(inner)) return false;
    for (const name in inner) if (--left < 0 || isOver(inner[name])) return true;
    return false;
  };
  return isOver(value);
}

/** Gives the snapshot's size; undefined for a malformed line. */
function replay(content: Buffer, tree: Tree): number | undefined {
  const lines = valuesOf(content);
  const head = lines.next().value;
  if (!isHead(head)) return undefined;
  for (const line of lines)
    if (!Array.isArray(line) || !line.every((change) => makeChange(change, tree))) return undefined;
  return head.snapshot;
}

function* valuesOf(lines: Buffer): Generator<unknown, undefined> {
  for (let start = 0; start < lines.length; ) {
    const end = lines.indexOf(lineFeed, start);
    yield parseJson(lines.toString('utf8', start, end));
    start = end + 1;
  }
}

/** False: no change that can be made. */
function makeChange(change: unknown, tree: Tree): boolean {
  if (!Array.isArray(change) || !isPath(change[0])) return false;
  const [path, value] = change;
  let at: unknown = tree;
  for (const name of path.slice(0, -1)) at = isTree(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  const last = path.at(-1);
  if (!isTree(at) || last === undefined || (Array.isArray(at) && !isWithin(at, last, value))) return false;
  if (change.length === 1) delete at[last];
  else disinherit(at)[last] = value;
  return true;
}

/** Whether the list stays one without holes. */
function isWithin(list: readonly unknown[], name: string, value: unknown): boolean {
  if (name === 'length') return typeof value === 'number' && value <= list.length;
  return /^\d{1,9}$/.test(name) && Number(name) <= list.length;
}

function isPath(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

function isHead(value: unknown): value is Head {
  return isTree(value) && value.journal === 1 && typeof value.snapshot === 'number';
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null;
}
