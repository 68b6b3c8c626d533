/** What the snapshot does not mention at all was not read. */
import { arnParts } from '../../aws/arn.ts';
import { lookUp } from '../../aws/documents.ts';
import type { Unknown } from '../decision.ts';
import type {
  AccountSnapshot,
  BucketSnapshot,
  Found,
  KeySnapshot,
  Known,
  Snapshot,
  Things,
  ThingsByName,
} from '../snapshot.ts';
import type { Path } from './path.ts';

export interface Located<T> {
  readonly account: Known<string>;
  readonly path: Path;
  readonly value: Found<T>;
}

export function accountIn(snapshot: Snapshot, account: string): Known<AccountSnapshot> {
  return snapshot.accounts === 'unknown' ? 'unknown' : (lookUp(snapshot.accounts, account) ?? 'unknown');
}

export function memberOf<T extends object, K extends keyof T>(thing: Found<T>, member: K): Found<T[K]> {
  return thing === null || thing === 'unknown' ? thing : thing[member];
}

export function findIn<K extends keyof Things>(
  snapshot: Snapshot,
  account: string,
  kind: K,
  name: string,
): Found<Things[K]> {
  const owner: Known<ThingsByName> = accountIn(snapshot, account);
  const things = owner === 'unknown' ? owner : owner[kind];
  const found = things === 'unknown' ? undefined : lookUp(things, name);
  return found === undefined ? 'unknown' : found;
}

export function settingOf<K extends keyof BucketSnapshot>(
  bucket: Found<BucketSnapshot>,
  setting: K,
): BucketSnapshot[K] | Unknown {
  return bucket === null || bucket === 'unknown' ? 'unknown' : bucket[setting];
}

/** An ARN does not name a bucket's account. Names are unique in a partition: one account that has it is enough, and so is one "no such bucket". */
export function findBucket(snapshot: Snapshot, name: string): Located<BucketSnapshot> {
  const accounts = snapshot.accounts === 'unknown' ? [] : Object.keys(snapshot.accounts);
  const all = accounts.map((account) => ({
    account,
    path: ['accounts', account, 'buckets', name],
    value: findIn(snapshot, account, 'buckets', name),
    mentioned: mentions(snapshot, account, name),
  }));
  const best =
    all.find(({ value }) => value !== null && value !== 'unknown') ??
    all.find(({ value }) => value === null) ??
    all.find(({ mentioned }) => mentioned);
  return best ?? { account: 'unknown', path: ['accounts'], value: 'unknown' };
}

function mentions(snapshot: Snapshot, account: string, bucket: string): boolean {
  const owner = accountIn(snapshot, account);
  return owner !== 'unknown' && owner.buckets !== 'unknown' && lookUp(owner.buckets, bucket) !== undefined;
}

export interface KeySide extends Located<KeySnapshot> {
  /** Of its ARN, else of the asker. */
  readonly account: string;
  /** As asked for, where there is no key. */
  readonly arn: string;
  readonly region: string;
  readonly byAlias: boolean;
}

/** A name without an account means the account that asks, and its Region (KMS Developer Guide, concepts-key-id; rules.md 1.3 K8). */
export function findKey(snapshot: Snapshot, id: string, asker: string, region: Known<string>): KeySide {
  const parts = arnParts(id);
  const account = parts?.account ?? asker;
  const place = { account, region: parts?.region ?? region };
  const name = parts?.resource ?? (id.startsWith('alias/') ? id : `key/${id}`);
  const byAlias = name.startsWith('alias/');
  const owner = accountIn(snapshot, account);
  const keys = owner === 'unknown' ? 'unknown' : owner.keys;
  const side = (arn: string, value: Found<KeySnapshot>): KeySide => ({
    ...place,
    arn,
    byAlias,
    path: ['accounts', account, 'keys', arn],
    value,
  });
  if (keys === 'unknown') return side(id, 'unknown');
  const listed = lookUp(keys, id);
  if (listed !== undefined) return side(id, listed);
  const called = Object.entries(keys).find(([arn, key]) => isCalled(arn, key, name, place.region));
  if (called !== undefined) return side(...called);
  // The aliases of all keys are known, and none is this one.
  const complete = Object.values(keys).every((key) => key === null || (key !== 'unknown' && key.aliases !== 'unknown'));
  return side(id, byAlias && complete ? null : 'unknown');
}

function isCalled(arn: string, key: Found<KeySnapshot>, name: string, region: string): boolean {
  const parts = arnParts(arn);
  if (parts === undefined || (region !== 'unknown' && parts.region !== region)) return false;
  const aliases = memberOf(key, 'aliases');
  return parts.resource === name || (Array.isArray(aliases) && aliases.includes(name));
}
