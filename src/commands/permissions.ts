import type { PolicyDocument } from '../aws/policy.ts';
import type { SideId, Spec } from '../config/spec.ts';
import type { Result } from '../events/event.ts';
import { Failure } from '../events/failure.ts';
import type { LiveKeys } from '../permissions/key-needs.ts';
import { liveBucketsOf, liveKeysOf } from '../permissions/live.ts';
import { setUpPolicies } from '../permissions/set-up-policy.ts';
import { type CommonOptions, nextCommand } from '../session/common-options.ts';
import type { Context } from '../session/context.ts';
import { type Boundary, boundaryOf, tellBoundary, tellPowers } from '../session/permissions-boundary.ts';
import { openSession, readSpec } from '../session/session.ts';
import { viewFor } from '../session/view-for.ts';
import { exactJson } from '../show/printable.ts';
import type { View } from '../show/view.ts';
import type { LiveBucket, Purpose } from '../state/need.ts';
import { accountOf } from '../state/state.ts';

export interface PermissionsOptions extends CommonOptions {
  readonly account?: string;
  readonly for?: readonly Purpose[];
  readonly boundary?: boolean;
  readonly boundaryPolicy?: boolean;
  readonly fromLive?: boolean;
}

/** Prints one JSON object by account ID, one document, or with `--json` a line for each. */
export async function run(options: PermissionsOptions, context: Context): Promise<Result> {
  // Stdout holds the documents only; messages go to stderr.
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
    : choosePolicies(setUpPolicies(spec, options.for, bounds), options.account);
  for (const line of linesOf(policies, boundary, options)) context.stdout.write(`${line}\n`);
  if (boundary && (options.boundaryPolicy || policies[spec.source.account]))
    tellBoundary(boundary, spec, view, live?.present);
  tellPowers(policies, spec, options, view);
  return {
    outcome: 'done',
    changes: 0,
    next: nextCommand(options.for?.join() === 'status' ? 'status' : 'plan', options),
  };
}

function linesOf(policies: Policies, boundary: Boundary | undefined, options: PermissionsOptions): readonly string[] {
  const printed = { ...(boundary && options.account === undefined ? { boundary } : {}), ...policies };
  if (options.json) {
    const events = [
      ...(printed.boundary ? [{ type: 'boundary', ...printed.boundary }] : []),
      ...Object.entries(policies).map(([account, policy]) => ({ type: 'permissions', account, policy })),
    ];
    return events.map((members) => exactJson({ ...members, ...(options.sandbox && { sandbox: true }) }));
  }
  const whole = policies[options.account ?? ''] ?? printed;
  return [exactJson(options.boundaryPolicy && boundary ? boundary.policy : whole, 2)];
}

type Policies = Readonly<Record<string, PolicyDocument>>;

/** @throws Failure `invalid` where the configuration lacks the given account. */
function choosePolicies(policies: Policies, account: string | undefined): Policies {
  if (account === undefined) return policies;
  const policy = policies[account];
  if (policy) return { [account]: policy };
  const known = Object.keys(policies).join(' or ');
  throw new Failure(
    'invalid',
    'account',
    `${account} is no account of this configuration, or these commands need nothing of it`,
    `write --account ${known}`,
  );
}

interface Live {
  readonly spec: Spec;
  readonly keys: LiveKeys;
  readonly buckets: ReadonlyMap<SideId, LiveBucket>;
  readonly present: PolicyDocument | 'unknown' | null;
}

/** @throws Failure `blocked` where a side has no key yet. */
async function readLive(options: PermissionsOptions, context: Context, view: View): Promise<Live> {
  const session = await openSession(options, context, view);
  try {
    // Loads the SDK, only for a correct configuration.
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
    view.releaseScreen();
    await session.close();
  }
}
