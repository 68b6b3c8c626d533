import { rmSync } from 'node:fs';
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

/** Where a sandbox keeps its state. */
export interface Store {
  /** Whatever changes in it is kept; see `recordChanges` for how to change it. */
  readonly state: SandboxState;
  /** Absent: the state holds all contents. */
  readonly contents?: Contents;
  /** Ends when everything that had happened when it was called is kept. @throws SandboxDiskError */
  save(): Promise<void>;
  close(): Promise<void>;
}

const journalName = 'sandbox.journal';
/** Where version 1 kept the whole state as one document. */
const firstName = 'sandbox.json';
const contentsFolder = 'contents';

/** How long another process is waited for, in milliseconds. */
export const defaultPatience = 10_000;

/** A store that forgets. */
export function memoryStore(now: number): Store {
  return { state: recordChanges(emptyState(now), () => {}), save: async () => {}, close: async () => {} };
}

/**
 * Opens the state in a folder, and keeps the folder locked until it is closed.
 *
 * @throws SandboxBusyError, SandboxStateError
 */
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
      // The time changes with every request; it is kept with what else has changed, and at the end.
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

/** Runs an action one at a time; all who ask while it runs share the next run. */
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
    /** Ends with the runs that have been asked for. */
    underWay: (): Promise<void> => next ?? running,
  };
}

/** All is kept already: where there is no room for a snapshot, the journal goes on. */
function compactIfRoom(journal: Journal, tree: SandboxState): void {
  try {
    journal.compact(tree);
  } catch {}
}

/** A journal of what version 1 kept as one document, or of nothing. */
function startJournal(directory: string, tree: SandboxState): Journal {
  const first = join(directory, firstName);
  const text = readOwnFile(first, mostBytes);
  if (text !== undefined && !readFirst(parseJson(text), tree)) throw stateFileError(first);
  const journal = Journal.create(join(directory, journalName), tree);
  rmSync(first, { force: true });
  return journal;
}

/** Puts what version 1 kept into a tree; says whether it is a state. */
function readFirst(found: unknown, tree: SandboxState): boolean {
  if (!isObject(found) || found.version !== 1) return false;
  Object.assign(tree, found);
  // There were no objects yet.
  for (const bucket of Object.values<unknown>(tree.buckets ?? {}))
    if (isObject(bucket)) Object.assign(bucket, { objects: {}, uploads: {} });
  return isState(tree);
}

/** Empties the sandbox in a folder; says whether there was anything. Works on a damaged state file too. */
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
