/** Signing in: the only place where SDK clients are made. Whose account it is, is checked before any other call. */

import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import type { S3ControlClient } from '@aws-sdk/client-s3-control';
import type { AwsCredentialIdentityProvider, MiddlewareStack } from '@smithy/types';
import { required } from '../aws/required.ts';
import type { AnySide, SideId, Spec } from '../config/spec.ts';
import type { Report } from '../events/event.ts';
import { Failure } from '../events/failure.ts';
import { sidesOf } from '../state/names.ts';
import { onlyAws } from './answers.ts';
import { HeldCredentials, providerOf } from './credentials.ts';
import { guarded } from './guarded-send.ts';
import { controlEndpoint, pathStyle } from './own-endpoint.ts';
import { baseProviders, closePool, lazily, newPool, once, type Pool, type SignedIn } from './pool.ts';
import { signInFailure, wrongAccount } from './sign-in-failure.ts';
import { type Caller, tracing } from './trace.ts';
import { wholeDocuments } from './whole-documents.ts';

const { IAMClient } = required('@aws-sdk/client-iam');
const { KMSClient } = required('@aws-sdk/client-kms');
const { S3Client } = required('@aws-sdk/client-s3');
const { GetCallerIdentityCommand, STSClient } = required('@aws-sdk/client-sts');

export interface Connection {
  readonly account: string;
  readonly region: string;
  /** ARN of who we are there. */
  readonly identity: string;
  readonly s3: InstanceType<typeof S3Client>;
  readonly kms: InstanceType<typeof KMSClient>;
  readonly iam: InstanceType<typeof IAMClient>;
  /** Made, and its package loaded, when it is first asked for: few set-ups need it. */
  readonly s3Control: () => S3ControlClient;
  /** The same. */
  readonly organizations: () => OrganizationsClient;
  /** The same identity in another Region. */
  readonly in: (region: string) => Connection;
}

export interface Connections {
  of(side: SideId): Connection;
  close(): void;
}

/** What differs between the network and the sandbox, and between a person and nobody. */
export interface Surroundings {
  readonly report: Report;
  /** Absent: the network. */
  readonly requestHandler?: NonNullable<S3ClientConfig['requestHandler']>;
  /** Whether it is s3repl's sandbox that answers. */
  readonly sandbox?: true;
  /** Who answers in AWS's place, as its URL; absent: AWS, or the sandbox. */
  readonly endpoint?: string;
  /** Absent: the SDK's default chain, or the side's profile. */
  readonly credentialsFor?: (side: SignInSide) => AwsCredentialIdentityProvider;
  /** Asks a person for an MFA code; absent where there is nobody. */
  readonly askMfaCode?: (serial: string) => Promise<string>;
  /** Waits until a person has signed in again; absent where there is nobody. */
  readonly askToSignIn?: (message: string) => Promise<void>;
  /** Aborted, with a Failure as the reason, when the time of the run is over: requests under way are broken off. */
  readonly deadline?: AbortSignal;
  /** Milliseconds. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** What several configurations share. Absent: each is signed in to for itself. */
  readonly pool?: Pool;
}

/** What signing in takes to know of a side. */
export interface SignInSide extends Pick<AnySide, 'id' | 'region' | 'access' | 'bucket'> {
  /** Null: whichever it turns out to be. */
  readonly account: string | null;
}

/**
 * Signs in to every side of the spec.
 *
 * @throws Failure `unauthorized`: no credentials, a role that cannot be assumed, or another account than the spec says.
 */
export async function connect(spec: Spec, surroundings: Surroundings): Promise<Connections> {
  const { tried, close } = await trySignIn(sidesOf(spec), spec.name, surroundings);
  const refused = [...tried.values()].find((one) => 'refused' in one);
  if (refused && 'refused' in refused) {
    close();
    throw refused.refused;
  }
  return {
    of(id) {
      const connection = tried.get(id);
      if (!connection || 'refused' in connection) throw new Error(`not connected: ${id}`);
      return connection;
    },
    close,
  };
}

/**
 * Signs in to each side as far as that works.
 *
 * @param name of the sessions of roles that are assumed.
 */
