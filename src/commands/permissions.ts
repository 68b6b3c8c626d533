import { Command, Option } from 'commander';
import { type Purpose, purposes, usualPurposes } from '../plan/set-up/need.ts';
import { type CommonOptions, commandLine, commonOptions, withConfigOptions } from './common-options.ts';
import type { Context, Result, Runner } from './context.ts';

interface PermissionsOptions extends CommonOptions {
  readonly account?: string;
  readonly for?: readonly Purpose[];
}

/** `s3repl permissions`: the least policies for those who sign in. */
export function permissionsCommand(run: Runner): Command {
  const command = new Command('permissions')
    .option('--account <id>', 'only that of one account, as a document to attach')
    .addOption(
      new Option('--for <command...>', `for these only (default: ${usualPurposes.join(', ')})`).choices(purposes),
    )
    .addHelpText(
      'after',
      `
Examples:
  $ s3repl permissions
  $ s3repl permissions --account 111111111111 > policy.json
  $ s3repl permissions --for plan                      # for pull requests
  $ s3repl permissions --for destroy delete-keys`,
    );
  return withConfigOptions(command).action(() =>
    run('permissions', (context) => runPermissions(commonOptions<PermissionsOptions>(command), context)),
  );
}

/** Prints the policies: one JSON object by account ID, one document, or with `--json` a line for each account. */
export async function runPermissions(options: PermissionsOptions, context: Context): Promise<Result> {
  const [{ readSpec }, { viewFor }, { setUpPolicies }, { Failure }, { exactJson }] = await Promise.all([
    import('./session.ts'),
    import('./view-for.ts'),
    import('../plan/set-up-policy.ts'),
    import('../plan/failure.ts'),
    import('../show/printable.ts'),
  ]);
  // The documents are all that stdout holds; what is said of them goes to stderr.
  const view = await viewFor(options, context, 'commands');
  const { spec } = await readSpec(options, context, view);
  const policies = setUpPolicies(spec, options.for);
  const { account } = options;
  const policy = account === undefined ? undefined : policies[account];
  if (account !== undefined && policy === undefined) {
    const known = Object.keys(policies).join(' or ');
    throw new Failure(
      'invalid',
      'account',
      `${account} is no account of this configuration`,
      `write --account ${known}`,
    );
  }
  if (options.json) {
    for (const [id, document] of Object.entries(account === undefined ? policies : { [account]: policy })) {
      context.stdout.write(`${exactJson({ type: 'permissions', account: id, policy: document })}\n`);
    }
  } else {
    context.stdout.write(`${exactJson(policy ?? policies, 2)}\n`);
  }
  return { outcome: 'done', changes: 0, next: commandLine('plan', options) };
}
