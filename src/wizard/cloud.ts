/** Makes each sign-in of the wizard once. */

import { type AccountId, brand, type Region } from '../aws/brand.ts';
import { parsePath, valueAt } from '../config/path.ts';
import type { Access, SideId, Spec } from '../config/spec.ts';
import type { Connection, Connections } from '../connect/connection.ts';
import { type SignIn, signInAnywhere } from '../connect/sign-in.ts';
import { Failure } from '../events/failure.ts';
import { listProfiles, type Profile } from '../observe/discover.ts';
import type { CommonOptions } from '../session/common-options.ts';
import type { Context } from '../session/context.ts';
import { reachSandbox } from '../session/reach-sandbox.ts';
import { readPractice } from '../session/sandbox-options.ts';
import { networkSurroundings } from '../session/session.ts';
import type { View } from '../show/view.ts';
import { sideOf, sidesOf } from '../state/names.ts';

export interface Whose {
  readonly id: SideId;
  /** Null where signing in is to tell. */
  readonly account: AccountId | null;
  readonly region: Region;
  readonly access: Access;
}

export interface Cloud {
  /** Undefined on AWS. */
  readonly sandboxAccounts: readonly string[] | undefined;
  profiles(): Promise<readonly Profile[]>;
  /** @throws Failure where sign-in fails, or finds another account than `account`. */
  signIn(whose: Whose): Promise<SignIn>;
  connections(spec: Spec): Promise<Connections>;
  close(): Promise<void>;
}

/** `close` frees the sandbox for `apply`. */
export async function openCloud(options: CommonOptions, context: Context, view: View): Promise<Cloud> {
  const { surroundings, accounts, close } = options.sandbox
    ? await sandboxCloud(options, context, view)
    : { ...(await networkSurroundings(context, view)), accounts: undefined };
  let closed = false;
  const signIns = new Map<string, Promise<SignIn>>();
  const signIn = async (whose: Whose): Promise<SignIn> => {
    // On AWS the account follows from the access. In the sandbox the account's administrator signs in: a role that repl.yaml names is created with the plan.
    const key = JSON.stringify(accounts ? whose.account : whose.access);
    const by = accounts ? { ...whose, access: {} } : { ...whose, account: null };
    const made = signIns.get(key) ?? signInAnywhere(by, surroundings);
    signIns.set(key, made);
    made.catch(() => signIns.delete(key));
    const found = await made;
    if (whose.account === null || whose.account === found.account) return found;
    throw new Failure('unauthorized', 'wrong-account', `signed in to account ${found.account}, not ${whose.account}`);
  };
  return {
    sandboxAccounts: accounts,
    profiles: listProfiles,
    signIn,
    connections: connectionsBy(signIn),
    async close() {
      // A second close would make the sandbox save its state over what apply has done since.
      if (closed) return;
      closed = true;
      for (const made of signIns.values()) await made.then((one) => one.close()).catch(() => undefined);
      await close();
    },
  };
}

async function sandboxCloud(options: CommonOptions, { env }: Context, view: View) {
  const [sandbox, { sandboxCredentials }] = await Promise.all([
    reachSandbox(options.state, await readPractice(options)),
    import('../sandbox/sandbox.ts'),
  ]);
  const known = (await sandbox.status()).map(({ account }) => account);
  return {
    surroundings: {
      report: view.report,
      env,
      requestHandler: sandbox.requestHandler,
      credentialsFor:
        ({ account }: { readonly account: string | null }) =>
        async () =>
          sandboxCredentials(account ?? ''),
      now: sandbox.clock.now,
      sleep: sandbox.clock.sleep,
    },
    accounts: known,
    close: () => sandbox.close(),
  };
}

export function signInOfSide(tree: unknown, side: string, fallbackRegion: Region): Whose {
  const text = (path: string) => {
    const value = valueAt(tree, parsePath(`${side}.${path}`));
    return typeof value === 'string' ? value : undefined;
  };
  const members = ['profile', 'assumeRole', 'externalId', 'mfaSerial'] as const;
  const access: Access = Object.fromEntries(
    members.flatMap((member) => {
      const value = text(`access.${member}`);
      return value === undefined ? [] : [[member, value]];
    }),
  );
  const [account, region] = [text('account'), text('region')];
  return {
    // For messages, which do not count destinations.
    id: side === 'source' ? side : 'destinations[0]',
    account: account === undefined ? null : brand<AccountId>(account),
    region: region === undefined ? fallbackRegion : brand(region),
    access,
  };
}

export function connectionsBy(signIn: Cloud['signIn']): Cloud['connections'] {
  return async (spec) => {
    const sides = sidesOf(spec);
    const found = await Promise.all(sides.map(async (side) => [side.id, await signIn(side)] as const));
    const byId = new Map(found);
    return {
      get: (id): Connection => {
        const connection = byId.get(id)?.inRegion(sideOf(spec, id).region);
        if (!connection) throw new Error(`not connected: ${id}`);
        return connection;
      },
      close: () => undefined,
    };
  };
}
