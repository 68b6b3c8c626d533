import { readFileSync } from 'node:fs';
import { link, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SandboxBusyError } from '../wire/errors.ts';
import { openOwnFile } from './own-file.ts';

interface Holder {
  readonly pid: number;
  /** When the process started, where the system tells: process ids are used again. */
  readonly started: string;
  /** Where it serves the sandbox, and so will not end by itself. */
  readonly servedAt?: string;
}

export interface LockOptions {
  /** Milliseconds to wait for another process. */
  readonly patience: number;
  readonly servedAt?: string | undefined;
}

const LOCK = 'sandbox.lock';
const POLL = 50;
/** In bytes; a lock is a line. */
const MOST = 4096;

/**
 * Takes the folder's lock and gives the function that frees it. Waits for another process, unless that one serves the
 * sandbox, then throws `SandboxBusyError`; the lock of a process that is no longer there is taken over.
 */
export async function takeLock(directory: string, { patience, servedAt }: LockOptions): Promise<() => Promise<void>> {
  const file = join(directory, LOCK);
  const own = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  const holder: Holder = {
    pid: process.pid,
    started: statusOf(process.pid).started,
    ...(servedAt === undefined ? {} : { servedAt }),
  };
  const handle = await open(own, 'wx', 0o600);
  await handle.writeFile(JSON.stringify(holder));
  await handle.close();
  try {
    const deadline = Date.now() + patience;
    for (;;) {
      if (await linked(own, file)) break;
      const other = await readHolder(file);
      if (other !== undefined && !isAlive(other)) {
        await removeStale(file, own, other);
        continue;
      }
      if (other?.servedAt !== undefined || Date.now() >= deadline) throw new SandboxBusyError(directory, other);
      await sleep(POLL);
    }
  } finally {
    await rm(own, { force: true });
  }
  return () => rm(file, { force: true });
}

/** Where the sandbox in a folder is served, if it is. */
export async function servedAt(directory: string): Promise<string | undefined> {
  const holder = await readHolder(join(directory, LOCK));
  return holder !== undefined && isAlive(holder) ? holder.servedAt : undefined;
}

/** A link appears with its content at once, so nobody reads a lock that is half written. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (fault) {
    if (codeOf(fault) === 'EEXIST') return false;
    throw fault;
  }
}

/** Moves a dead process's lock away; if a live one took its place in between, it is put back. */
async function removeStale(file: string, own: string, dead: Holder): Promise<void> {
  const aside = `${own}.stale`;
  try {
    await rename(file, aside);
  } catch (fault) {
    if (codeOf(fault) === 'ENOENT') return;
    throw fault;
  }
  const moved = await readHolder(aside);
  if (moved?.pid !== dead.pid || moved.started !== dead.started) await linked(aside, file);
  await rm(aside, { force: true });
}

async function readHolder(file: string): Promise<Holder | undefined> {
  const handle = await openOwnFile(file, MOST).catch((fault: unknown) => {
    if (codeOf(fault) === 'EACCES') throw new SandboxBusyError(dirname(file), 'another user');
    throw fault;
  });
  if (handle === undefined) return undefined;
  try {
    const holder: unknown = JSON.parse(await handle.readFile('utf8'));
    return isHolder(holder) ? holder : { pid: 0, started: '' };
  } catch (fault) {
    if (fault instanceof SyntaxError) return { pid: 0, started: '' };
    throw fault;
  } finally {
    await handle.close();
  }
}

function isHolder(value: unknown): value is Holder {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'started' in value &&
    (!('servedAt' in value) || /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d+$/.test(String(value.servedAt)))
  );
}

function isAlive({ pid, started }: Holder): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (fault) {
    if (codeOf(fault) !== 'EPERM') return false;
  }
  const { state, started: since } = statusOf(pid);
  // A zombie has ended, and only its parent has not asked yet. Where the system hides when it started, it may be that process.
  return state !== 'Z' && state !== 'X' && (since === started || since === '');
}

/** The state of a process and when it started, as /proc tells (proc(5), stat); empty where it does not. */
function statusOf(pid: number): { readonly state: string; readonly started: string } {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', started: fields[19] ?? '' };
  } catch {
    return { state: '', started: '' };
  }
}

function codeOf(fault: unknown): unknown {
  return typeof fault === 'object' && fault !== null && 'code' in fault ? fault.code : undefined;
}
