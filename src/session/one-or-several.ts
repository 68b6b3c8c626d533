/** The code for several configurations is loaded only where there are several. */

import type { Result } from '../events/event.ts';
import type { CommonOptions } from './common-options.ts';
import type { Context, Job, Work } from './context.ts';
import { runByDeadline } from './deadline.ts';

/** @throws Failure `invalid` where files are missing, are named twice, or do not go together. */
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
