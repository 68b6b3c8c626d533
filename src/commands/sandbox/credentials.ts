import { isAccountId } from '../../aws/arn.ts';
import type { Result } from '../../events/event.ts';
import { Failure } from '../../events/failure.ts';
import { sandboxCredentials } from '../../sandbox/sandbox.ts';
import { readServerUrl } from '../../sandbox/store/lock.ts';
import type { CommonOptions } from '../../session/common-options.ts';
import type { Context } from '../../session/context.ts';
import { sandboxFailure } from '../../session/sandbox-options.ts';
import { viewFor } from '../../session/view-for.ts';
import { defaultPort, readPort } from './port.ts';

interface CredentialsOptions extends CommonOptions {
  readonly account: string;
  readonly port?: string;
  readonly region: string;
}

/** Prints what other tools need in a shell to reach the served sandbox. */
export async function run(options: CredentialsOptions, context: Context): Promise<Result> {
  const { account } = options;
  const view = await viewFor(options, context, 'commands');
  if (!isAccountId(account))
    throw new Failure('invalid', 'account', `${account} is no account ID`, 'give 12 digits: every account exists');
  if (!/^[a-z0-9-]+$/.test(options.region)) throw new Failure('invalid', 'region', `${options.region} is no Region`);
  const found =
    options.port === undefined ? await readServerUrl(options.state).catch(sandboxFailure(options.state)) : undefined;
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
    // An earlier sign-in would win over these exports.
    text: [`# [sandbox] account ${account}`, ...lines, 'unset AWS_SESSION_TOKEN AWS_PROFILE'].join('\n'),
  });
  return { outcome: 'done', changes: 0 };
}