export async function trySignIn(
  sides: readonly SignInSide[],
  name: string,
  surroundings: Surroundings,
): Promise<{ readonly tried: ReadonlyMap<SideId, Connection | { readonly refused: unknown }>; close(): void }> {
  const pool = surroundings.pool ?? newPool(surroundings);
  const connectSide = async (side: SignInSide): Promise<Connection> => {
    const { access } = side;
    const { account, identity, credentials } = await signIn(side, name, surroundings, pool);
    const connectIn = (region: string): Connection =>
      once(pool.connections, [account, region, access], () => {
        const config = { ...clientConfig({ region }, surroundings, pool), credentials: credentials.provider };
        const caller: Caller = { account, region, identity };
        const ours = <Client extends AnyClient>(client: Client): Client => {
          const stack = client.middlewareStack;
          for (const plugin of [tracing(caller, surroundings), pool.limits.plugin(caller), onlyAws(caller)])
            stack.use(plugin);
          pool.clients.push(client);
          return guarded(client, { deadline: surroundings.deadline, credentials });
        };
        const s3 = ours(new S3Client({ ...config, forcePathStyle: pathStyle() }));
        s3.middlewareStack.use(wholeDocuments(s3));
        return {
          account,
          region,
          identity,
          s3,
          kms: ours(new KMSClient(config)),
          iam: ours(new IAMClient(config)),
          s3Control: lazily(() => {
            const { S3ControlClient } = required('@aws-sdk/client-s3-control');
            return ours(new S3ControlClient({ ...config, ...controlEndpoint() }));
          }),
          organizations: lazily(() => {
            const { OrganizationsClient } = required('@aws-sdk/client-organizations');
            return ours(new OrganizationsClient(config));
          }),
          in: connectIn,
        };
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
    const signedIn = await once(pool.identities, [account, access], () => identify(side, name, surroundings, pool));
    if (account !== null && signedIn.account !== account) throw wrongAccount(side, undefined, signedIn);
    return signedIn;
  } catch (error) {
    const failure = error instanceof Failure ? error : await signInFailure(error, side);
    // Who is not let in stays out; what the network did may be over for the next who asks.
    if (failure.outcome !== 'unauthorized') pool.identities.delete(JSON.stringify([account, access]));
    throw failure;
  }
}

async function identify(side: SignInSide, name: string, surroundings: Surroundings, pool: Pool): Promise<SignedIn> {
  const settings = clientConfig(side, surroundings, pool);
  const who = anyone(side);
  const plugins = [tracing(who, surroundings), onlyAws(who)];
  const baseOf = baseProviders(pool, side.access.profile);
  // One session of a role serves all configurations that share it.
  const session = surroundings.pool ? 's3repl' : `s3repl-${name}`;
  const credentials = new HeldCredentials({
    side,
    provider: () => providerOf(side, session, { ...surroundings, baseOf }, settings, plugins),
    whoIs: async (these) => {
      const sts = new STSClient({ ...settings, credentials: these });
      for (const plugin of plugins) sts.middlewareStack.use(plugin);
      guarded(sts, { deadline: surroundings.deadline });
      try {
        const { Account = '', Arn = '' } = await sts.send(new GetCallerIdentityCommand({}));
        return { account: Account, identity: Arn };
      } finally {
        sts.destroy();
      }
    },
    askToSignIn: surroundings.askToSignIn,
  });
  return { ...(await credentials.signIn()), credentials };
}

/** Whoever it turns out to be: before signing in, nobody knows. */
function anyone({ account, region }: SignInSide): Caller {
  return { account: account ?? 'that is not known yet', region, identity: 'the signed-in identity' };
}

export type ClientSettings = ReturnType<typeof clientConfig>;

function clientConfig({ region }: Pick<AnySide, 'region'>, { requestHandler }: Surroundings, { network }: Pool) {
  return {
    region,
    retryMode: 'adaptive',
    maxAttempts: 5,
    customUserAgent: 's3repl',
    requestHandler: requestHandler ?? network(),
  };
}

/** Any of the SDK's clients, as far as it is made ours. */
interface AnyClient {
  readonly middlewareStack: {
    use(plugin: { applyToStack(stack: MiddlewareStack<object, { $metadata: object }>): void }): void;
  };
  send(...args: never): unknown;
  destroy(): void;
}
