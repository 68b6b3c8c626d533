import { Command } from 'commander';
import { type CommonOptions, defaultState, withOutputOptions } from './common-options.ts';
import type { Context, Result, Runner } from './context.ts';

/** `s3repl sandbox`: the embedded practice cloud itself. */
export function sandboxCommand(run: Runner): Command {
  const command = new Command('sandbox').description(
    'the embedded practice cloud, which --sandbox puts in the place of AWS',
  );
  const reset = withOutputOptions(
    new Command('reset')
      .description('empty it: accounts, buckets, keys and roles of the sandbox are gone')
      .option('--state <dir>', 'where the sandbox keeps its state', defaultState),
  );
  reset.action(() =>
    run('sandbox reset', (context) =>
      runReset({ ...reset.opts<CommonOptions>(), sandbox: true, flagValues: {} }, context),
    ),
  );
  return command.addCommand(reset);
}

async function runReset(options: CommonOptions, context: Context): Promise<Result> {
  const [{ sandboxFailure }, { viewFor }, { resetSandbox }] = await Promise.all([
    import('./session.ts'),
    import('./view-for.ts'),
    import('../sandbox/sandbox.ts'),
  ]);
  viewFor(options, context);
  const emptied = await resetSandbox(options.state).catch(sandboxFailure);
  return { outcome: 'done', changes: 0, summary: emptied ? 'the sandbox is empty' : 'the sandbox was empty already' };
}
