/**
 * A tree of plain values in a file that only grows: one line of JSON for what happened together, as the places that changed
 * and what is there now. Once what was added is larger than what it was added to, the file is written afresh, so that what
 * a change costs does not depend on how much there is.
 */
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { SandboxStateError } from '../wire/errors.ts';
import { openOwnFile } from './own-file.ts';
import { disinherited } from './recorder.ts';

type Tree = Record<string, unknown>;

/** The first line: the format, and how many bytes the lines take that were written with it. */
interface Head {
  readonly journal: 1;
  readonly snapshot: number;
}

const LINE_FEED = 10;

/** A journal below this size, in bytes, is left to grow. */
const SMALL = 2 ** 20;

/** The largest that is read, in bytes, and so the largest that is written. */
export const MOST = 256 * 2 ** 20;

/** What is written in one line, in a snapshot: values that consist of more than this come in parts. */
const MEMBERS_IN_LINE = 1000;

/** How deep the values of a line may be nested: what walks through them reaches the end of the stack much later. */
const LEVELS = 1000;

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
  #handle: FileHandle;
  #size: number;
  #snapshot: number;

  private constructor(file: string, handle: FileHandle, size: number, snapshot: number) {
    this.#file = file;
    this.#handle = handle;
    this.#size = size;
    this.#snapshot = snapshot;
  }

  /** A new file, or one in the place of what is there, which holds this tree. */
  static async create(file: string, tree: object): Promise<Journal> {
    const { handle, size } = await writeSnapshot(file, tree);
    return new Journal(file, handle, size, size);
  }

  /**
   * Opens the file and has its changes made to `tree`; undefined where there is none. A last line that was not written to its
   * end is nothing that anybody was told of, and is dropped.
   *
   * @throws SandboxStateError for any other damage.
   */
  static async open(file: string, tree: object): Promise<Journal | undefined> {
    const handle = await openOwnFile(file, MOST);
    if (handle === undefined) return undefined;
    try {
      if (!(await beginsAsOurs(handle))) throw damaged(file);
      const content = await handle.readFile();
      const size = content.lastIndexOf(LINE_FEED) + 1;
      const snapshot = replay(content.subarray(0, size), tree as Tree);
      if (snapshot === undefined) throw damaged(file);
      if (size < content.length) await handle.truncate(size);
      return new Journal(file, handle, size, snapshot);
    } catch (fault) {
      await handle.close();
      throw fault;
    }
  }

  /** Adds what happened together; all of it or, where the process is killed, the disk is full or the file would be too large, nothing. */
  async append(changes: readonly string[]): Promise<void> {
    const line = Buffer.from(lineOf(changes));
    if (this.#size + line.length > MOST) throw new Error(`it would be larger than ${MOST / 2 ** 20} MiB`);
    try {
      for (let written = 0; written < line.length; ) {
        const position = this.#size + written;
        written += (await this.#handle.write(line, written, line.length - written, position)).bytesWritten;
      }
      this.#size += line.length;
    } catch (fault) {
      await this.#handle.truncate(this.#size).catch(() => {});
      throw fault;
    }
  }

  /** Whether it is time for a new snapshot. */
  get outgrown(): boolean {
    return this.#size - this.#snapshot > Math.max(SMALL, Math.min(this.#snapshot, MOST / 2 - this.#snapshot / 2));
  }

  /** Replaces everything by a snapshot of the tree. */
  async compact(tree: object): Promise<void> {
    const { handle, size } = await writeSnapshot(this.#file, tree);
    await this.#handle.close();
    this.#handle = handle;
    this.#size = size;
    this.#snapshot = size;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** What a state file is said to be that cannot be read. */
export function damaged(file: string): SandboxStateError {
  return new SandboxStateError(file, 'is damaged, or was written by another version');
}

function lineOf(changes: readonly string[]): string {
  return `[${changes.join(',')}]\n`;
}

/** Written beside the file and moved into its place, so that one of the two is whole whenever the process is killed. */
async function writeSnapshot(file: string, tree: object): Promise<{ handle: FileHandle; size: number }> {
  const lines = [...snapshotOf([], tree)].map((change) => Buffer.from(lineOf([change])));
  const head: Head = { journal: 1, snapshot: lines.reduce((sum, line) => sum + line.length, 0) };
  const first = Buffer.from(`${JSON.stringify(head)}\n`);
  const beside = `${file}.new`;
  await rm(beside, { force: true });
  const handle = await open(beside, 'wx+', 0o600);
  try {
    for (const batch of batched([first, ...lines])) await handle.writeFile(batch);
    await handle.sync();
    await rename(beside, file);
  } catch (fault) {
    await handle.close();
    throw fault;
  }
  return { handle, size: first.length + head.snapshot };
}

const BATCH = 4 * 2 ** 20;

function* batched(lines: readonly Buffer[]): Generator<Buffer> {
  let batch: Buffer[] = [];
  let size = 0;
  for (const line of lines) {
    batch.push(line);
    size += line.length;
    if (size < BATCH) continue;
    yield Buffer.concat(batch);
    batch = [];
    size = 0;
  }
  yield Buffer.concat(batch);
}

function* snapshotOf(path: readonly string[], value: unknown): Generator<string> {
  if (path.length > 0 && (!isTree(value) || !hasMore(value, MEMBERS_IN_LINE))) {
    yield changeText(path, JSON.stringify(value));
    return;
  }
  if (path.length > 0) yield changeText(path, Array.isArray(value) ? '[]' : '{}');
  for (const [name, member] of Object.entries(value as Tree)) yield* snapshotOf([...path, name], member);
}

/** Whether a value consists of more than so many members, at all depths. */
function hasMore(value: unknown, limit: number): boolean {
  let left = limit;
  const counted = (inner: unknown): boolean => {
    if (!isTree(inner)) return false;
    for (const name in inner) if (--left < 0 || counted(inner[name])) return true;
    return false;
  };
  return counted(value);
}

/** Whether the first line is ours: the rest of a file that is something else is not read. */
async function beginsAsOurs(handle: FileHandle): Promise<boolean> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(128), 0, 128, 0);
  const end = buffer.indexOf(LINE_FEED);
  return end >= 0 && end < bytesRead && isHead(parsed(buffer.toString('utf8', 0, end)));
}

/** Makes the changes of all lines; gives the size of the snapshot, or undefined where a line is none. */
function replay(content: Buffer, tree: Tree): number | undefined {
  let head: Head | undefined;
  for (let start = 0; start < content.length; ) {
    const end = content.indexOf(LINE_FEED, start);
    const line = parsed(content.toString('utf8', start, end));
    start = end + 1;
    if (head === undefined) {
      if (!isHead(line)) return undefined;
      head = line;
    } else if (!Array.isArray(line) || !line.every((change) => isMade(change, tree))) {
      return undefined;
    }
  }
  return head?.snapshot;
}

function isMade(change: unknown, tree: Tree): boolean {
  if (!Array.isArray(change) || !isPath(change[0])) return false;
  const [path, value] = change;
  let at: unknown = tree;
  for (const name of path.slice(0, -1)) at = isTree(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  const last = path.at(-1);
  if (!isTree(at) || last === undefined || (Array.isArray(at) && !isWithin(at, last, value))) return false;
  if (change.length === 1) delete at[last];
  else disinherited(at)[last] = value;
  return true;
}

/** Whether a list is still one, without holes, when this member has this value. */
function isWithin(list: readonly unknown[], name: string, value: unknown): boolean {
  if (name === 'length') return typeof value === 'number' && value <= list.length;
  return /^\d{1,9}$/.test(name) && Number(name) <= list.length;
}

/** A value of JSON; undefined where the text is none, or is nested more deeply than anything that the sandbox writes. */
export function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    // Each level takes two characters: most lines are too short to be looked through.
    return text.length > 2 * LEVELS && isDeeper(value, LEVELS) ? undefined : value;
  } catch {
    return undefined;
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  return isTree(value) && (levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1)));
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
