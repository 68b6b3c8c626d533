import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../../model/evaluation/element.ts';
import { SandboxDiskError } from '../wire/errors.ts';
import { Contents } from './contents.ts';
import { changeText, Journal, mostBytes, stateFileError } from './journal.ts';
import { type LockOptions, takeLock } from './lock.ts';
import { makeFolder, parseJson, readOwnFile, succeedsUnless } from './own-file.ts';
import { recordChanges } from './recorder.ts';
import { emptyState, type SandboxState } from './state.ts';
import { isState } from './state-shape.ts';

export interface Store {
  /** Every change in it is kept; see `recordChanges`. */
  readonly state: SandboxState;
  /** Absent: the state holds all contents. */
  readonly contents?: Contents;
  /** Waits until all changes before the call are kept. @throws SandboxDiskError */
  save(): Promise<void>;
  close(): Promise<void>;
}

const journalName = 'sandbox.journal';
/** Version 1 kept the whole state in one document. */
const firstName = 'sandbox.json';
const contentsFolder = 'contents';

/** Milliseconds to wait for another process. */
export const defaultPatience = 10_000;

export function memoryStore(now: number): Store {
  return { state: recordChanges(emptyState(now), () => {}), save: async () => {}, close: async () => {} };
}

/** Locks the folder until the store is closed. @throws SandboxBusyError, SandboxStateError */
export async function openStore(directory: string, now: number, options: LockOptions): Promise<Store> {
  makeFolder(directory);
  const free = await takeLock(directory, options);
  let opened: Journal | undefined;
  const leave = () => {
    opened?.close();
    free();
  };
  try {
    const tree = emptyState(now);
    const journal = Journal.open(join(directory, journalName), tree, isState) ?? startJournal(directory, tree);
    opened = journal;
    const contents = new Contents(join(directory, contentsFolder));
    contents.sweep(tree);
    let pending: string[] = [];
    const state = recordChanges(tree, (path, json) => {
      // The time changes with every request; it is kept with other changes, and at the end.
      if (path[0] !== 'now') pending.push(changeText(path, json));
    });
    state.now = Math.max(state.now, now);
    const keep = async () => {
      const changes = pending;
      pending = [];
      try {
        await journal.append([...changes, changeText(['now'], JSON.stringify(state.now))]);
      } catch (error) {
        pending = [...changes, ...pending];
        throw new SandboxDiskError(directory, error);
      }
      if (journal.outgrown) compactIfRoom(journal, tree);
      if (contents.outgrown && pending.length === 0) contents.sweep(tree);
    };
    const { ask, underWay } = shareRuns(keep);
    return {
      state,
      contents,
      save: () => (pending.length > 0 ? ask() : underWay()),
      close: async () => {
        try {
          await ask();
          contents.sweep(tree);
        } finally {
          leave();
        }
      },
    };
  } catch (error) {
    leave();
    throw error;
  }
}

/** Runs one at a time; all who ask during a run share the next one. */
function shareRuns(action: () => Promise<void>) {
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  return {
    ask: (): Promise<void> => {
      next ??= running.then(() => {
        next = undefined;
        const run = action();
        running = run.catch(() => {});
        return run;
      });
      return next;
    },
    underWay: (): Promise<void> => next ?? running,
  };
}

/** Without room for a snapshot, the journal goes on: all is kept already. */
function compactIfRoom(journal: Journal, tree: SandboxState): void {
  try {
    journal.compact(tree);
  } catch {}
}

/** From version 1's document, or empty. */
function startJournal(directory: string, tree: SandboxState): Journal {
  const first = join(directory, firstName);
  const text = readOwnFile(first, mostBytes);
  if (text !== undefined && !readFirst(parseJson(text), tree)) throw stateFileError(first);
  const journal = Journal.create(join(directory, journalName), tree);
  rmSync(first, { force: true });
  return journal;
}

/** From version 1's document; gives whether it is a state. */
function readFirst(found: unknown, tree: SandboxState): boolean {
  if (!isObject(found) || found.version !== 1) return false;
  Object.assign(tree, found);
  // Version 1 had no objects.
  for (const bucket of Object.values<unknown>(tree.buckets ?? {}))
    if (isObject(bucket)) Object.assign(bucket, { objects: {}, uploads: {} });
  return isState(tree);
}

/** Whether anybody has practiced there. */
export function hasStore(directory: string): boolean {
  return [journalName, firstName].some((name) => existsSync(join(directory, name)));
}

export async function emptyStore(directory: string): Promise<boolean> {
  makeFolder(directory);
  const free = await takeLock(directory, { patience: defaultPatience });
  try {
    const removed = [journalName, firstName].map((name) =>
      succeedsUnless('ENOENT', () => rmSync(join(directory, name))),
    );
    rmSync(join(directory, contentsFolder), { recursive: true, force: true });
    return removed.includes(true);
  } finally {
    free();
  }
}
