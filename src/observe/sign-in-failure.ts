/** What is told where nobody can sign in, or no longer. */
import { Failure } from '../plan/failure.ts';
import type { SignInSide } from './connect.ts';
import type { Identity } from './credentials.ts';
import { networkProblem } from './network-problem.ts';

/** What kept us from signing in. */
export function signInFailure(error: unknown, side: SignInSide): Failure {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const problem = networkProblem(error, process.env);
  if (problem) {
    const { code, fix } = problem;
    return new Failure('failed', code, `${cannotSignIn(side)}: ${problem.message}`, fix, { cause: error });
  }
  if (/ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|Timeout/.test(`${name} ${message} ${codeOf(error)}`)) {
    return new Failure(
      'failed',
      'network',
      `STS in ${side.region} cannot be reached: ${message}`,
      'check the network, the Region and AWS_ENDPOINT_URL; behind a proxy, set HTTPS_PROXY',
      { cause: error },
    );
  }
  return new Failure('unauthorized', name, `${cannotSignIn(side)}: ${message}`, signInFix(name, side), {
    cause: error,
  });
}

/**
 * Signed in somewhere else.
 *
 * @param expected who we were before credentials were renewed; absent at the first sign-in, where repl.yaml says the account.
 */
export function wrongAccount(side: SignInSide, expected: Identity | undefined, found: Identity): Failure {
  const { id, account } = side;
  return expected
    ? new Failure(
        'unauthorized',
        'wrong-account',
        `the credentials for account ${expected.account} (${expected.identity}) were renewed, and are now of account ${found.account} (${found.identity})`,
        `sign in to ${expected.account} again and run the same command: it goes on where it stopped; nothing was sent to account ${found.account}`,
      )
    : new Failure(
        'unauthorized',
        'wrong-account',
        `signed in to account ${found.account} as ${found.identity}, but repl.yaml says that the ${sideName(side)} is account ${account}`,
        `set ${id}.access (a profile or a role of ${account}), or correct ${id}.account; nothing was changed`,
      );
}

/** Credentials that worked before are no longer accepted, and there are no others. Several sides may share them: none is named. */
export function runOut(side: SignInSide, who: Identity | undefined, error: Error): Failure {
  const account = who?.account ?? side.account ?? 'that is not known yet';
  return new Failure(
    'unauthorized',
    'credentials-expired',
    `the credentials for account ${account} (${who ? `${who.identity}, ` : ''}${asWhom(side)}) have expired: ${error.message}`,
    `${signInAgain(side).how} and run the same command: it goes on where it stopped`,
    { cause: error },
  );
}

/** What a person does about it, and whether a run that goes on could see that. */
export function signInAgain({ access: { profile = process.env.AWS_PROFILE } }: SignInSide): {
  readonly how: string;
  readonly restart: boolean;
} {
  if (profile !== undefined)
    return {
      how: `sign in again (aws sso login --profile ${profile}, where the profile uses SSO)`,
      restart: false,
    };
  const inEnvironment = process.env.AWS_ACCESS_KEY_ID !== undefined;
  return inEnvironment
    ? { how: 'get new values for AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN', restart: true }
    : { how: 'sign in again (aws sso login, or as you did before)', restart: false };
}

function cannotSignIn(side: SignInSide): string {
  const account = side.account === null ? 'the account' : `account ${side.account}`;
  return `cannot sign in to ${account} (${sideName(side)}) ${asWhom(side)}`;
}

function asWhom({ access: { profile, assumeRole } }: SignInSide): string {
  if (assumeRole) return `as ${assumeRole}${profile === undefined ? '' : ` with the profile ${profile}`}`;
  if (profile) return `with the profile ${profile}`;
  return `with the default credentials${process.env.AWS_PROFILE ? ` (AWS_PROFILE=${process.env.AWS_PROFILE})` : ''}`;
}

function sideName(side: SignInSide): string {
  return side.id === 'source' ? 'source' : `destination ${side.bucket}`;
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
