import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../events/failure.ts';

/**
 * Of a folder, its sorted `*.yaml` and `*.yml`, without hidden files and subfolders. @returns undefined for one file, which need not exist.
 * @throws Failure `invalid` where a folder has none, or a file is named twice.
 */
export async function configFiles(given: readonly string[]): Promise<readonly string[] | undefined> {
  const found = await Promise.all(given.map(filesIn));
  if (given.length === 1 && found[0] === undefined) return undefined;
  const files = found.flatMap((inFolder, index) => inFolder ?? [given[index] ?? '']);
  const real = await Promise.all(files.map((file) => realpath(file).catch(() => file)));
  real.forEach((path, index) => {
    const first = real.indexOf(path);
    if (first === index) return;
    const as = files[first] === files[index] ? '' : `, the first time as ${files[first]}`;
    throw new Failure('invalid', 'config-twice', `--config names ${files[index]} twice${as}`, 'name each file once');
  });
  return files;
}

/** Undefined for what is not a folder. */
async function filesIn(path: string): Promise<readonly string[] | undefined> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return undefined;
  const entries = await readdir(path, { withFileTypes: true }).catch((error: Error) => {
    throw new Failure('invalid', 'no-config', `cannot read the folder ${path}: ${error.message}`);
  });
  const names = entries
    .filter((entry) => !entry.isDirectory() && /^[^.].*\.ya?ml$/.test(entry.name))
    .map(({ name }) => name);
  if (names.length > 0) return names.sort().map((name) => join(path, name));
  throw new Failure(
    'invalid',
    'no-config',
    `there is no *.yaml or *.yml file in the folder ${path}`,
    's3repl does not search its subfolders: name the folder that has the files',
  );
}
