import type { Result } from '../../events/event.ts';
import { resetSandbox } from '../../sandbox/sandbox.ts';
import type { CommonOptions } from '../../session/common-options.ts';
import type { Context } from '../../session/context.ts';
import { sandboxFailure } from '../../session/sandbox-options.ts';
import { viewFor } from '../../session/view-for.ts';

export async function run(options: CommonOptions, context: Context): Promise<Result> {
  await viewFor(options, context);
  const emptied = await resetSandbox(options.state).catch(sandboxFailure(options.state));
  return { outcome: 'done', changes: 0, summary: emptied ? 'the sandbox is empty' : 'the sandbox was empty already' };
}
