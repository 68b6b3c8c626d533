import { nearestWord } from '../config/nearest-word.ts';
import type { Env } from '../config/substitute-env.ts';
import { Failure } from '../events/failure.ts';
import { statusOf } from './absent.ts';
import type { Identity, SignInSide } from './connection.ts';
import { networkFix, networkProblem } from './network-problem.ts';
import { chooseProfile, type Profiles, profileFiles, readProfiles } from './profiles.ts';

/** Connection errors (errno(3)), and TLS that failed for another reason than a certificate. */
const unreached =
  /ENOTFOUND|ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE|EPROTO|ERR_SSL|Timeout/;

/** Reads the profiles: the fix depends on how the profile signs in. */
export async function signInFailure(error: unknown, side: SignInSide, env: Env): Promise<Failure> {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const fail = (outcome: 'failed' | 'unauthorized', code: string, what: string, fix: string) =>
    new Failure(outcome, code, `${cannotSignIn(side, env)}: ${what}`, fix, { cause: error });
  const problem = networkProblem(error, env);
  if (problem) return fail('failed', problem.code, problem.message, problem.fix);
  if (unreached.test(`${name} ${message} ${codeOf(error)}`))
    return fail('failed', 'network', `s3repl cannot reach AWS: ${message}`, networkFix(env));
  const isOfProvider = /^(CredentialsProviderError|TokenProviderError)$/.test(name);
  // Reading a profile may fail with any error: a missing session raises a TypeError.
  const isOfProfile = statusOf(error) === undefined && chooseProfile(side.access, env) !== undefined;
  if (!isOfProvider && !isOfProfile) return fail('unauthorized', name, message, refusalFix(side, env));
  const profiles = await readProfiles();
  const noneFound = /^Could not load credentials/.test(message);
  const what = noneFound
    ? `there are no credentials. ${placesLookedAt(side, profiles, env)}`
    : // The SDK reads the settings of the session without looking whether there is one.
      /^Cannot read properties of undefined \(reading 'sso_/.test(message)
      ? `its sso_session names an [sso-session …] section that is not in ${profileFiles(env)[0]}`
      : message;
  return fail('unauthorized', name, what, signInFix(message, side, profiles, env));
}

/** Absent where the profile exists, or where none was asked for. */
export async function missingProfileFailure(side: SignInSide, env: Env): Promise<Failure | undefined> {
  const asked = chooseProfile(side.access, env);
  if (asked === undefined || asked === 'default') return undefined;
  const profiles = await readProfiles();
  const base = profiles.baseOf(asked);
  if (!('missing' in base)) return undefined;
  const { missing, namedBy } = base;
  const files = profileFiles(env).join(' or ');
  return new Failure(
    'unauthorized',
    'profile-missing',
    namedBy === undefined
      ? `${cannotSignIn(side, env)}: there is no such profile in ${files}`
      : `${cannotSignIn(side, env)}: source_profile of the profile ${namedBy} is ${missing}, and there is no such profile in ${files}`,
    profileFix(missing, profiles),
  );
}

/** @param expected who we were before a renewal; absent at the first sign-in, where repl.yaml says the account. */
export function wrongAccountFailure(side: SignInSide, expected: Identity | undefined, found: Identity): Failure {
  const { id, account } = side;
  return expected
    ? new Failure(
        'unauthorized',
        'wrong-account',
        `the credentials for account ${expected.account} (${expected.identity}) were renewed, but now belong to account ${found.account} (${found.identity})`,
        `sign in to ${expected.account} again and run the same command: it continues where it stopped; nothing was sent to account ${found.account}`,
      )
    : new Failure(
        'unauthorized',
        'wrong-account',
        `signed in to account ${found.account} as ${found.identity}, but the configuration says that the ${sideName(side)} is in account ${account}`,
        `sign in to ${account}: ${profileFlag(id)} NAME, or ${id}.access in the file; or correct ${id}.account. Nothing was changed`,
      );
}

/** Credentials that worked before are no longer accepted, and there are no others. Several sides may share them, so it names none. */
export function runOut(side: SignInSide, who: Identity | undefined, error: Error, env: Env): Failure {
  const account = who?.account ?? side.account;
  return new Failure(
    'unauthorized',
    'credentials-expired',
    `the credentials${account ? ` for account ${account}` : ''} (${who ? `${who.identity}, ` : ''}${describeIdentity(side, env)}) have expired: ${error.message}`,
    `${signInAgain(side, env).how} and run the same command: it continues where it stopped`,
    { cause: error },
  );
}

export function signInAgain({ access }: SignInSide, env: Env): { readonly how: string; readonly restart: boolean } {
  const profile = chooseProfile(access, env);
  if (profile !== undefined)
    return {
      how: `sign in again (aws sso login --profile ${profile}, if the profile uses SSO)`,
      restart: false,
    };
  const inEnvironment = env.AWS_ACCESS_KEY_ID !== undefined;
  return inEnvironment
    ? { how: 'get new values for AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN', restart: true }
    : { how: 'sign in again (aws sso login, or as you did before)', restart: false };
}

function cannotSignIn(side: SignInSide, env: Env): string {
  const { id, account, bucket } = side;
  const number = account === null ? '' : ` ${account}`;
  const which =
    id === 'source'
      ? `source account${number}`
      : `destination account${number}${bucket === '' ? '' : ` (bucket ${bucket})`}`;
  return `cannot sign in to the ${which} ${describeIdentity(side, env)}`;
}

function describeIdentity({ access: { profile, assumeRole } }: SignInSide, env: Env): string {
  if (assumeRole) return `as ${assumeRole}${profile === undefined ? '' : ` with the profile ${profile}`}`;
  if (profile) return `with the profile ${profile}`;
  return `with the default credentials${env.AWS_PROFILE ? ` (AWS_PROFILE=${env.AWS_PROFILE})` : ''}`;
}

function profileFlag(id: SignInSide['id']): string {
  return id === 'source' ? '--profile' : '--destination-profile';
}

/** The wizard signs in before it knows the bucket. */
function sideName({ id, bucket }: SignInSide): string {
  return id === 'source' ? 'source bucket' : `destination bucket ${bucket}`.trimEnd();
}

function profileFix(missing: string, { names }: Profiles): string {
  const near = nearestWord(missing, names);
  const others = names.length === 0 ? 'there are no profiles yet' : `there are ${listSome(names)}`;
  const first = near === undefined ? `${others};` : `did you mean ${near}? If not,`;
  return `${first} aws configure sso --profile ${missing} creates the profile, and aws sso login --profile ${missing} signs in`;
}

function refusalFix(side: SignInSide, env: Env): string {
  return side.access.assumeRole === undefined
    ? `the credentials are not valid or have expired: ${signInAgain(side, env).how}`
    : 'the role must exist, and its trust policy must let the signed-in identity assume it (external id and MFA included)';
}

function signInFix(message: string, side: SignInSide, profiles: Profiles, env: Env): string {
  const asked = chooseProfile(side.access, env);
  const base = profiles.baseOf(asked ?? 'default');
  if ('missing' in base) return asked === undefined ? noProfileFix(side, profiles) : profileFix(base.missing, profiles);
  const { name, way } = base;
  switch (way) {
    case 'sso':
      if (/ForbiddenException/.test(message))
        return `IAM Identity Center does not give you the role sso_role_name in the account sso_account_id of the profile ${name}: ask for it, or correct the profile (aws configure sso --profile ${name})`;
      return /invalid SSO credentials|could not be found|missing required|Cannot read properties/.test(message)
        ? `aws configure sso --profile ${name} adds what the profile lacks`
        : `run aws sso login --profile ${name}, and then the same command`;
    case 'login':
      return `run aws login --profile ${name}, and then the same command`;
    case 'process':
      return `the profile ${name} gets its credentials from a program (credential_process): run that program to see what is wrong`;
    case 'none':
      return asked === undefined
        ? noProfileFix(side, profiles)
        : `the profile ${name} does not say how to sign in: aws configure sso --profile ${name} adds it, and aws sso login --profile ${name} signs in`;
    case 'keys':
    case 'web-identity':
    case 'role':
      return `aws sts get-caller-identity --profile ${asked ?? name} shows whether the profile works`;
  }
}

function noProfileFix({ id }: SignInSide, { names }: Profiles): string {
  const which = names.length === 0 ? '' : ` (there are ${listSome(names)})`;
  return `name a profile${which}: ${profileFlag(id)} NAME, ${id}.access.profile in repl.yaml, or AWS_PROFILE; aws configure sso creates one, and aws sso login --profile NAME signs in. Or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`;
}

function listSome(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

/** The SDK's default chain, in its order (https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/setting-credentials-node.html). */
function placesLookedAt({ access }: SignInSide, profiles: Profiles, env: Env): string {
  const asked = chooseProfile(access, env);
  const set = (...names: readonly string[]) => {
    const given = names.filter((name) => env[name]);
    return given.length === 0 ? 'not set' : `only ${given.join(' and ')} set`;
  };
  const profile = asked ?? 'default';
  const found = 'missing' in profiles.baseOf(profile) ? 'no such profile' : 'it has no credentials';
  const container = ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'].find(
    (name) => env[name],
  );
  const metadata = env.AWS_EC2_METADATA_DISABLED === 'true' ? 'AWS_EC2_METADATA_DISABLED is true' : 'no answer';
  const places = [
    ...(asked === undefined
      ? [`AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (${set('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY')})`]
      : []),
    `the profile ${profile} in ${profileFiles(env).join(' and ')} (${found})`,
    `AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN (${set('AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_ROLE_ARN')})`,
    container === undefined
      ? 'a container (AWS_CONTAINER_CREDENTIALS_… not set)'
      : `the container of ${container} (no answer)`,
    `the metadata of an EC2 instance (${metadata})`,
  ];
  return `s3repl looked at ${places.join(', ')}`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
