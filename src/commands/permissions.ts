import { Command, Option } from 'commander';
import type { PolicyDocument } from '../aws/policy.ts';
import type { SideId, Spec } from '../config/spec.ts';
import type { Result } from '../events/event.ts';
import type { LiveBucket } from '../permissions/bucket-needs.ts';
import type { LiveKeys } from '../permissions/key-needs.ts';
import { type Purpose, purposes, usualPurposes } from '../permissions/need.ts';
import { type CommonOptions, commonOptions, nextCommand, withConfigOptions } from '../session/common-options.ts';
import type { Context, Runner } from '../session/context.ts';
import type { View } from '../show/view.ts';

interface PermissionsOptions extends CommonOptions {
  readonly account?: string;
  readonly for?: readonly Purpose[];
  readonly boundary?: boolean;
  readonly boundaryPolicy?: boolean;
  readonly fromLive?: boolean;
}

/** `s3repl permissions`: the least policies for those who sign in. */
export function permissionsCommand(run: Runner): Command {
  const command = new Command('permissions')
    .option('--account <id>', 'only that of one account, as a document to attach')
    .addOption(
      new Option('--for <command...>', `for these only (default: ${usualPurposes.join(', ')})`).choices(purposes),
    )
    .option('--boundary', 'demand a permissions boundary for the replication role, and print that policy as well')
    .addOption(
      new Option('--boundary-policy', 'only the permissions boundary, as a document to create').conflicts([
        'account',
        'for',
        'fromLive',
      ]),
    )
    .option('--from-live', 'sign in (read only), and name the keys that are on AWS in place of tags and aliases')
    .addHelpText(
      'after',
      `
Examples:
  $ s3repl permissions
  $ s3repl permissions --account 111111111111 > policy.json
  $ s3repl permissions --for plan                      # for pull requests
  $ s3repl permissions --for destroy delete-keys
  $ s3repl permissions --boundary-policy > boundary.json
  $ aws iam create-policy --policy-name s3repl-boundary-NAME --policy-document file://boundary.json
  $ s3repl permissions --boundary --from-live          # no way to more rights than the set-up has`,
    );
  return withConfigOptions(command).action(() =>
    run('permissions', (context) => runPermissions(commonOptions<PermissionsOptions>(command), context)),
  );
}

/** Prints the policies: one JSON object by account ID, one document, or with `--json` a line for each. */
export async function runPermissions(options: PermissionsOptions, context: Context): Promise<Result> {
  const [{ readSpec }, { viewFor }, { setUpPolicies }, { exactJson }, { boundaryOf, tellBoundary, tellPowers }] =
    await Promise.all([
      import('../session/session.ts'),
      import('../session/view-for.ts'),
      import('../permissions/set-up-policy.ts'),
      import('../show/printable.ts'),
      import('../session/permissions-boundary.ts'),
    ]);
  // The documents are all that stdout holds; what is said of them goes to stderr.
  const view = await viewFor(options, context, 'commands');
  const live = options.fromLive ? await readLive(options, context, view) : undefined;
  const { spec } = live ?? (await readSpec(options, context, view));
  const boundary = options.boundary || options.boundaryPolicy ? boundaryOf(spec) : undefined;
  const bounds = {
    ...(boundary && { boundary: boundary.arn }),
    ...(live && { keys: live.keys, buckets: live.buckets }),
  };
  const policies = options.boundaryPolicy
    ? {}
    : await chosenFrom(setUpPolicies(spec, options.for, bounds), options.account);
  const printed = { ...(boundary && options.account === undefined ? { boundary } : {}), ...policies };
  if (options.json) {
    const line = (members: object) =>
      context.stdout.write(`${exactJson({ ...members, ...(options.sandbox && { sandbox: true }) })}\n`);
    if (printed.boundary) line({ type: 'boundary', ...printed.boundary });
    for (const [account, policy] of Object.entries(policies)) line({ type: 'permissions', account, policy });
  } else {
    const whole = policies[options.account ?? ''] ?? printed;
    const document = options.boundaryPolicy && boundary ? boundary.policy : whole;
    context.stdout.write(`${exactJson(document, 2)}\n`);
  }
  if (boundary && (options.boundaryPolicy || policies[spec.source.account]))
    tellBoundary(boundary, spec, view, live?.present);
  tellPowers(policies, spec, options, view);
  return { outcome: 'done', changes: 0, next: nextCommand('plan', options) };
}

type Policies = Readonly<Record<string, PolicyDocument>>;

/** @throws Failure `invalid` where the configuration does not have the account that was asked for. */
async function chosenFrom(policies: Policies, account: string | undefined): Promise<Policies> {
  if (account === undefined) return policies;
  const policy = policies[account];
  if (policy) return { [account]: policy };
  const { Failure } = await import('../events/failure.ts');
  const known = Object.keys(policies).join(' or ');
  throw new Failure('invalid', 'account', `${account} is no account of this configuration`, `write --account ${known}`);
}

interface Live {
  readonly spec: Spec;
  readonly keys: LiveKeys;
  readonly buckets: ReadonlyMap<SideId, LiveBucket>;
  /** The permissions boundary that repl.yaml names. */
  readonly present: PolicyDocument | 'unknown' | null;
}

/**
 * Signs in, and looks which keys the sides have.
 *
 * @throws Failure `blocked` where a side has none yet.
 */
async function readLive(options: PermissionsOptions, context: Context, view: View): Promise<Live> {
  const [{ openSession }, { liveKeysOf, liveBucketsOf }, { accountOf }, { Failure }] = await Promise.all([
    import('../session/session.ts'),
    import('../permissions/live.ts'),
    import('../state/state.ts'),
    import('../events/failure.ts'),
  ]);
  const session = await openSession(options, context, view);
  try {
    const { observe } = await import('../observe/observe.ts');
    const { spec } = session;
    const observed = await observe(session.connections, spec);
    const { keys, without } = liveKeysOf(observed, spec);
    const { policies = {} } = accountOf(observed, spec.source.account);
    if (without.length === 0) {
      const present = policies[spec.role.permissionsBoundary ?? ''] ?? null;
      return { spec, keys, buckets: liveBucketsOf(observed, spec), present };
    }
    const sides = without.map(({ id, account, region }) => `${id} (account ${account}, ${region})`);
    throw new Failure(
      'blocked',
      'no-key-yet',
      `no KMS key exists yet for ${sides.join(', ')}: --from-live can only name keys that exist`,
      'let an administrator run s3repl apply once and print the policies again, or create the keys first and write their ARNs as kmsKey in the configuration',
    );
  } finally {
    view.rest();
    await session.close();
  }
}
