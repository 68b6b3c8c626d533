import { arnParts } from '../aws/arn.ts';
import type { AccountId, Region } from '../aws/brand.ts';
import type { Connection } from '../connect/connection.ts';
import type { Found, Known, Things } from '../model/snapshot.ts';
import { readBucketAsAllowed } from './bucket.ts';
import { ownsBucket } from './bucket-owner.ts';
import { readKeyAsAllowed } from './key.ts';
import type { Noted } from './reading.ts';
import { readRoleAsAllowed } from './role.ts';

export interface Access {
  readonly source: Connection;
  /** An account without a connection is unknown as a whole. */
  readonly destinations: readonly Connection[];
}

export type Thing = {
  readonly [K in keyof Things]: {
    readonly kind: K;
    readonly account: string;
    readonly name: string;
    readonly found: Noted<Found<Things[K]>>;
    /** Accounts that do not own it, though it exists. */
    readonly notOwnedBy?: readonly string[];
  };
}[keyof Things];

export type BucketThing = Extract<Thing, { kind: 'buckets' }>;

export interface Reach {
  readonly accounts: readonly AccountId[];
  /** Accounts with things in them, without a sign-in. */
  readonly unreached: ReadonlySet<string>;
  /** In some Region; undefined without a sign-in. */
  connection(account: string): Connection | undefined;
  /** Undefined without a sign-in, for what is no part of replication: the account does not count as unreached. */
  at(account: string, region: Region): Connection | undefined;
  /** @param owner the first account to look in, where something names one. @param from the first connection to try in its account. */
  bucket(name: string, owner: string | undefined, from?: Connection): Promise<BucketThing>;
  /** Where IAM has it under another path, gives that one, and `null` for the one asked for. */
  role(arn: string): Promise<readonly Thing[]>;
  /** A name without account or Region means those of who asks. */
  key(id: string, asker: string, region: Known<Region>): Promise<readonly Thing[]>;
}

export function reachOf({ source, destinations }: Access): Reach {
  const connections = [...destinations, source];
  const accounts = [...new Set(connections.map(({ account }) => account))];
  const unreached = new Set<string>();
  const once = memory();
  const at = (account: string, region?: Region): Connection | undefined => {
    const own = connections.filter((one) => one.account === account);
    const [first] = own;
    if (first === undefined) unreached.add(account);
    if (first === undefined || region === undefined) return first;
    const there = own.find((one) => one.region === region);
    return there ?? once(`connection ${account} ${region}`, () => first.inRegion(region));
  };
  const look = async (name: string, connection: Connection | undefined): Promise<BucketThing | undefined> => {
    if (connection === undefined || name === '') return undefined;
    const { account } = connection;
    const found = await readBucketAsAllowed(connection, name);
    if (!('inaccessible' in found)) return { kind: 'buckets', account, name, found };
    const { inaccessible, region } = found;
    return inaccessible === 'wrong-region' && region !== undefined && region !== connection.region
      ? look(name, at(account, region))
      : undefined;
  };
  return {
    accounts,
    unreached,
    connection: (account) => connections.find((one) => one.account === account),
    at: (account, region) => (accounts.some((one) => one === account) ? at(account, region) : undefined),
    bucket: (name, owner, from) =>
      once(`bucket ${name}`, async (): Promise<BucketThing> => {
        if (owner !== undefined) at(owner);
        const asked = accounts.filter((account) => owner === undefined || account === owner);
        const others = accounts.filter((account) => !asked.includes(account));
        for (const some of [asked, others]) {
          const looks = await Promise.all(
            some.map((account) => look(name, from?.account === account ? from : at(account))),
          );
          const seen = looks.filter((one) => one !== undefined);
          const best = seen.find(({ found }) => found.value !== null) ?? seen[0];
          if (best) return best;
        }
        const account = owner ?? source.account;
        const owned = await Promise.all(accounts.map((one) => isOwnedBy(name, at(one))));
        const notOwnedBy = accounts.filter((_, place) => owned[place] === false);
        const reason = explainHidden(name, accounts, owned);
        const found = { value: 'unknown', refusals: [{ member: [], reason }] } as const;
        return { kind: 'buckets', account, name, found, notOwnedBy };
      }),
    role: (arn) =>
      once(`role ${arn}`, async (): Promise<readonly Thing[]> => {
        const account = arnParts(arn)?.account ?? source.account;
        const connection = arn === '' ? undefined : at(account);
        if (connection === undefined) return [];
        const { arn: real, role } = await readRoleAsAllowed(connection, arn);
        const found: Thing = { kind: 'roles', account, name: real, found: role };
        const none: Thing = { kind: 'roles', account, name: arn, found: { value: null, refusals: [] } };
        return real === arn ? [found] : [found, none];
      }),
    key: (id, asker, region) => {
      const parts = arnParts(id);
      const account = parts?.account ?? asker;
      const where = parts?.region ?? region;
      return once(`key ${account} ${where} ${id}`, async (): Promise<readonly Thing[]> => {
        const connection = at(account, where === 'unknown' ? undefined : where);
        if (connection === undefined) return [];
        if (where !== 'unknown') {
          const { arn, key } = await readKeyAsAllowed(connection, id);
          return [{ kind: 'keys', account, name: arn, found: key }];
        }
        const reason = 'the Region of its bucket is not known';
        return [{ kind: 'keys', account, name: id, found: { value: 'unknown', refusals: [{ member: [], reason }] } }];
      });
    },
  };
}

function memory() {
  const answers = new Map<string, unknown>();
  return <T>(question: string, answer: () => T): T => {
    if (!answers.has(question)) answers.set(question, answer());
    // The text of a question begins with its kind, so its answers have one type.
    return answers.get(question) as T;
  };
}

async function isOwnedBy(name: string, connection: Connection | undefined): Promise<boolean | undefined> {
  return connection === undefined || name === '' ? undefined : ownsBucket(connection, name);
}

function explainHidden(name: string, accounts: readonly string[], owned: readonly (boolean | undefined)[]): string {
  const owner = accounts.find((_, place) => owned[place]);
  if (owner !== undefined)
    return `account ${owner} owns ${name}, and AWS refused s3:ListBucket and everything else on it`;
  const listed = accounts.join(', ');
  return owned.every((one) => one === false)
    ? `none of the accounts ${listed} owns ${name}`
    : `AWS does not show ${name} to ${listed}: another account owns it, or AWS refuses s3:ListBucket and everything else`;
}
