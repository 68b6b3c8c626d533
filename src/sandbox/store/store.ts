import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SandboxDiskError } from '../wire/errors.ts';
import { Contents } from './contents.ts';
import { changeText, damaged, Journal, MOST, parsed } from './journal.ts';
import { takeLock } from './lock.ts';
import { makeFolder, openOwnFile } from './own-file.ts';
import { recorded } from './recorder.ts';
import { emptyState, type SandboxState } from './state.ts';
import { isState } from './state-shape.ts';

/** Where a sandbox keeps its state. */
export interface Store {
  /** Whatever changes in it is kept; see `recorded` for how to change it. */
  readonly state: SandboxState;
  /** Absent: the state holds all contents. */
  readonly contents?: Contents;
  /** Ends when everything that had happened when it was called is kept. */
  save(): Promise<void>;
  close(): Promise<void>;
}

/** How long another process is waited for, in milliseconds. */
export const LOCK_PATIENCE = 10_000;

/** A store that forgets. */
export function memoryStore(now: number): Store {
  return { state: recorded(emptyState(now), () => {}), save: async () => {}, close: async () => {} };
}

export interface StoreOptions {
  /** Milliseconds to wait for another process. */
  readonly patience: number;
  /** The URL that the state is served at, for other processes to be told. */
  readonly servedAt?: string | undefined;
}

/**
 * Opens the state in a folder, and keeps the folder locked until it is closed. Throws `SandboxBusyError` and
 * `SandboxStateError`.
 */
export async function openStore(directory: string, now: number, options: StoreOptions): Promise<Store> {
  await makeFolder(directory);
  const free = await takeLock(directory, options);
  try {
    const { journal, tree } = await load(directory, now);
    const contents = new Contents(contentsFolder(directory));
    contents.sweep(tree);
    let pending: string[] = [];
    const state = recorded(tree, (path, json) => {
      // The time changes with every request; it is kept with what else has changed, and at the end.
      if (path[0] !== 'now') pending.push(changeText(path, json));
    });
    const keep = async () => {
      const changes = pending;
      pending = [];
      try {
        await journal.append([...changes, changeText(['now'], JSON.stringify(state.now))]);
      } catch (fault) {
        pending = [...changes, ...pending];
        throw new SandboxDiskError(directory, fault);
      }
      // All is kept already: where there is no room for a snapshot, the journal goes on.
      if (journal.outgrown) await journal.compact(tree).catch(() => {});
      if (contents.outgrown && pending.length === 0) contents.sweep(tree);
    };
    const save = oneAtATime(keep);
    state.now = Math.max(state.now, now);
    return {
      state,
      contents,
      save: () => (pending.length > 0 ? save() : save.underWay()),
      close: async () => {
        try {
          await save();
          contents.sweep(tree);
        } finally {
          await journal.close();
          await free();
        }
      },
    };
  } catch (fault) {
    await free();
    throw fault;
  }
}

/** Empties the sandbox in a folder; says whether there was anything. Works on a damaged state file too. */
export async function emptyStore(directory: string): Promise<boolean> {
  await makeFolder(directory);
  const free = await takeLock(directory, { patience: LOCK_PATIENCE });
  try {
    const removed = await Promise.all([journalFile(directory), firstFile(directory)].map(isRemoved));
    await rm(contentsFolder(directory), { recursive: true, force: true });
    return removed.includes(true);
  } finally {
    await free();
  }
}

async function isRemoved(file: string): Promise<boolean> {
  try {
    await rm(file);
    return true;
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return false;
    throw fault;
  }
}

function journalFile(directory: string): string {
  return join(directory, 'sandbox.journal');
}

function contentsFolder(directory: string): string {
  return join(directory, 'contents');
}

/** Where version 1 kept the whole state as one document. */
function firstFile(directory: string): string {
  return join(directory, 'sandbox.json');
}

async function load(directory: string, now: number): Promise<{ journal: Journal; tree: SandboxState }> {
  const file = journalFile(directory);
  const tree = emptyState(now);
  const journal = await Journal.open(file, tree);
  if (journal === undefined) {
    await readFirst(firstFile(directory), tree);
    const created = await Journal.create(file, tree);
    await rm(firstFile(directory), { force: true });
    return { journal: created, tree };
  }
  if (isState(tree)) return { journal, tree };
  await journal.close();
  throw damaged(file);
}

async function readFirst(file: string, tree: SandboxState): Promise<void> {
  const handle = await openOwnFile(file, MOST);
  if (handle === undefined) return;
  try {
    const found = parsed(await handle.readFile('utf8'));
    if (!isObject(found) || found.version !== 1) throw damaged(file);
    Object.assign(tree, found);
    // There were no objects yet.
    for (const bucket of Object.values<unknown>(tree.buckets ?? {}))
      if (isObject(bucket)) Object.assign(bucket, { objects: {}, uploads: {} });
    if (!isState(tree)) throw damaged(file);
  } finally {
    await handle.close();
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface OneAtATime {
  (): Promise<void>;
  /** Ends with the runs that have been asked for. */
  underWay(): Promise<void>;
}

/** Runs an action one at a time; all who ask while it runs share the next run. */
function oneAtATime(action: () => Promise<void>): OneAtATime {
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  const ask = () => {
    next ??= running.then(() => {
      next = undefined;
      const run = action();
      running = run.catch(() => {});
      return run;
    });
    return next;
  };
  return Object.assign(ask, { underWay: () => next ?? running });
}
