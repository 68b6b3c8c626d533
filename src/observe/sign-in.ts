import type { AnySide, SourceSide } from '../config/spec.ts';
import { type Connection, connectionOf, identify, type Surroundings } from './connect.ts';

/** Somebody who is signed in, before it is known which buckets this is about: the wizard learns the account from it. */
export interface SignIn {
  readonly account: string;
  readonly identity: string;
  at(region: string): Connection;
  close(): void;
}

/**
 * Signs in without an account to expect.
 *
 * @param side its account counts in the sandbox only, where it says whose administrator this is.
 * @throws Failure `unauthorized` or `failed`, as `connect`.
 */
export async function signInAnywhere(
  side: Pick<AnySide, 'account' | 'region' | 'access'>,
  surroundings: Surroundings,
): Promise<SignIn> {
  const asSide = { ...unnamedSide, ...side };
  const { account, identity, credentials } = await identify(asSide, 'init', surroundings);
  const made = new Map<string, Connection>();
  return {
    account,
    identity,
    at(region) {
      const connection = made.get(region) ?? connectionOf({ account, region, identity }, credentials, surroundings);
      made.set(region, connection);
      return connection;
    },
    close() {
      for (const { s3, kms, iam } of made.values()) for (const client of [s3, kms, iam]) client.destroy();
    },
  };
}

const unnamedSide: SourceSide = {
  id: 'source',
  account: '',
  region: '',
  partition: '',
  access: {},
  bucket: '',
  kmsKey: { kind: 'create' },
  additionalKmsKeys: [],
  bucketKey: true,
};
