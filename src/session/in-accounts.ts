/** Commands that look at a setup with or without `repl.yaml`, and as far as they are let in. */
import type { Spec } from '../config/spec.ts';
import { trySignIn } from '../connect/connect.ts';
import type { Connection, SignInSide } from '../connect/connection.ts';
import type { Surroundings } from '../connect/surroundings.ts';
import { Failure } from '../events/failure.ts';
import type { RefusedCall } from '../events/refused-call.ts';
import type { Access } from '../observe/reach.ts';
import type { View } from '../show/view.ts';
import { sidesOf } from '../state/names.ts';
import type { Context } from './context.ts';
import { readSpec, surroundingsOf } from './session.ts';
import { type BucketOptions, sidesOfFlags } from './sides-of-flags.ts';

export interface Inside {
  readonly access: Access;
  /** Of the source. */
  readonly bucket: string;
  /** Absent with `--bucket`. */
  readonly spec?: Spec;
  readonly surroundings: Surroundings;
  /** By side; one that is not in it is not signed in. */
  readonly sides: ReadonlyMap<SignInSide['id'], Connection>;
  /** Of the shared configuration file, by account. */
  readonly profiles: Readonly<Record<string, string>>;
}

/** Signs in as far as that works. @param command names the sessions of assumed roles where no configuration does. @throws Failure `unauthorized` without a sign-in to the source account; `invalid` for a wrong configuration. */
export async function inAccounts<T>(
  options: BucketOptions,
  context: Context,
  view: View,
  command: string,
  work: (inside: Inside) => Promise<T>,
): Promise<T> {
  const spec = options.bucket === undefined ? await readGivenSpec(options, context, view, command) : undefined;
  const sides = spec ? sidesOf(spec) : sidesOfFlags(options, context);
  const { surroundings, close } = await surroundingsOf(options, context, view, [sides]);
  try {
    view.report({ type: 'phase', name: 'observe' });
    const signedIn = await trySignIn(sides, spec?.name ?? command, surroundings);
    try {
      const source = signedIn.tried.get('source');
      if (source === undefined || 'refused' in source) throw source?.refused ?? new Error('not connected: source');
      const destinations = sides.flatMap(({ id }) => listReached(id, signedIn.tried.get(id), view));
      const reached = [...signedIn.tried].flatMap(([id, one]) => ('refused' in one ? [] : [[id, one] as const]));
      return await work({
        access: { source, destinations },
        bucket: options.bucket?.name ?? spec?.source.bucket ?? '',
        ...(spec && { spec }),
        surroundings,
        sides: new Map(reached),
        profiles: profilesOf(sides, signedIn.tried),
      });
    } finally {
      signedIn.close();
    }
  } finally {
    await close();
  }
}

/** @throws Failure that also names `--bucket` where there is no configuration. */
async function readGivenSpec(options: BucketOptions, context: Context, view: View, command: string): Promise<Spec> {
  try {
    return (await readSpec(options, context, view)).spec;
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'no-config' || options.config !== undefined) throw error;
    const { outcome, code, message, fix } = error;
    const without = `for a setup without repl.yaml, name its source bucket: s3repl ${command} --bucket NAME`;
    throw new Failure(outcome, code, message, fix === undefined ? without : `${fix}; ${without}`);
  }
}

type Tried = ReadonlyMap<SignInSide['id'], Connection | { readonly refused: unknown }>;

function profilesOf(sides: readonly SignInSide[], tried: Tried): Inside['profiles'] {
  return Object.fromEntries(
    sides.flatMap(({ id, account: named, access }) => {
      const connection = tried.get(id);
      const account = connection !== undefined && 'account' in connection ? connection.account : named;
      return access.profile === undefined || account === null ? [] : [[account, access.profile] as const];
    }),
  );
}

/** In milliseconds since 1970, by the clock of the sandbox where it answers. */
export function timeIn({ sandbox, now }: Pick<Inside['surroundings'], 'sandbox' | 'now'>): number {
  return sandbox ? now() : Date.now();
}

type Teller = Pick<View, 'report'>;

/** In each account. */
export function tellUnread(refused: readonly RefusedCall[], { source, destinations }: Access, view: Teller): void {
  for (const at of new Map([source, ...destinations].map((one) => [one.account, one])).values())
    tellUnreadAt(refused, at, view);
}

/** By the action that each read takes; what was not read is unknown, or only not looked at. */
function tellUnreadAt(refused: readonly RefusedCall[], { account, identity }: Connection, view: Teller): void {
  const here = refused.filter((call) => call.account === account);
  const tell = (isMissing: boolean, why: string, fix: string) => {
    const calls = here.filter(({ code }) => /^(HTTP 501|not-aws)$/.test(code) === isMissing);
    const actions = [...new Set(calls.map(({ action }) => action))].sort();
    if (actions.length === 0) return;
    const message = `s3repl could not read everything in account ${account}: ${why} ${actions.join(', ')}`;
    view.report({ type: 'warning', code: 'unread', message, fix });
  };
  tell(false, 'AWS refused', `allow these to ${identity}`);
  tell(
    true,
    'the service that answered does not have',
    'the sandbox or an emulator has answered in the place of AWS: what depends on these stays unknown',
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
