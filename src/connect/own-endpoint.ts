/** What clients need to know where AWS_ENDPOINT_URL leads them to an endpoint of one's own. */
import type { S3ControlClientConfig } from '@aws-sdk/client-s3-control';
import { Failure } from '../events/failure.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The endpoint that a variable names for a service, in the SDK's order; an empty variable names none. */
function endpointIn(env: Environment, service: 'S3' | 'S3_CONTROL'): string | undefined {
  return env[`AWS_ENDPOINT_URL_${service}`] || env.AWS_ENDPOINT_URL || undefined;
}

/**
 * The SDK takes `localhost:4566` for a URL of the scheme `localhost:`, and fails without a word.
 *
 * @throws Failure `invalid` where a variable is no URL of http or https, without repeating it: it may hold a password.
 */
export function refuseUnusableEndpoints(env: Environment): void {
  const bad = Object.keys(env).find(
    (name) => /^AWS_ENDPOINT_URL(_\w+)?$/.test(name) && env[name] && !isHttp(env[name]),
  );
  if (bad === undefined) return;
  throw new Failure(
    'invalid',
    'endpoint',
    `${bad} is no URL that begins with http:// or https://`,
    'set it to a URL such as http://localhost:4566, or unset it',
  );
}

function isHttp(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/**
 * The SDK puts `ACCOUNT.` before the host of S3 Control, which an endpoint of one's own seldom has a name for (facts/backfill.md
 * 1.2): requests go to the host as it is given.
 */
export function controlEndpoint(): Pick<S3ControlClientConfig, 'endpointProvider'> {
  const own = endpointIn(process.env, 'S3_CONTROL');
  return own ? { endpointProvider: () => ({ url: new URL(own) }) } : {};
}

/** The S3 endpoint that a variable names, if it is not one of AWS's (a VPC endpoint is): perhaps an emulator. */
export function foreignEndpoint(env: Environment): string | undefined {
  const own = endpointIn(env, 'S3');
  if (own === undefined || !URL.canParse(own)) return undefined;
  const { hostname, origin } = new URL(own);
  return /(^|\.)amazonaws\.com(\.cn)?$/.test(hostname) ? undefined : origin;
}

/** An endpoint of one's own seldom answers to bucket names as host names. */
export function pathStyle(): boolean {
  return endpointIn(process.env, 'S3') !== undefined;
}
