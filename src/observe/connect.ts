/** Signing in: the only place where SDK clients are made. Whose account it is, is checked before any other call. */

import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { memoize } from '@smithy/core/config';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import type { AnySide, SideId, Spec } from '../config/spec.ts';
import type { Report } from '../plan/event.ts';
import { Failure } from '../plan/failure.ts';
import { sidesOf } from '../plan/names.ts';
import { closePool, newPool, once, type Pool, type SignedIn } from './pool.ts';
import { sideName, signInFailure } from './sign-in-failure.ts';
import { type Caller, tracing } from './trace.ts';

export interface Connection {
  readonly account: string;
  readonly region: string;
  /** ARN of who we are there. */
  readonly identity: string;
  readonly s3: S3Client;
  readonly kms: KMSClient;
  readonly iam: IAMClient;
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
  /** Absent: the SDK's default chain, or the side's profile. */
  readonly credentialsFor?: (side: SignInSide) => AwsCredentialIdentityProvider;
  /** Asks a person for an MFA code; absent where there is nobody. */
  readonly askMfaCode?: (serial: string) => Promise<string>;
  /** Milliseconds. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** What several configurations share. Absent: each is signed in to for itself. */
  readonly pool?: Pool;
}

/** Credentials are renewed when less than this is left of them. */
const renewalMs = 5 * 60_000;

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
        const config = { ...clientConfig({ region }, surroundings), credentials };
        const caller: Caller = { account, region, identity };
        const made = [
          new S3Client({ ...config, forcePathStyle: pathStyle() }),
          new KMSClient(config),
          new IAMClient(config),
        ] as const;
        const [s3, kms, iam] = made;
        for (const client of made) {
          client.middlewareStack.use(tracing(caller, surroundings));
          client.middlewareStack.use(pool.limits.plugin(caller));
        }
        pool.clients.push(...made);
        return { account, region, identity, s3, kms, iam, in: connectIn };
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
    if (account === null || signedIn.account === account) return signedIn;
    throw new Failure(
      'unauthorized',
      'wrong-account',
      `signed in to account ${signedIn.account} as ${signedIn.identity}, but repl.yaml says that the ${sideName(side)} is account ${account}`,
      `set ${side.id}.access (a profile or a role of ${account}), or correct ${side.id}.account; nothing was changed`,
    );
  } catch (error) {
    const failure = error instanceof Failure ? error : signInFailure(error, side);
    // Who is not let in stays out; what the network did may be over for the next who asks.
    if (failure.outcome !== 'unauthorized') pool.identities.delete(JSON.stringify([account, access]));
    throw failure;
  }
}

async function identify(side: SignInSide, name: string, surroundings: Surroundings, pool: Pool): Promise<SignedIn> {
  const credentials = credentialsOf(side, name, surroundings, pool);
  const sts = new STSClient({ ...clientConfig(side, surroundings), credentials });
  sts.middlewareStack.use(tracing(anyone(side), surroundings));
  try {
    const { Account = '', Arn = '' } = await sts.send(new GetCallerIdentityCommand({}));
    return { account: Account, identity: Arn, credentials };
  } finally {
    sts.destroy();
  }
}

function credentialsOf(
  side: SignInSide,
  name: string,
  surroundings: Surroundings,
  pool: Pool,
): AwsCredentialIdentityProvider {
  const { profile, assumeRole, externalId, mfaSerial } = side.access;
  const mfaCodeProvider = async (serial: string) => {
    if (surroundings.askMfaCode) return surroundings.askMfaCode(serial);
    throw new Failure(
      'unauthorized',
      'mfa-code',
      `the MFA device ${serial} asks for a code, and there is no terminal to type it at`,
      'run s3repl at a terminal, or sign in first and leave mfaSerial out',
    );
  };
  const clientConfiguration = clientConfig(side, surroundings);
  const base =
    surroundings.credentialsFor?.(side) ??
    once(pool.bases, profile ?? null, () =>
      fromNodeProviderChain({
        ...(profile === undefined ? {} : { profile }),
        mfaCodeProvider,
        clientConfig: clientConfiguration,
      }),
    );
  const provider =
    assumeRole === undefined
      ? base
      : fromTemporaryCredentials({
          masterCredentials: base,
          params: {
            RoleArn: assumeRole,
            // One session serves all configurations that share it.
            RoleSessionName: surroundings.pool ? 's3repl' : `s3repl-${name}`,
            ...(externalId === undefined ? {} : { ExternalId: externalId }),
            ...(mfaSerial === undefined ? {} : { SerialNumber: mfaSerial }),
          },
          mfaCodeProvider,
          clientConfig: clientConfiguration,
          clientPlugins: [tracing(anyone(side), surroundings)],
        });
  // One sign-in serves all clients of a side, and is renewed when it runs out in mid-run.
  return memoize(
    provider,
    ({ expiration }) => expiration !== undefined && expiration.getTime() - Date.now() < renewalMs,
    ({ expiration }) => expiration !== undefined,
  );
}

/** Whoever it turns out to be: before signing in, nobody knows. */
function anyone({ account, region }: SignInSide): Caller {
  return { account: account ?? 'that is not known yet', region, identity: 'the signed-in identity' };
}

function clientConfig({ region }: Pick<AnySide, 'region'>, { requestHandler }: Surroundings) {
  return {
    region,
    retryMode: 'adaptive',
    maxAttempts: 5,
    customUserAgent: 's3repl',
    requestHandler: requestHandler ?? { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
  };
}

/** An endpoint of one's own seldom answers to bucket names as host names. */
function pathStyle(): boolean {
  return Boolean(process.env.AWS_ENDPOINT_URL ?? process.env.AWS_ENDPOINT_URL_S3);
}
