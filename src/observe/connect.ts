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
  const clients: { destroy(): void }[] = [];
  const signIns = new Map<string, Promise<SignedIn>>();
  const connections = new Map<string, Promise<Connection>>();
  const once = <T>(map: Map<string, Promise<T>>, key: unknown, make: () => Promise<T>): Promise<T> => {
    const text = JSON.stringify(key);
    const made = map.get(text) ?? make();
    map.set(text, made);
    return made;
  };
  const connectSide = async (side: SignInSide): Promise<Connection> => {
    const { region, access } = side;
    const { account, identity, credentials } = await once(signIns, [side.account, access], () =>
      signIn(side, name, surroundings),
    );
    const connectIn = (where: string): Connection => {
      const config = { ...clientConfig({ region: where }, surroundings), credentials };
      const caller: Caller = { account, region: where, identity };
      const made = [
        new S3Client({ ...config, forcePathStyle: pathStyle() }),
        new KMSClient(config),
        new IAMClient(config),
      ] as const;
      const [s3, kms, iam] = made;
      for (const client of made) client.middlewareStack.use(tracing(caller, surroundings));
      clients.push(...made);
      const connection: Connection = {
        account,
        region: where,
        identity,
        s3,
        kms,
        iam,
        in: (other) => (other === where ? connection : connectIn(other)),
      };
      return connection;
    };
    return once(connections, [account, region, access], async () => connectIn(region));
  };
  const settled = await Promise.allSettled(sides.map(connectSide));
  const tried = sides.map(({ id }, index) => {
    const one = settled[index];
    return [id, one?.status === 'fulfilled' ? one.value : { refused: one?.reason as unknown }] as const;
  });
  return {
    tried: new Map(tried),
    close() {
      for (const client of clients) client.destroy();
    },
  };
}

interface SignedIn {
  readonly account: string;
  readonly identity: string;
  readonly credentials: AwsCredentialIdentityProvider;
}

async function signIn(side: SignInSide, name: string, surroundings: Surroundings): Promise<SignedIn> {
  const credentials = credentialsOf(side, name, surroundings);
  const sts = new STSClient({ ...clientConfig(side, surroundings), credentials });
  sts.middlewareStack.use(tracing(anyone(side), surroundings));
  try {
    const { Account = '', Arn = '' } = await sts.send(new GetCallerIdentityCommand({}));
    if (side.account !== null && Account !== side.account) {
      throw new Failure(
        'unauthorized',
        'wrong-account',
        `signed in to account ${Account} as ${Arn}, but repl.yaml says that the ${sideName(side)} is account ${side.account}`,
        `set ${side.id}.access (a profile or a role of ${side.account}), or correct ${side.id}.account; nothing was changed`,
      );
    }
    return { account: Account, identity: Arn, credentials };
  } catch (error) {
    throw error instanceof Failure ? error : signInFailure(error, side);
  } finally {
    sts.destroy();
  }
}

function credentialsOf(side: SignInSide, name: string, surroundings: Surroundings): AwsCredentialIdentityProvider {
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
  const { region: _region, ...anywhere } = clientConfiguration;
  const base =
    surroundings.credentialsFor?.(side) ??
    fromNodeProviderChain({
      ...(profile === undefined ? {} : { profile }),
      mfaCodeProvider,
      // With a Region here the SDK would look for IAM Identity Center there, and not where the profile says that it is;
      // without one below, it would take a web identity token to STS in us-east-1, whatever the partition.
      clientConfig: anywhere,
      parentClientConfig: clientConfiguration,
    });
  const provider =
    assumeRole === undefined
      ? base
      : fromTemporaryCredentials({
          masterCredentials: base,
          params: {
            RoleArn: assumeRole,
            RoleSessionName: `s3repl-${name}`,
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

function sideName(side: SignInSide): string {
  return side.id === 'source' ? 'source' : `destination ${side.bucket}`;
}

function signInFailure(error: unknown, side: SignInSide): Failure {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const { profile, assumeRole } = side.access;
  if (/ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|Timeout/.test(`${name} ${message} ${codeOf(error)}`)) {
    return new Failure(
      'failed',
      'network',
      `STS in ${side.region} cannot be reached: ${message}`,
      'check the network, the Region and AWS_ENDPOINT_URL',
      { cause: error },
    );
  }
  const how = assumeRole
    ? `as ${assumeRole}`
    : profile
      ? `with the profile ${profile}`
      : `with the default credentials${process.env.AWS_PROFILE ? ` (AWS_PROFILE=${process.env.AWS_PROFILE})` : ''}`;
  return new Failure(
    'unauthorized',
    name,
    `cannot sign in to ${side.account === null ? 'the account' : `account ${side.account}`} (${sideName(side)}) ${how}: ${message}`,
    signInFix(name, side),
    { cause: error },
  );
}

function signInFix(errorName: string, { id, access: { profile, assumeRole } }: SignInSide): string {
  if (profile !== undefined && errorName === 'CredentialsProviderError') {
    return `aws sts get-caller-identity --profile ${profile} shows whether the profile works; where it uses SSO: aws sso login --profile ${profile}`;
  }
  if (errorName === 'CredentialsProviderError' && process.env.AWS_PROFILE) {
    return 'aws configure list-profiles shows which profiles there are; where the profile uses SSO: aws sso login';
  }
  if (errorName === 'CredentialsProviderError') {
    return `no credentials were found to begin with: set ${id}.access.profile in repl.yaml, or AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`;
  }
  return assumeRole === undefined
    ? 'the credentials are not valid, or expired: sign in again'
    : 'the role must exist, and its trust policy must let the signed-in identity assume it (external id and MFA included)';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
