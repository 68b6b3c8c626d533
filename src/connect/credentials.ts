/** The credentials of one side: where they come from, and how they are renewed when they run out in mid-run. */
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

/** Credentials are renewed when less than this is left of them. */
const renewalMs = 5 * 60_000;

/** Where credentials come from, and who is asked on the way. */
export interface CredentialSources {
  /** Absent: the SDK's default chain, or the side's profile. */
  readonly credentialsFor?: (side: SignInSide) => AwsCredentialIdentityProvider;
  /** Asks a person for an MFA code; absent where there is nobody. */
  readonly askMfaCode?: (serial: string) => Promise<string>;
  /** Waits until a person has signed in again; absent where there is nobody. */
  readonly askToSignIn?: (message: string) => Promise<void>;
}

/** Gives what credentials come from: made now, or by another who has the same profile. */
export type BaseOf = (make: () => AwsCredentialIdentityProvider) => AwsCredentialIdentityProvider;

export interface Origin {
  readonly side: SignInSide;
  readonly env: Env;
  /** Makes a provider that knows nothing of what was read before. */
  readonly provider: () => AwsCredentialIdentityProvider;
  readonly identify: (credentials: AwsCredentialIdentity | AwsCredentialIdentityProvider) => Promise<Identity>;
  readonly askToSignIn: CredentialSources['askToSignIn'];
}

/** One sign-in, which serves all clients of a side. What it gives after the first time is of the same account, or an error. */
export class HeldCredentials {
  readonly #origin: Origin;
  #held: AwsCredentialIdentity | undefined;
  #signedIn: Identity | undefined;
  #renewing: Promise<void> | undefined;
  /** For SDK clients; renews by itself what has an `expiration`. */
  readonly provider: AwsCredentialIdentityProvider;

  constructor(origin: Origin) {
    this.#origin = origin;
    const remembered = memoize(
      () => this.#take(),
      ({ expiration }) => expiration !== undefined && expiration.getTime() - Date.now() < renewalMs,
      ({ expiration }) => expiration !== undefined,
    );
    // A client would remember them on its own, and not see that they were renewed.
    this.provider = Object.assign(remembered, { memoized: true });
  }

  /** What calls are signed with at the moment. */
  get current(): AwsCredentialIdentity | undefined {
    return this.#held;
  }

  /** Says who they are; from here on they may be of no other account. */
  async signIn(): Promise<Identity> {
    this.#signedIn = await this.#origin.identify(this.provider);
    return this.#signedIn;
  }

  /**
   * Others in the place of credentials that AWS no longer accepts: from where they came, or from a person who signs in again.
   *
   * @param used what the call was signed with: where that is renewed by now, there is nothing to do.
   * @param refusal what AWS, or the provider, has said.
   * @throws Failure `unauthorized` where there are none, or where they are of another account.
   */
  async renew(used: AwsCredentialIdentity | undefined, refusal: Error): Promise<void> {
    if (used !== this.#held) return;
    this.#renewing ??= this.#renew(refusal).finally(() => {
      this.#renewing = undefined;
    });
    await this.#renewing;
  }

  /** Whether AWS no longer accepts what a call was signed with: HEAD requests are refused without a reason. */
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
      // The environment of a process that runs already is nobody's to change.
      if (askToSignIn === undefined || signInAgain(side, env).restart) throw failure;
      await askToSignIn(`${withoutPeriod(failure.message)}. ${signInAgain(side, env).how}, then press Enter`);
    }
  }

  /** Gives the reason where a new sign-in would help; throws where it would not. */
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

/**
 * How a side says that it signs in.
 *
 * @param session what those of roles that are assumed are called.
 * @param baseOf gives what is made for the side's profile, or was made for another side of it.
 * @param clientConfig for the SDK's own clients, which `plugins` see where they can.
 */
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
      `the MFA device ${serial} asks for a code, and there is no terminal to type it at`,
      'run s3repl at a terminal, or sign in first and leave mfaSerial out',
    );
  };
  const { region: _region, ...anywhere } = clientConfig;
  const base =
    credentialsFor?.(side) ??
    baseOf(() => {
      const chain = fromNodeProviderChain({
        ...(profile === undefined ? {} : { profile }),
        mfaCodeProvider,
        // With a Region here the SDK would look for IAM Identity Center there, and not where the profile says that it is;
        // without one below, it would take a web identity token to STS in us-east-1, whatever the partition.
        clientConfig: anywhere,
        parentClientConfig: clientConfig,
        // Who signs in again in mid-run has changed the files.
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
