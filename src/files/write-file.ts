import { randomUUID } from 'node:crypto';
import { lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../events/failure.ts';

/** All or nothing, for the owner only: it may name infrastructure. @throws Failure `invalid` for a link (not followed), a device or a pipe in its place. */
export async function writeFileAtomically(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = join(dirname(file), `.${randomUUID()}.tmp`);
  try {
    await assertReplaceable(file);
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error instanceof Failure
      ? error
      : writeFailure(file, (error as NodeJS.ErrnoException).code ?? 'unknown error');
  }
}

/** Makes the folder, for its owner only. @throws Failure `invalid` for a link: a folder from somebody else could lead anywhere. */
export async function makeOwnFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if ((await lstat(folder)).isSymbolicLink())
      throw writeFailure(folder, 'it is a symbolic link, which is not followed');
  } catch (error) {
    throw error instanceof Failure
      ? error
      : writeFailure(folder, (error as NodeJS.ErrnoException).code ?? 'unknown error');
  }
}

export async function assertReplaceable(file: string): Promise<void> {
  const found = await lstat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined || found.isFile()) return;
  if (found.isSymbolicLink())
    throw writeFailure(
      file,
      'it is a symbolic link, which is not followed',
      'name the file that it leads to, or remove the link',
    );
  if (found.isDirectory()) throw writeFailure(file, 'it is a directory');
  throw writeFailure(file, 'it is a device, a pipe or a socket');
}

export function writeFailure(file: string, why: string, fix = 'name another file'): Failure {
  return new Failure('invalid', 'write-file', `cannot write ${file}: ${why}`, fix);
}
