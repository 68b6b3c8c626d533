/** Somebody else may have put files into the folder: follow no link, and read nothing without end. */
import { closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { SandboxStateError } from '../wire/errors.ts';

/** A bound on nesting, far below what would overflow the stack. */
const mostLevels = 1000;

/** A plain file of at most so many bytes; undefined: none. @throws SandboxStateError */
export function openOwnFile(file: string, mostBytes: number): number | undefined {
  let fd: number;
  try {
    // Opening a pipe would wait.
    fd = openSync(file, constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return undefined;
    if (code === 'ELOOP') throw new SandboxStateError(file, 'is a symbolic link, which is not followed');
    if (code === 'EISDIR' || code === 'ENXIO') throw new SandboxStateError(file, 'is no plain file');
    throw error;
  }
  const found = fstatSync(fd);
  if (found.isFile() && found.size <= mostBytes) return fd;
  closeSync(fd);
  const most = mostBytes < 2 ** 20 ? `${mostBytes / 2 ** 10} KiB` : `${mostBytes / 2 ** 20} MiB`;
  throw new SandboxStateError(file, found.isFile() ? `is larger than ${most}` : 'is no plain file');
}

/** Undefined: no file. @throws SandboxStateError */
export function readOwnFile(file: string, mostBytes: number): string | undefined {
  const fd = openOwnFile(file, mostBytes);
  if (fd === undefined) return undefined;
  try {
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

/** Undefined: not JSON, or nested more deeply than anything that the sandbox writes. */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    // Each level takes two characters: most texts are too short to check.
    return text.length > 2 * mostLevels && isDeeper(value, mostLevels) ? undefined : value;
  } catch {
    return undefined;
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1));
}

/** @throws SandboxStateError for a link in its place. */
export function makeFolder(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (lstatSync(directory).isSymbolicLink())
    throw new SandboxStateError(directory, 'is a symbolic link, which is not followed');
}

/** Like `ENOENT`. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** True: done. False: refused with this code. @throws any other error */
export function succeedsUnless(code: string, action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (codeOf(error) === code) return false;
    throw error;
  }
}
