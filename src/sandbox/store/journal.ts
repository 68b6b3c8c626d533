/**
 * A tree of plain values in a file that only grows: one line of JSON for what happened together, as the places that changed
 * and what is there now. Once what was added is larger than what it was added to, the file is written afresh, so that what
 * a change costs does not depend on how much there is.
 */
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

/** The first line: the format, and how many bytes the lines take that were written with it. */
interface Head {
  readonly journal: 1;
  readonly snapshot: number;
}

/** A file that is open: the bytes of its whole lines, and those of its snapshot. */
interface Opened {
  readonly fd: number;
  readonly snapshot: number;
  size: number;
}

const writeAsync = promisify(write);

const lineFeed = 10;

/** A journal below this size, in bytes, is left to grow. */
const small = 2 ** 20;

/** The largest that is read, in bytes, and so the largest that is written. */
export const mostBytes = 256 * 2 ** 20;

/** What is written in one line, in a snapshot: values that consist of more than this come in parts. */
const membersInLine = 1000;

/** So many lines of a snapshot are given to the system at once: fewer take longer, more take memory. */
const linesAtOnce = 100;

/** One change as it stands in a line. */
export function changeText(path: readonly string[], json: string | undefined): string {
  return json === undefined ? `[${JSON.stringify(path)}]` : `[${JSON.stringify(path)},${json}]`;
}

/**
 * The file of a journal, which this process alone writes.
 *
 * A line that was given to the operating system survives the end of the process; that of the machine it survives only if the
 * system had the time to write it to the disk, for it is not asked to (no fsync). A new snapshot is synced before it takes
 * the place of what it replaces.
 */
export class Journal {
  readonly #file: string;
  #opened: Opened;

  private constructor(file: string, opened: Opened) {
    this.#file = file;
    this.#opened = opened;
  }

  /** A new file, or one in the place of what is there, which holds this tree. */
  static create(file: string, tree: object): Journal {
    return new Journal(file, writeSnapshot(file, tree));
  }

  /**
   * Opens the file and has its changes made to `tree`; undefined where there is none. A last line that was not written to its
   * end is nothing that anybody was told of, and is dropped.
   *
   * @throws SandboxStateError for any other damage, and where the tree is not what it has to be.
   */
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

  /** Adds what happened together, one call at a time; all of it or, where the process is killed, the disk is full or the file would be too large, nothing. */
  async append(changes: readonly string[]): Promise<void> {
    const line = Buffer.from(lineOf(changes));
    const { fd, size } = this.#opened;
    if (size + line.length > mostBytes) throw new Error(`it would be larger than ${mostBytes / 2 ** 20} MiB`);
    // Where this fails halfway, what is there has no line feed: the next line is written over it, and `open` drops the rest.
    for (let at = 0; at < line.length; )
      at += (await writeAsync(fd, line, at, line.length - at, size + at)).bytesWritten;
    this.#opened.size += line.length;
  }

  /** Whether it is time for a new snapshot. */
  get outgrown(): boolean {
    const { size, snapshot } = this.#opened;
    return size - snapshot > Math.max(small, Math.min(snapshot, mostBytes / 2 - snapshot / 2));
  }

  /** Replaces everything by a snapshot of the tree. */
  compact(tree: object): void {
    const { fd } = this.#opened;
    this.#opened = writeSnapshot(this.#file, tree);
    closeSync(fd);
  }

  close(): void {
    closeSync(this.#opened.fd);
    // The system gives the number to the next file that is opened: what comes too late must not be written there.
    this.#opened = { ...this.#opened, fd: -1 };
  }
}

/** What a state file is said to be that cannot be read. */
export function stateFileError(file: string): SandboxStateError {
  return new SandboxStateError(file, 'is damaged, or was written by another version');
}

function lineOf(changes: readonly string[]): string {
  return `[${changes.join(',')}]\n`;
}

/** Written beside the file and moved into its place, so that one of the two is whole whenever the process is killed. */
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

/** The changes that make a value from nothing. */
function* changesOf(path: readonly string[], value: unknown): Generator<string> {
  if (path.length > 0 && (!isTree(value) || !hasMore(value, membersInLine))) {
    yield changeText(path, JSON.stringify(value));
    return;
  }
  if (path.length > 0) yield changeText(path, Array.isArray(value) ? '[]' : '{}');
  for (const [name, member] of Object.entries(value as Tree)) yield* changesOf([...path, name], member);
}

/** Whether a value consists of more than so many members, at all depths. */
function hasMore(value: unknown, limit: number): boolean {
  let left = limit;
  const isOver = (inner: unknown): boolean => {
    if (!isTree(inner)) return false;
    for (const name in inner) if (--left < 0 || isOver(inner[name])) return true;
    return false;
  };
  return isOver(value);
}

/** Makes the changes of all lines; gives the size of the snapshot, or undefined where a line is none. */
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

/** Says whether it was a change that can be made. */
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

/** Whether a list is still one, without holes, when this member has this value. */
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
