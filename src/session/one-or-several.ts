/** Commands that one configuration is given to, or several: one runs as it is, several are loaded only where there are any. */

import type { Result } from '../events/event.ts';
import type { CommonOptions } from './common-options.ts';
import type { Context, Job, Work } from './context.ts';
import { runByDeadline } from './deadline.ts';

/**
 * Runs a command on the configuration that `--config` names, or on all of them.
 *
 * @throws Failure `invalid` where files are missing or are named twice, or do not go together.
 */
export async function runOneOrSeveral<O extends CommonOptions>(
  job: Job,
  run: Work<O>,
  options: O,
  context: Context,
): Promise<Result> {
  const { configs = [] } = options;
  if (configs.length === 0) return run(options, context);
  const { configFiles } = await import('./config-files.ts');
  const files = await configFiles(configs);
  if (files === undefined) return run(options, context);
  const { assertForSeveral, runSeveral } = await import('./several.ts');
  assertForSeveral(job, options, files.length);
  return runByDeadline(options, context, (within) => runSeveral(job, run, options, within, files));
}
