import type { S3ClientConfig } from '@aws-sdk/client-s3';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import type { networkHandler } from './network.ts';

export type RequestHandler = NonNullable<S3ClientConfig['requestHandler']> | ReturnType<typeof networkHandler>;

export type ClientSettings = ReturnType<typeof clientSettings>;

export interface ClientConfig extends ClientSettings {
  readonly credentials: AwsCredentialIdentity | AwsCredentialIdentityProvider;
}

/** Retries are the SDK's (docs/architecture.md, "When something goes wrong on the way"). */
export function clientSettings(region: string, requestHandler: RequestHandler) {
  return { region, retryMode: 'adaptive', maxAttempts: 5, customUserAgent: 's3repl', requestHandler };
}
