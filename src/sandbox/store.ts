import { constants } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SandboxStateError } from './errors.ts';
import { takeLock } from './lock.ts';
import { emptyReplication } from './replication-state.ts';
import { emptyState, type SandboxState } from './state.ts';

/** Where a sandbox keeps its state. */
export interface Store {
  readonly state: SandboxState;
  /** Ends when everything that had happened when it was called is kept. */
  save(): Promise<void>;
  close(): Promise<void>;
}

/** How long another process is waited for, in milliseconds. */
export const LOCK_PATIENCE = 10_000;

/** A store that forgets. */
export function memoryStore(now: number): Store {
  return { state: emptyState(now), save: async () => {}, close: async () => {} };
}

/**
 * Opens the state in a folder, and keeps the folder locked until it is closed. Throws `SandboxBusyError` and
 * `SandboxStateError`.
 */
export async function openStore(directory: string, now: number, patience: number): Promise<Store> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const free = await takeLock(directory, patience);
  try {
    const file = stateFile(directory);
    const state = (await load(file)) ?? emptyState(now);
    state.now = Math.max(state.now, now);
    const save = oneAtATime(() => write(file, state));
    return {
      state,
      save,
      close: async () => {
        await save();
        await free();
      },
    };
  } catch (fault) {
    await free();
    throw fault;
  }
}

/** Empties the sandbox in a folder; says whether there was anything. Works on a damaged state file too. */
export async function emptyStore(directory: string): Promise<boolean> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const free = await takeLock(directory, LOCK_PATIENCE);
  try {
    await rm(stateFile(directory));
    return true;
  } catch (fault) {
    if (isMissing(fault)) return false;
    throw fault;
  } finally {
    await free();
  }
}

function stateFile(directory: string): string {
  return join(directory, 'sandbox.json');
}

function isMissing(fault: unknown): boolean {
  return fault instanceof Error && 'code' in fault && fault.code === 'ENOENT';
}

async function load(file: string): Promise<SandboxState | undefined> {
  const text = await readOwnFile(file);
  if (text === undefined) return undefined;
  const state = parseState(text);
  if (state === undefined) throw new SandboxStateError(file, 'is damaged, or was written by another version');
  return state;
}

async function readOwnFile(file: string): Promise<string | undefined> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      return await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (fault) {
    if (isMissing(fault)) return undefined;
    if (fault instanceof Error && 'code' in fault && fault.code === 'ELOOP') {
      throw new SandboxStateError(file, 'is a symbolic link, which is not followed');
    }
    throw fault;
  }
}

const TABLES = ['accounts', 'buckets', 'keys', 'aliases', 'sessions', 'replication'];

function parseState(text: string): SandboxState | undefined {
  try {
    // Tables by name must not inherit anything; see emptyRecord.
    const state: unknown = JSON.parse(text, (_, value) =>
      isObject(value) ? Object.setPrototypeOf(value, null) : value,
    );
    if (isObject(state)) state.replication ??= emptyReplication();
    return isState(state) ? state : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isState(value: unknown): value is SandboxState {
  return (
    isObject(value) &&
    value.version === 1 &&
    typeof value.now === 'number' &&
    TABLES.every((table) => isObject(value[table]))
  );
}

/** Writes beside the file and moves it into place, so that the file is whole whenever the process is killed. */
async function write(file: string, state: SandboxState): Promise<void> {
  const beside = `${file}.new`;
  await rm(beside, { force: true });
  const handle = await open(beside, 'wx', 0o600);
  try {
    await handle.writeFile(JSON.stringify(state));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(beside, file);
}

/** Runs an action one at a time; all who ask while it runs share the next run. */
function oneAtATime(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  return () => {
    next ??= running.then(() => {
      next = undefined;
      const run = action();
      running = run.catch(() => {});
      return run;
    });
    return next;
  };
}
