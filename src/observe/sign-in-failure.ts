import { Failure } from '../plan/failure.ts';
import type { SignInSide } from './connect.ts';

/** A side as a person calls it. */
export function sideName(side: SignInSide): string {
  return side.id === 'source' ? 'source' : `destination ${side.bucket}`;
}

/** Why a side cannot be signed in to: `failed` where STS is not reached, else `unauthorized`. */
export function signInFailure(error: unknown, side: SignInSide): Failure {
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
