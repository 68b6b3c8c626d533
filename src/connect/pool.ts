import type { AwsCredentialIdentityProvider } from '@smithy/types';
import type { Env } from '../config/substitute-env.ts';
import type { Connection, Identity } from './connection.ts';
import type { BaseOf, HeldCredentials } from './credentials.ts';
import { networkHandler } from './network.ts';
import { type Clock, RateLimits } from './rate-limit.ts';

export interface SignedIn extends Identity {
  readonly credentials: HeldCredentials;
}

export interface Pool {
  /** By profile; undefined: the default credentials. */
  readonly bases: Map<string | undefined, AwsCredentialIdentityProvider>;
  /** By the expected account, and the way in. */
  readonly identities: Map<string, Promise<SignedIn>>;
  /** By account, Region and the way in. */
  readonly connections: Map<string, Connection>;
  readonly clients: { destroy(): void }[];
  readonly limits: RateLimits;
  /** @throws what `networkHandler` throws. */
  readonly network: () => ReturnType<typeof networkHandler>;
}

export function newPool(around: Clock & { readonly env: Env }): Pool {
  return {
    bases: new Map(),
    identities: new Map(),
    connections: new Map(),
    clients: [],
    limits: new RateLimits(around),
    network: makeLazily(() => networkHandler(around.env)),
  };
}

export function closePool({ clients }: Pool): void {
  for (const client of clients) client.destroy();
}

/** First the provider that the profile's sides share, so that one MFA code is enough; for renewals new ones, since providers remember what they have read. */
export function baseProviders({ bases }: Pick<Pool, 'bases'>, profile: string | undefined): BaseOf {
  let had: AwsCredentialIdentityProvider | undefined;
  return (make) => {
    if (had !== undefined && bases.get(profile) === had) bases.delete(profile);
    had = bases.get(profile) ?? make();
    bases.set(profile, had);
    return had;
  };
}

export function getOrMake<T>(map: Map<string, T>, key: unknown, make: () => T): T {
  const text = JSON.stringify(key);
  const made = map.get(text) ?? make();
  map.set(text, made);
  return made;
}

export function makeLazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
