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
  readonly credentialsFor?: (side: AnySide) => AwsCredentialIdentityProvider;
  /** Asks a person for an MFA code; absent where there is nobody. */
  readonly askMfaCode?: (serial: string) => Promise<string>;
  /** Milliseconds. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Credentials are renewed when less than this is left of them. */
const renewalMs = 5 * 60_000;

/**
 * Signs in to every side of the spec.
 *
 * @throws Failure `unauthorized`: no credentials, a role that cannot be assumed, or another account than the spec says.
 */
export async function connect(spec: Spec, surroundings: Surroundings): Promise<Connections> {
  const clients: { destroy(): void }[] = [];
  const signIns = new Map<string, Promise<SignedIn>>();
  const connections = new Map<string, Promise<Connection>>();
  const once = <T>(map: Map<string, Promise<T>>, key: unknown, make: () => Promise<T>): Promise<T> => {
    const text = JSON.stringify(key);
    const made = map.get(text) ?? make();
    map.set(text, made);
    return made;
  };
  const connectSide = async (side: AnySide): Promise<Connection> => {
    const { account, region, access } = side;
    const { identity, credentials } = await once(signIns, [account, access], () => signIn(side, spec, surroundings));
    return once(connections, [account, region, access], async () => {
      const connection = connectionOf({ account, region, identity }, credentials, surroundings);
      clients.push(connection.s3, connection.kms, connection.iam);
      return connection;
    });
  };
  const tried = await Promise.allSettled(
    sidesOf(spec).map(async (side) => [side.id, await connectSide(side)] as const),
  );
  const refused = tried.find((one) => one.status === 'rejected');
  if (refused) {
    for (const client of clients) client.destroy();
    throw refused.reason;
  }
  const bySide = new Map(tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
  return {
    of(id) {
      const connection = bySide.get(id);
      if (!connection) throw new Error(`not connected: ${id}`);
      return connection;
    },
    close() {
      for (const client of clients) client.destroy();
    },
  };
}

/** The clients for one Region of an account. */
export function connectionOf(
  caller: Caller,
  credentials: AwsCredentialIdentityProvider,
  surroundings: Surroundings,
): Connection {
  const config = { ...clientConfig(caller, surroundings), credentials };
  const made = [
    new S3Client({ ...config, forcePathStyle: pathStyle() }),
    new KMSClient(config),
    new IAMClient(config),
  ] as const;
  const [s3, kms, iam] = made;
  for (const client of made) client.middlewareStack.use(tracing(caller, surroundings));
  return { ...caller, s3, kms, iam };
}

/** Who the credentials belong to. */
export interface SignedIn {
  readonly account: string;
  readonly identity: string;
  readonly credentials: AwsCredentialIdentityProvider;
}

async function signIn(side: AnySide, spec: Spec, surroundings: Surroundings): Promise<SignedIn> {
  const found = await identify(side, spec.name, surroundings);
  if (found.account === side.account) return found;
  throw new Failure(
    'unauthorized',
    'wrong-account',
    `signed in to account ${found.account} as ${found.identity}, but repl.yaml says that the ${sideName(side)} is account ${side.account}`,
    `set ${side.id}.access (a profile or a role of ${side.account}), or correct ${side.id}.account; nothing was changed`,
  );
}

/** Signs in, whatever account that turns out to be. */
export async function identify(side: AnySide, session: string, surroundings: Surroundings): Promise<SignedIn> {
  const credentials = credentialsOf(side, session, surroundings);
  const sts = new STSClient({ ...clientConfig(side, surroundings), credentials });
  sts.middlewareStack.use(tracing(anyone(side), surroundings));
  try {
    const { Account = '', Arn = '' } = await sts.send(new GetCallerIdentityCommand({}));
    return { account: Account, identity: Arn, credentials };
  } catch (error) {
    throw error instanceof Failure ? error : signInFailure(error, side);
  } finally {
    sts.destroy();
  }
}

function credentialsOf(side: AnySide, session: string, surroundings: Surroundings): AwsCredentialIdentityProvider {
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
    fromNodeProviderChain({
      ...(profile === undefined ? {} : { profile }),
      mfaCodeProvider,
      clientConfig: clientConfiguration,
    });
  const provider =
    assumeRole === undefined
      ? base
      : fromTemporaryCredentials({
          masterCredentials: base,
          params: {
            RoleArn: assumeRole,
            RoleSessionName: `s3repl-${session}`,
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
function anyone({ account, region }: AnySide): Caller {
  return { account, region, identity: 'the signed-in identity' };
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

function sideName(side: AnySide): string {
  return side.id === 'source' ? 'source' : `destination ${side.bucket}`;
}

function signInFailure(error: unknown, side: AnySide): Failure {
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
    `cannot sign in${side.account === '' ? '' : ` to account ${side.account} (${sideName(side)})`} ${how}: ${message}`,
    signInFix(name, side),
    { cause: error },
  );
}

function signInFix(errorName: string, { id, access: { profile, assumeRole } }: AnySide): string {
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
