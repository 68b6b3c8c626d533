import type { AwsCredentialIdentityProvider } from '@smithy/types';
import type { Connection, Surroundings } from './connect.ts';
import { RateLimits } from './rate-limit.ts';

export interface SignedIn {
  readonly account: string;
  readonly identity: string;
  readonly credentials: AwsCredentialIdentityProvider;
}

/** Who is signed in to by now, and the clients for it: everything once for all configurations that are worked on together. */
export interface Pool {
  /** By profile. */
  readonly bases: Map<string, AwsCredentialIdentityProvider>;
  /** By the account expected, and the way in. */
  readonly identities: Map<string, Promise<SignedIn>>;
  /** By account, Region and the way in. */
  readonly connections: Map<string, Connection>;
  readonly clients: { destroy(): void }[];
  readonly limits: RateLimits;
}

/** A pool with nobody signed in to. */
export function newPool(clock: Pick<Surroundings, 'now' | 'sleep'>): Pool {
  return {
    bases: new Map(),
    identities: new Map(),
    connections: new Map(),
    clients: [],
    limits: new RateLimits(clock),
  };
}

/** Ends the connections of all clients. */
export function closePool({ clients }: Pool): void {
  for (const client of clients) client.destroy();
}

/** What was made for a key, or is made for it now. */
export function once<T>(map: Map<string, T>, key: unknown, make: () => T): T {
  const text = JSON.stringify(key);
  const made = map.get(text) ?? make();
  map.set(text, made);
  return made;
}
