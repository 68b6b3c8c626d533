/** The snapshot of accounts as they are now. */
import type { Spec } from '../config/spec.ts';
import { type Connection, type SignInSide, trySignIn } from '../connect/connect.ts';
import { Failure } from '../events/failure.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { takeSnapshot } from '../observe/snapshot.ts';
import type { View } from '../show/view.ts';
import { sidesOf } from '../state/names.ts';
import type { Context } from './context.ts';
import { type DoctorOptions, parseObject } from './doctor-options.ts';
import { readSpec, surroundingsOf } from './session.ts';

/**
 * Signs in and reads, from the source bucket of the configuration, or of `--bucket`, to wherever it leads. What one cannot sign in
 * to besides the source account is unknown.
 *
 * @throws Failure `unauthorized` where one cannot sign in to the source account.
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
      const destinations = sides.flatMap(({ id }) => reached(id, signedIn.tried.get(id), view));
      const snapshot = await takeSnapshot({ source, destinations }, options.bucket ?? spec?.source.bucket ?? '', {
        takenAt: new Date(),
        noOrganization: surroundings.sandbox === true,
        sample: {
          sample: options.sample,
          ...(options.object !== undefined && { object: parseObject(options.object) }),
        },
      });
      view.report({ type: 'phase', name: 'done' });
      for (const at of new Map([source, ...destinations].map((one) => [one.account, one])).values())
        tellUnread(snapshot, at, view);
      return { snapshot, ...(spec && { spec }) };
    } finally {
      signedIn.close();
    }
  } finally {
    await close();
  }
}

/** What AWS has refused, by the action that each read takes: what was not read is unknown, or only not looked at. */
function tellUnread({ unreadable = [] }: Snapshot, { account, identity }: Connection, view: View): void {
  const unread = unreadable.flatMap(({ reason }) => {
    const [, action, where, code] = /^(\w+:\w+) in account (\d+): (.*)/.exec(reason) ?? [];
    return action !== undefined && where === account ? [{ action, isMissing: code === 'HTTP 501' }] : [];
  });
  const tell = (isMissing: boolean, why: string, fix: string) => {
    const actions = [...new Set(unread.flatMap((one) => (one.isMissing === isMissing ? [one.action] : [])))].sort();
    if (actions.length === 0) return;
    const message = `in account ${account} not everything could be read: ${why} ${actions.join(', ')}`;
    view.report({ type: 'warning', code: 'unread', message, fix });
  };
  tell(false, 'AWS refused', `allow these to ${identity}`);
  tell(
    true,
    'the service that answered does not have',
    'the sandbox or an emulator has answered in the place of AWS: what depends on these stays unknown',
  );
}

function reached(
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

/** Sides for `--bucket`: what its flags say, and for the rest the SDK's default chain. */
function sidesOfFlags({ flagValues, bucket = '' }: DoctorOptions, { env }: Context): readonly SignInSide[] {
  const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? 'us-east-1';
  const side = (id: SignInSide['id'], name: string): SignInSide => {
    const text = (member: string) => {
      const value = flagValues[`${id}.${member}`];
      return value === undefined ? undefined : String(value);
    };
    const access = (['profile', 'assumeRole', 'externalId', 'mfaSerial'] as const).flatMap((member) => {
      const value = text(`access.${member}`);
      return value === undefined ? [] : [[member, value]];
    });
    return {
      id,
      account: text('account') ?? null,
      region: text('region') ?? region,
      bucket: name,
      access: Object.fromEntries(access),
    };
  };
  const named = Object.keys(flagValues).some((path) => /^destinations\[0\]\.(?:account|region|access)/.test(path));
  return [side('source', bucket), ...(named ? [side('destinations[0]', 'of the replication rules')] : [])];
}
