import type { Env } from '../config/substitute-env.ts';
import { Failure } from '../events/failure.ts';

/** In the SDK's order. `id` is the SDK's service ID: `S3 Control`. */
export function endpointVariables(id: string): readonly [string, string] {
  return [`AWS_ENDPOINT_URL_${id.replaceAll(' ', '_').toUpperCase()}`, 'AWS_ENDPOINT_URL'];
}

/** An empty variable names no endpoint. */
export function endpointFromEnv(env: Env, id: string): string | undefined {
  const [own, all] = endpointVariables(id);
  return env[own] || env[all] || undefined;
}

/** The SDK silently fails on `localhost:4566`. @throws Failure `invalid` for what is no http or https URL, without the value: it may hold a password. */
export function refuseUnusableEndpoints(env: Env): void {
  const bad = Object.keys(env).find(
    (name) => /^AWS_ENDPOINT_URL(_\w+)?$/.test(name) && env[name] && !isHttp(env[name]),
  );
  if (bad === undefined) return;
  throw new Failure(
    'invalid',
    'endpoint',
    `${bad} is not a URL that begins with http:// or https://`,
    'set it to a URL such as http://localhost:4566, or unset it',
  );
}

function isHttp(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** The S3 endpoint that a variable names and that is not AWS's (a VPC endpoint is AWS's): perhaps an emulator. */
export function foreignEndpoint(env: Env): string | undefined {
  const own = endpointFromEnv(env, 'S3');
  if (own === undefined || !URL.canParse(own)) return undefined;
  const { hostname, origin } = new URL(own);
  return /(^|\.)amazonaws\.com(\.cn)?$/.test(hostname) ? undefined : origin;
}
