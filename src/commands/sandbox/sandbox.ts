import { Command } from 'commander';
import { type CommonOptions, withOutputOptions, withStateOption } from '../../session/common-options.ts';
import type { Context, Result, Runner } from '../../session/context.ts';
import { credentialsCommand } from './credentials.ts';
import { getCommand, lsCommand, putCommand } from './objects.ts';
import { serveCommand } from './serve.ts';
import { statusCommand } from './status.ts';

/** `s3repl sandbox`: the embedded practice cloud itself. */
export function sandboxCommand(run: Runner): Command {
  const command = new Command('sandbox');
  for (const make of [serveCommand, credentialsCommand, statusCommand, lsCommand, putCommand, getCommand, resetCommand])
    command.addCommand(make(run));
  return command.addHelpText(
    'after',
    `
Examples:
  $ s3repl apply --sandbox                       # set something up in it
  $ s3repl sandbox put BUCKET/KEY FILE           # and try it
  $ s3repl sandbox ls BUCKET --versions
  $ s3repl sandbox serve &                       # the same for the AWS CLI
  $ eval "$(s3repl sandbox credentials 111111111111)"; aws s3 ls`,
  );
}

function resetCommand(run: Runner): Command {
  const reset = withStateOption(
    withOutputOptions(
      new Command('reset').description('empty it: accounts, buckets, keys and roles of the sandbox are gone'),
    ),
  );
  return reset.action(() =>
    run('sandbox reset', (context) =>
      runReset({ ...reset.opts<CommonOptions>(), sandbox: true, flagValues: {} }, context),
    ),
  );
}

async function runReset(options: CommonOptions, context: Context): Promise<Result> {
  const [{ viewFor }, { sandboxFailure }, { resetSandbox }] = await Promise.all([
    import('../../session/view-for.ts'),
    import('../../session/sandbox-options.ts'),
    import('../../sandbox/sandbox.ts'),
  ]);
  await viewFor(options, context);
  const emptied = await resetSandbox(options.state).catch(sandboxFailure(options.state));
  return { outcome: 'done', changes: 0, summary: emptied ? 'the sandbox is empty' : 'the sandbox was empty already' };
}
