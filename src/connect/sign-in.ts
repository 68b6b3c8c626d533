import type { AccountId, Region } from '../aws/brand.ts';
import { trySignIn } from './connect.ts';
import type { Connection, SignInSide } from './connection.ts';
import type { Surroundings } from './surroundings.ts';

/** Somebody who is signed in, before it is known which buckets this is about: the wizard learns the account from it. */
export interface SignIn {
  readonly account: AccountId;
  readonly identity: string;
  inRegion(region: Region): Connection;
  close(): void;
}

/**
 * Signs in without an account to expect.
 *
 * @param side its account counts in the sandbox only, where it says whose administrator this is; null on AWS.
 * @throws Failure `unauthorized` or `failed`, as `connect`.
 */
export async function signInAnywhere(
  side: Pick<SignInSide, 'account' | 'region' | 'access'>,
  surroundings: Surroundings,
): Promise<SignIn> {
  const anywhere = { ...side, id: 'source' as const, bucket: '' };
  const { tried, close } = await trySignIn([anywhere], 'init', surroundings);
  const connection = tried.get('source');
  if (!connection || 'refused' in connection) {
    close();
    throw connection?.refused ?? new Error('nobody was signed in');
  }
  const { account, identity } = connection;
  return { account, identity, inRegion: (region) => connection.inRegion(region), close };
}
