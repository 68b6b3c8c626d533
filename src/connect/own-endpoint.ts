/** Endpoints of one's own, where a variable leads requests to them. */
import type { Env } from '../config/substitute-env.ts';

/** The variables that name the endpoint of a service, in the SDK's order; `id`: the SDK's service ID: `S3 Control`. */
export function endpointVariables(id: string): readonly [string, string] {
  return [`AWS_ENDPOINT_URL_${id.replaceAll(' ', '_').toUpperCase()}`, 'AWS_ENDPOINT_URL'];
}

/** The endpoint that a variable names for a service; an empty variable names none. */
export function ownEndpoint(env: Env, id: string): string | undefined {
  const [own, all] = endpointVariables(id);
  return env[own] || env[all] || undefined;
}

/** The S3 endpoint that a variable names, if it is not one of AWS's (a VPC endpoint is): perhaps an emulator. */
export function foreignEndpoint(env: Env): string | undefined {
  const own = ownEndpoint(env, 'S3');
  if (own === undefined || !URL.canParse(own)) return undefined;
  const { hostname, origin } = new URL(own);
  return /(^|\.)amazonaws\.com(\.cn)?$/.test(hostname) ? undefined : origin;
}
