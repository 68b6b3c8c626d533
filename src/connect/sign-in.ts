import type { AccountId, Region } from '../aws/brand.ts';
import { trySignIn } from './connect.ts';
import type { Connection, SignInSide } from './connection.ts';
import type { Surroundings } from './surroundings.ts';

/** A sign-in before the buckets are known: the wizard learns the account from it. */
export interface SignIn {
  readonly account: AccountId;
  readonly identity: string;
  inRegion(region: Region): Connection;
  close(): void;
}

/** @param side its account says in the sandbox whose administrator signs in; null on AWS. @throws Failure `unauthorized` or `failed`, as `connect`. */
export async function signInAnywhere(
  side: Pick<SignInSide, 'id' | 'account' | 'region' | 'access'>,
  surroundings: Surroundings,
): Promise<SignIn> {
  const { tried, close } = await trySignIn([{ ...side, bucket: '' }], 'init', surroundings);
  const connection = tried.get(side.id);
  if (!connection || 'refused' in connection) {
    close();
    throw connection?.refused ?? new Error('nobody was signed in');
  }
  const { account, identity } = connection;
  return { account, identity, inRegion: (region) => connection.inRegion(region), close };
}
