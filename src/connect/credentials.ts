/** Where the credentials of one side come from, and how they are renewed in mid-run. */
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import { required } from '../aws/required.ts';
import type { Env } from '../config/substitute-env.ts';
import { Failure } from '../events/failure.ts';
import { withoutPeriod } from '../text/without-period.ts';
import { hasRunOut } from './absent.ts';
import type { ClientSettings } from './client-config.ts';
import type { Identity, SignInSide } from './connection.ts';
import { missingProfileFailure, runOut, signInAgain, signInFailure, wrongAccountFailure } from './sign-in-failure.ts';
import type { traceCalls } from './trace.ts';

const { fromNodeProviderChain, fromTemporaryCredentials } = required('@aws-sdk/credential-providers');
const { memoize } = required('@smithy/core/config');

const renewalMs = 5 * 60_000;

export interface CredentialSources {
  /** Absent: the SDK's default chain, or the side's profile. */
  readonly credentialsFor?: (side: SignInSide) => AwsCredentialIdentityProvider;
  readonly askMfaCode?: (serial: string) => Promise<string>;
  /** Waits until a person has signed in again; absent where nobody can. */
  readonly askToSignIn?: (message: string) => Promise<void>;
}

/** Gives the provider that `make` makes, or one that another side with the same profile has already made. */
export type BaseOf = (make: () => AwsCredentialIdentityProvider) => AwsCredentialIdentityProvider;

export interface Origin {
  readonly side: SignInSide;
  readonly env: Env;
  readonly provider: () => AwsCredentialIdentityProvider;
  readonly identify: (credentials: AwsCredentialIdentity | AwsCredentialIdentityProvider) => Promise<Identity>;
  readonly askToSignIn: CredentialSources['askToSignIn'];
}

/** One sign-in for all clients of a side. What it gives after the first time is of the same account, or an error. */
export class HeldCredentials {
  readonly #origin: Origin;
  #held: AwsCredentialIdentity | undefined;
  #signedIn: Identity | undefined;
  #renewing: Promise<void> | undefined;
  readonly provider: AwsCredentialIdentityProvider;

  constructor(origin: Origin) {
    this.#origin = origin;
    const remembered = memoize(
      () => this.#take(),
      ({ expiration }) => expiration !== undefined && expiration.getTime() - Date.now() < renewalMs,
      ({ expiration }) => expiration !== undefined,
    );
    // Otherwise a client would remember the credentials on its own, and not see that they were renewed.
    this.provider = Object.assign(remembered, { memoized: true });
  }

  get current(): AwsCredentialIdentity | undefined {
    return this.#held;
  }

  /** After the first sign-in, the credentials may be of no other account. */
  async signIn(): Promise<Identity> {
    this.#signedIn = await this.#origin.identify(this.provider);
    return this.#signedIn;
  }

  /**
   * Takes new credentials from their source, or asks a person to sign in again.
   * @param used what the call was signed with: nothing to do where that is renewed by now.
   * @throws Failure `unauthorized` where no credentials are left, or where they are of another account.
   */
  async renew(used: AwsCredentialIdentity | undefined, refusal: Error): Promise<void> {
    if (used !== this.#held) return;
    this.#renewing ??= this.#renew(refusal).finally(() => {
      this.#renewing = undefined;
    });
    await this.#renewing;
  }

  /** HEAD requests are refused without a reason, so this asks whether AWS still accepts what a call was signed with. */
  async areRefused(used: AwsCredentialIdentity | undefined): Promise<boolean> {
    const { identify } = this.#origin;
    if (used !== this.#held) return true;
    return identify(this.provider).then(
      () => false,
      (error: unknown) => hasRunOut(error),
    );
  }

  async #renew(refusal: Error): Promise<void> {
    const { side, env, askToSignIn } = this.#origin;
    const used = this.#held;
    let reason = await this.#takeAnew();
    if (reason === undefined && !hasSameKeys(used, this.#held)) return;
    for (reason ??= refusal; reason !== undefined; reason = await this.#takeAnew()) {
      const failure = runOut(side, this.#signedIn, reason, env);
      // Nobody can change the environment of a process that is already running.
      if (askToSignIn === undefined || signInAgain(side, env).restart) throw failure;
      await askToSignIn(`${withoutPeriod(failure.message)}. ${signInAgain(side, env).how}, then press Enter`);
    }
  }

  async #takeAnew(): Promise<Error | undefined> {
    try {
      await this.provider({ forceRefresh: true });
      return undefined;
    } catch (error) {
      if (hasRunOut(error)) return error;
      throw error instanceof Failure ? error : await signInFailure(error, this.#origin.side, this.#origin.env);
    }
  }

  async #take(): Promise<AwsCredentialIdentity> {
    const { provider, identify, side } = this.#origin;
    const fresh = await provider()();
    if (this.#signedIn && !hasSameKeys(fresh, this.#held)) {
      const now = await identify(fresh);
      if (now.account !== this.#signedIn.account) throw wrongAccountFailure(side, this.#signedIn, now);
    }
    this.#held = fresh;
    return fresh;
  }
}

function hasSameKeys(one: AwsCredentialIdentity | undefined, other: AwsCredentialIdentity | undefined): boolean {
  return one?.accessKeyId === other?.accessKeyId && one?.sessionToken === other?.sessionToken;
}

/** @param session the session name of assumed roles. @param clientConfig for the SDK's own clients, which `plugins` see where they can. */
export function providerOf(
  side: SignInSide,
  session: string,
  { askMfaCode, credentialsFor, env, baseOf }: CredentialSources & { readonly env: Env; readonly baseOf: BaseOf },
  clientConfig: ClientSettings,
  plugins: ReturnType<typeof traceCalls>[],
): AwsCredentialIdentityProvider {
  const { profile, assumeRole, externalId, mfaSerial } = side.access;
  const mfaCodeProvider = async (serial: string) => {
    if (askMfaCode) return askMfaCode(serial);
    throw new Failure(
      'unauthorized',
      'mfa-code',
      `the MFA device ${serial} needs a code, and there is no terminal to ask for it`,
      'run s3repl in a terminal, or sign in first and leave out mfaSerial',
    );
  };
  const { region: _region, ...anywhere } = clientConfig;
  const base =
    credentialsFor?.(side) ??
    baseOf(() => {
      const chain = fromNodeProviderChain({
        ...(profile === undefined ? {} : { profile }),
        mfaCodeProvider,
        // With a Region here, the SDK would look there for IAM Identity Center, and not where the profile says. Without one below, it would take a web identity
        // token to STS in us-east-1, whatever the partition.
        clientConfig: anywhere,
        parentClientConfig: clientConfig,
        // A person who signs in again in mid-run changes the files.
        ignoreCache: true,
      });
      return async (options) => {
        // Without the profile the chain would go on, and sign in as the machine that this runs on.
        const missing = await missingProfileFailure(side, env);
        if (missing) throw missing;
        return chain(options);
      };
    });
  if (assumeRole === undefined) return base;
  return fromTemporaryCredentials({
    masterCredentials: base,
    params: {
      RoleArn: assumeRole,
      RoleSessionName: session,
      ...(externalId === undefined ? {} : { ExternalId: externalId }),
      ...(mfaSerial === undefined ? {} : { SerialNumber: mfaSerial }),
    },
    mfaCodeProvider,
    clientConfig,
    clientPlugins: plugins,
  });
}
