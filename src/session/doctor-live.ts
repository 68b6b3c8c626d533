import { roleArn } from '../aws/arn.ts';
import type { Spec } from '../config/spec.ts';
import { trySignIn } from '../connect/connect.ts';
import type { Connection, SignInSide } from '../connect/connection.ts';
import { Failure } from '../events/failure.ts';
import type { RefusedCall } from '../events/refused-call.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { readSnapshot } from '../observe/snapshot.ts';
import type { View } from '../show/view.ts';
import { backfillPolicyName, sidesOf } from '../state/names.ts';
import type { Context } from './context.ts';
import { type DoctorOptions, parseObject } from './doctor-options.ts';
import { readSpec, surroundingsOf } from './session.ts';
import { sidesOfFlags } from './sides-of-flags.ts';

/**
 * Follows the source bucket wherever it leads; other accounts without a sign-in are unknown. @throws Failure `unauthorized` without one to the source account.
 */
export async function liveSnapshot(
  options: DoctorOptions,
  context: Context,
  view: View,
): Promise<{ readonly snapshot: Snapshot; readonly spec?: Spec }> {
  const spec = options.bucket === undefined ? (await readSpec(options, context, view)).spec : undefined;
  const sides = spec ? sidesOf(spec) : sidesOfFlags(options, context);
  const { surroundings, close } = await surroundingsOf(options, context, view, [sides]);
  try {
    view.report({ type: 'phase', name: 'observe' });
    const signedIn = await trySignIn(sides, spec?.name ?? 'doctor', surroundings);
    try {
      const source = signedIn.tried.get('source');
      if (source === undefined || 'refused' in source) throw source?.refused ?? new Error('not connected: source');
      const destinations = sides.flatMap(({ id }) => listReached(id, signedIn.tried.get(id), view));
      const { snapshot, refused } = await readSnapshot(
        { source, destinations },
        options.bucket ?? spec?.source.bucket ?? '',
        {
          takenAt: new Date(),
          noOrganization: surroundings.sandbox === true,
          alerts: true,
          jobs: spec ? { ours: ourJobs(spec) } : {},
          sample: {
            sample: options.sample,
            ...(options.object !== undefined && { object: parseObject(options.object) }),
          },
        },
      );
      view.report({ type: 'phase', name: 'done' });
      for (const at of new Map([source, ...destinations].map((one) => [one.account, one])).values())
        tellUnread(refused, at, view);
      return { snapshot, ...(spec && { spec }) };
    } finally {
      signedIn.close();
    }
  } finally {
    await close();
  }
}

function ourJobs(spec: Spec) {
  const role = roleArn(spec.source, spec.role.path ?? '/', spec.backfill.role);
  return { name: spec.name, role, policy: backfillPolicyName(spec) };
}

/** By the action that each read takes; what was not read is unknown, or only not looked at. */
function tellUnread(refused: readonly RefusedCall[], { account, identity }: Connection, view: View): void {
  const here = refused.filter((call) => call.account === account);
  const tell = (isMissing: boolean, why: string, fix: string) => {
    const calls = here.filter(({ code }) => (code === 'HTTP 501') === isMissing);
    const actions = [...new Set(calls.map(({ action }) => action))].sort();
    if (actions.length === 0) return;
    const message = `s3repl could not read everything in account ${account}: ${why} ${actions.join(', ')}`;
    view.report({ type: 'warning', code: 'unread', message, fix });
  };
  tell(false, 'AWS refused', `allow these to ${identity}`);
  tell(
    true,
    'the service that answered does not have',
    'the sandbox or an emulator answered instead of AWS: what depends on these operations stays unknown',
  );
}

function listReached(
  id: SignInSide['id'],
  tried: Connection | { readonly refused: unknown } | undefined,
  view: View,
): readonly Connection[] {
  if (id === 'source' || tried === undefined) return [];
  if (!('refused' in tried)) return [tried];
  const { refused } = tried;
  const { message, fix } = refused instanceof Failure ? refused : { message: String(refused), fix: undefined };
  view.report({ type: 'warning', code: 'not-signed-in', message, ...(fix !== undefined && { fix }) });
  return [];
}
