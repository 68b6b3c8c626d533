import type { AwsCredentialIdentityProvider } from '@smithy/types';
import type { Env } from '../config/substitute-env.ts';
import type { Connection, Identity } from './connection.ts';
import type { BaseOf, HeldCredentials } from './credentials.ts';
import { networkHandler } from './network.ts';
import { type Clock, RateLimits } from './rate-limit.ts';

export interface SignedIn extends Identity {
  readonly credentials: HeldCredentials;
}

/** Who is signed in to by now, and the clients for it: everything once for all configurations that are worked on together. */
export interface Pool {
  /** By profile; undefined: the default credentials. */
  readonly bases: Map<string | undefined, AwsCredentialIdentityProvider>;
  /** By the account expected, and the way in. */
  readonly identities: Map<string, Promise<SignedIn>>;
  /** By account, Region and the way in. */
  readonly connections: Map<string, Connection>;
  readonly clients: { destroy(): void }[];
  readonly limits: RateLimits;
  /** For clients that do not go to the sandbox. Throws what `networkHandler` throws. */
  readonly network: () => ReturnType<typeof networkHandler>;
}

/** A pool with nobody signed in to. */
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

/** Ends the connections of all clients. */
export function closePool({ clients }: Pool): void {
  for (const client of clients) client.destroy();
}

/**
 * What one sign-in comes from, each time it is asked for: the first time what the others of its profile have, which was asked for
 * its MFA code already; from then on, to be renewed, what it had not itself before, since providers remember what they have read.
 */
export function baseProviders({ bases }: Pick<Pool, 'bases'>, profile: string | undefined): BaseOf {
  let had: AwsCredentialIdentityProvider | undefined;
  return (make) => {
    if (had !== undefined && bases.get(profile) === had) bases.delete(profile);
    had = bases.get(profile) ?? make();
    bases.set(profile, had);
    return had;
  };
}

/** What was made for a key, or is made for it now. */
export function getOrMake<T>(map: Map<string, T>, key: unknown, make: () => T): T {
  const text = JSON.stringify(key);
  const made = map.get(text) ?? make();
  map.set(text, made);
  return made;
}

/** Made when it is first asked for. */
export function makeLazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
