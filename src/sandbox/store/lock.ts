/** One process at a time in a folder: a file says which. */
import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isObject } from '../../model/evaluation/element.ts';
import { SandboxBusyError } from '../wire/errors.ts';
import { codeOf, parseJson, readOwnFile, succeedsUnless } from './own-file.ts';

interface Holder {
  readonly pid: number;
  /** Where the system tells it: process IDs are used again. */
  readonly started: string;
  /** It serves the sandbox there, and so will not end by itself. */
  readonly servedAt?: string;
}

export interface LockOptions {
  /** Milliseconds to wait for another process. */
  readonly patience: number;
  readonly servedAt?: string | undefined;
}

const lockName = 'sandbox.lock';
const poll = 50;
const mostBytes = 4096;

const nobody: Holder = { pid: 0, started: '' };

/** Gives the function that frees it. Waits for a process unless it serves the sandbox; replaces a dead one's lock. @throws SandboxBusyError */
export async function takeLock(directory: string, { patience, servedAt }: LockOptions): Promise<() => void> {
  const file = join(directory, lockName);
  const own = `${file}.${process.pid}.${randomBytes(6).toString('hex')}`;
  const { started } = readStatus(process.pid);
  writeFileSync(own, JSON.stringify({ pid: process.pid, started, servedAt }), { flag: 'wx', mode: 0o600 });
  try {
    const deadline = Date.now() + patience;
    // A link appears with its content at once, so nobody reads a half-written lock.
    while (!succeedsUnless('EEXIST', () => linkSync(own, file))) {
      const other = readHolder(file);
      if (other !== undefined && !isAlive(other)) removeDead(file, own, other);
      else if (other?.servedAt !== undefined || Date.now() >= deadline) throw new SandboxBusyError(directory, other);
      else await sleep(poll);
    }
  } finally {
    rmSync(own, { force: true });
  }
  return () => rmSync(file, { force: true });
}

export async function readServerUrl(directory: string): Promise<string | undefined> {
  const holder = readHolder(join(directory, lockName));
  return holder !== undefined && isAlive(holder) ? holder.servedAt : undefined;
}

/** If a live process took its place in between, that lock is put back. */
function removeDead(file: string, own: string, dead: Holder): void {
  const aside = `${own}.stale`;
  if (!succeedsUnless('ENOENT', () => renameSync(file, aside))) return;
  const moved = readHolder(aside);
  if (moved?.pid !== dead.pid || moved.started !== dead.started) succeedsUnless('EEXIST', () => linkSync(aside, file));
  rmSync(aside, { force: true });
}

function readHolder(file: string): Holder | undefined {
  try {
    const text = readOwnFile(file, mostBytes);
    if (text === undefined) return undefined;
    const holder = parseJson(text);
    return isHolder(holder) ? holder : nobody;
  } catch (error) {
    if (codeOf(error) === 'EACCES') throw new SandboxBusyError(dirname(file), 'another user');
    throw error;
  }
}

function isHolder(value: unknown): value is Holder {
  if (!isObject(value) || typeof value.pid !== 'number' || !('started' in value)) return false;
  return !('servedAt' in value) || /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d+$/.test(String(value.servedAt));
}

function isAlive({ pid, started }: Holder): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return false;
  }
  const { state, started: since } = readStatus(pid);
  // A zombie has ended; its parent has not asked yet. Where the system hides the start, it may be that process.
  return state !== 'Z' && state !== 'X' && (since === started || since === '');
}

/** From /proc (proc(5), stat); empty where it tells nothing. */
function readStatus(pid: number): { readonly state: string; readonly started: string } {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', started: fields[19] ?? '' };
  } catch {
    return { state: '', started: '' };
  }
}
