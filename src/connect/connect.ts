/** Signing in: the only place that makes SDK clients ours. It checks whose account it is before any other call. */
import { type AccountId, brand, type Region } from '../aws/brand.ts';
import { required } from '../aws/required.ts';
import type { SideId, Spec } from '../config/spec.ts';
import { Failure } from '../events/failure.ts';
import { sidesOf } from '../state/names.ts';
import { requireAws } from './answers.ts';
import { clientSettings } from './client-config.ts';
import type { Connection, Connections, SignInSide } from './connection.ts';
import { HeldCredentials, providerOf } from './credentials.ts';
import { guardSends } from './guarded-send.ts';
import { baseProviders, closePool, getOrMake, makeLazily, newPool, type Pool, type SignedIn } from './pool.ts';
import type { SdkClient } from './sdk-client.ts';
import { services } from './services.ts';
import { signInFailure, wrongAccountFailure } from './sign-in-failure.ts';
import type { Surroundings } from './surroundings.ts';
import { type Caller, traceCalls } from './trace.ts';
import { keepWholeDocuments } from './whole-documents.ts';

/** @throws Failure `unauthorized`: no credentials, a role that cannot be assumed, or another account than the spec says. */
export async function connect(spec: Spec, surroundings: Surroundings): Promise<Connections> {
  const { tried, close } = await trySignIn(sidesOf(spec), spec.name, surroundings);
  const refused = [...tried.values()].find((one) => 'refused' in one);
  if (refused && 'refused' in refused) {
    close();
    throw refused.refused;
  }
  return connectionsOf(tried, close);
}

type Tried = ReadonlyMap<SideId, Connection | { readonly refused: unknown }>;

/** Those that are signed in. To ask for another one is a bug. */
export function connectionsOf(tried: Tried, close: () => void = () => undefined): Connections {
  return {
    get(id) {
      const connection = tried.get(id);
      if (!connection || 'refused' in connection) throw new Error(`not connected: ${id}`);
      return connection;
    },
    close,
  };
}

/** Signs in to each side as far as that works. @param name of the sessions of assumed roles. */
export async function trySignIn(
  sides: readonly SignInSide[],
  name: string,
  surroundings: Surroundings,
): Promise<{ readonly tried: Tried; close(): void }> {
  const pool = surroundings.pool ?? newPool(surroundings);
  const connectSide = async (side: SignInSide): Promise<Connection> => {
    const { access } = side;
    const { account, identity, credentials } = await signIn(side, name, surroundings, pool);
    const connectIn = (region: Region): Connection =>
      getOrMake(pool.connections, [account, region, access], () => {
        const config = { ...settingsIn(region, surroundings, pool), credentials: credentials.provider };
        const caller: Caller = { account, region, identity };
        const addPlugins = (client: SdkClient): SdkClient => {
          const plugins = [
            traceCalls(caller, surroundings),
            pool.limits.plugin(caller),
            requireAws(caller),
            keepWholeDocuments(client),
          ];
          for (const plugin of plugins) client.middlewareStack.use(plugin);
          pool.clients.push(client);
          return guardSends(client, { deadline: surroundings.deadline, credentials });
        };
        const connection = { account, region, identity, inRegion: connectIn };
        for (const [name, { client }] of Object.entries(services)) {
          const get = makeLazily(() => addPlugins(client(config, surroundings.env)));
          Object.defineProperty(connection, name, { get, enumerable: true });
        }
        return connection as Connection;
      });
    return connectIn(side.region);
  };
  const settled = await Promise.allSettled(sides.map(connectSide));
  const tried = sides.map(({ id }, index) => {
    const one = settled[index];
    return [id, one?.status === 'fulfilled' ? one.value : { refused: one?.reason as unknown }] as const;
  });
  return {
    tried: new Map(tried),
    close() {
      if (surroundings.pool === undefined) closePool(pool);
    },
  };
}

async function signIn(side: SignInSide, name: string, surroundings: Surroundings, pool: Pool): Promise<SignedIn> {
  const { account, access } = side;
  try {
    const signedIn = await getOrMake(pool.identities, [account, access], () =>
      identify(side, name, surroundings, pool),
    );
    if (account !== null && signedIn.account !== account) throw wrongAccountFailure(side, undefined, signedIn);
    return signedIn;
  } catch (error) {
    const failure = error instanceof Failure ? error : await signInFailure(error, side, surroundings.env);
    // Who is not let in stays out; a network problem may be over for the next who asks.
    if (failure.outcome !== 'unauthorized') pool.identities.delete(JSON.stringify([account, access]));
    throw failure;
  }
}

async function identify(side: SignInSide, name: string, surroundings: Surroundings, pool: Pool): Promise<SignedIn> {
  const settings = settingsIn(side.region, surroundings, pool);
  const who = unknownCaller(side);
  const plugins = [traceCalls(who, surroundings), requireAws(who)];
  const baseOf = baseProviders(pool, side.access.profile);
  // One session of a role serves all configurations that share it.
  const session = surroundings.pool ? 's3repl' : `s3repl-${name}`;
  const credentials = new HeldCredentials({
    side,
    env: surroundings.env,
    provider: () => providerOf(side, session, { ...surroundings, baseOf }, settings, plugins),
    identify: async (these) => {
      const { GetCallerIdentityCommand } = required('@aws-sdk/client-sts');
      const sts = services.sts.client({ ...settings, credentials: these });
      for (const plugin of plugins) sts.middlewareStack.use(plugin);
      guardSends(sts, { deadline: surroundings.deadline });
      try {
        const { Account = '', Arn = '' } = await sts.send(new GetCallerIdentityCommand({}));
        return { account: brand<AccountId>(Account), identity: Arn };
      } finally {
        sts.destroy();
      }
    },
    askToSignIn: surroundings.askToSignIn,
  });
  return { ...(await credentials.signIn()), credentials };
}

function unknownCaller({ account, region }: SignInSide): Caller {
  return { account: account ?? 'that is not known yet', region, identity: 'the signed-in identity' };
}

function settingsIn(region: string, { requestHandler }: Surroundings, { network }: Pool) {
  return clientSettings(region, requestHandler ?? network());
}
