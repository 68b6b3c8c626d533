import { Command } from 'commander';
import { Failure } from '../../events/failure.ts';
import { type CommonOptions, withOutputOptions, withStateOption } from '../../session/common-options.ts';
import type { Context, Result, Runner } from '../../session/context.ts';
import { sandboxFailure } from '../../session/sandbox-options.ts';
import { defaultPort, readPort } from './serve.ts';

interface CredentialsOptions extends CommonOptions {
  readonly port?: string;
  readonly region: string;
}

/** `s3repl sandbox credentials`: what a shell needs for other tools to reach the served sandbox. */
export function credentialsCommand(run: Runner): Command {
  const command = withStateOption(
    withOutputOptions(
      new Command('credentials')
        .description('print the export lines with which other tools act in the served sandbox')
        .argument('<account>', 'whose administrator to be: any 12 digits')
        .option('--port <port>', `where it is served (default: where it is, else ${defaultPort})`)
        .option('--region <region>', 'the default Region', 'eu-west-1'),
    ),
  ).addHelpText(
    'after',
    `
Example:
  $ eval "$(s3repl sandbox credentials 111111111111)"`,
  );
  return command.action((account: string) =>
    run('sandbox credentials', (context) =>
      runCredentials(account, { ...command.opts<CredentialsOptions>(), sandbox: true, flagValues: {} }, context),
    ),
  );
}

async function runCredentials(account: string, options: CredentialsOptions, context: Context): Promise<Result> {
  const [{ viewFor }, { sandboxCredentials }, { servedAt }] = await Promise.all([
    import('../../session/view-for.ts'),
    import('../../sandbox/sandbox.ts'),
    import('../../sandbox/store/lock.ts'),
  ]);
  const view = await viewFor(options, context, 'commands');
  if (!/^\d{12}$/.test(account))
    throw new Failure('invalid', 'account', `${account} is no account ID`, 'give 12 digits: every account exists');
  if (!/^[a-z0-9-]+$/.test(options.region)) throw new Failure('invalid', 'region', `${options.region} is no Region`);
  const found =
    options.port === undefined ? await servedAt(options.state).catch(sandboxFailure(options.state)) : undefined;
  const url = found ?? `http://127.0.0.1:${readPort(options.port ?? defaultPort)}`;
  const { accessKeyId, secretAccessKey } = sandboxCredentials(account);
  const variables = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_ENDPOINT_URL: url,
    AWS_REGION: options.region,
    // boto3 and version 1 of the AWS CLI know this one only.
    AWS_DEFAULT_REGION: options.region,
  };
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${value}`);
  view.report({
    type: 'item',
    kind: 'credentials',
    members: { account, variables },
    // What signed in before would win over what is exported here.
    text: [`# [sandbox] account ${account}`, ...lines, 'unset AWS_SESSION_TOKEN AWS_PROFILE'].join('\n'),
  });
  return { outcome: 'done', changes: 0 };
}
