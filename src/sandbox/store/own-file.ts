/** Files in the sandbox's folder, which somebody else may have put there: never behind a link, never what does not end. */
import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open } from 'node:fs/promises';
import { SandboxStateError } from '../wire/errors.ts';

/** Opens a plain file of at most so many bytes; undefined where there is none. Throws `SandboxStateError`. */
export async function openOwnFile(file: string, mostBytes: number): Promise<FileHandle | undefined> {
  let handle: FileHandle;
  try {
    // A pipe would be waited for.
    handle = await open(file, constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (fault) {
    const code = fault instanceof Error && 'code' in fault ? fault.code : undefined;
    if (code === 'ENOENT') return undefined;
    if (code === 'ELOOP') throw new SandboxStateError(file, 'is a symbolic link, which is not followed');
    if (code === 'EISDIR' || code === 'ENXIO') throw new SandboxStateError(file, 'is no plain file');
    throw fault;
  }
  const found = await handle.stat();
  if (found.isFile() && found.size <= mostBytes) return handle;
  await handle.close();
  const most = mostBytes < 2 ** 20 ? `${mostBytes / 2 ** 10} KiB` : `${mostBytes / 2 ** 20} MiB`;
  throw new SandboxStateError(file, found.isFile() ? `is larger than ${most}` : 'is no plain file');
}

/** Makes the folder where it is not there yet. Throws `SandboxStateError` where a link is in its place. */
export async function makeFolder(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if ((await lstat(directory)).isSymbolicLink())
    throw new SandboxStateError(directory, 'is a symbolic link, which is not followed');
}
