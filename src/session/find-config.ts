import { access } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { type CommonOptions, defaultState } from './common-options.ts';

const name = 'repl.yaml';

/** For commands that write nothing: the same options, of the nearest `repl.yaml`, whose folder has the sandbox's state as well. */
export async function withFoundConfig<O extends CommonOptions>(options: O): Promise<O> {
  const { configs = [], state } = options;
  if (configs.length > 0 || options.plan !== undefined) return options;
  const config = await findConfigAbove(process.cwd());
  if (config === undefined) return options;
  const beside = state === defaultState ? join(dirname(config), defaultState) : state;
  return { ...options, config, configs: [config], state: beside, isFound: true };
}

/** As a path from this folder. @returns undefined where the folder has one itself, and where there is none up to the root of the repository, or no repository. */
export async function findConfigAbove(folder: string): Promise<string | undefined> {
  let found: string | undefined;
  for (let at = folder; ; at = dirname(at)) {
    if (found === undefined && (await exists(join(at, name)))) found = at;
    if (found === folder) return undefined;
    if (await exists(join(at, '.git'))) return found === undefined ? undefined : relative(folder, join(found, name));
    if (at === dirname(at)) return undefined;
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
