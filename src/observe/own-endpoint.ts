/** What clients need to know where AWS_ENDPOINT_URL leads them to an endpoint of one's own. */
import type { S3ControlClientConfig } from '@aws-sdk/client-s3-control';

/**
 * The SDK puts `ACCOUNT.` before the host of S3 Control, which an endpoint of one's own seldom has a name for (facts/backfill.md
 * 1.2): requests go to the host as it is given.
 */
export function controlEndpoint(): Pick<S3ControlClientConfig, 'endpointProvider'> {
  const own = process.env.AWS_ENDPOINT_URL_S3_CONTROL ?? process.env.AWS_ENDPOINT_URL;
  return own ? { endpointProvider: () => ({ url: new URL(own) }) } : {};
}

/** The S3 of AWS_ENDPOINT_URL where it is not AWS's own, such as a VPC endpoint is: perhaps an emulator. */
export function foreignEndpoint(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const own = env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL;
  if (own === undefined || !URL.canParse(own)) return undefined;
  const { hostname, origin } = new URL(own);
  return /(^|\.)amazonaws\.com(\.cn)?$/.test(hostname) ? undefined : origin;
}

/** An endpoint of one's own seldom answers to bucket names as host names. */
export function pathStyle(): boolean {
  return Boolean(process.env.AWS_ENDPOINT_URL ?? process.env.AWS_ENDPOINT_URL_S3);
}
