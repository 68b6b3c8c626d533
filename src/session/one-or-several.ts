/** Commands that one configuration is given to, or several: one runs as it is, several are loaded only where there are any. */

import type { Result } from '../events/event.ts';
import type { CommonOptions } from './common-options.ts';
import type { Context } from './context.ts';
import { byDeadline } from './deadline.ts';

/** The work of a command on one configuration. */
export type Work<O extends CommonOptions> = (options: O, context: Context) => Promise<Result>;

/**
 * Runs a command on the configuration that `--config` names, or on all of them.
 *
 * @param aboutOne options that make sense for one configuration only.
 * @throws Failure `invalid` where files are missing or are named twice, or do not go together.
 */
export async function oneOrSeveral<O extends CommonOptions>(
  command: string,
  run: Work<O>,
  options: O,
  context: Context,
  aboutOne: readonly string[] = [],
): Promise<Result> {
  const { configs = [] } = options;
  if (configs.length === 0) return run(options, context);
  const { configFiles } = await import('./config-files.ts');
  const files = await configFiles(configs);
  if (files === undefined) return run(options, context);
  const { assertForSeveral, runSeveral } = await import('./several.ts');
  assertForSeveral(options, aboutOne, files.length);
  return byDeadline(options, context, (within) => runSeveral(command, run, options, within, files));
}
