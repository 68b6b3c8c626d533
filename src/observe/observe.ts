import { accountIn, nameIn, regionOf } from '../aws/arn.ts';
import type { AnySide, SideId, Spec } from '../config/spec.ts';
import { isDenied, isHalfShown, statusOf } from '../connect/absent.ts';
import type { Connection, Connections } from '../connect/connection.ts';
import { hasFormerAlerts } from '../state/alerts.ts';
import type { DocumentName, Documents, SeenDocument } from '../state/change.ts';
import { findKeysOfOthers, findNamedBuckets, findNamedKeys, findNamedRoles } from '../state/former.ts';
import { isOurs, keySlots, sidesOf } from '../state/names.ts';
import { type KeyState, put, type State } from '../state/state.ts';
import type { Look, ThingName, Things } from '../state/step.ts';
import { readAccountFacts } from './account.ts';
import { bucketDocuments, readBucket, readBucketTags, readNotification } from './bucket.ts';
import { keyArnBehind, keyDocuments, readKey, readOwnKeys } from './key.ts';
import { orUnknown } from './reading.ts';
import { findManagedPolicy, type ManagedPolicies, readRole } from './role.ts';

type Found = (state: State) => State;

/** What most commands do not look at. */
export interface AlsoRead {
  /** The role that S3 Batch Operations assumes. */
  readonly backfillRole?: true;
}

/** Looks once more at what comes or goes meanwhile. @throws what AWS refuses: a document that cannot be read is never taken for absent. */
export async function observe(connections: Connections, spec: Spec, also: AlsoRead = {}): Promise<State> {
  try {
    return await look(connections, spec, also);
  } catch (error) {
    if (!isHalfShown(error)) throw error;
    return look(connections, spec, also);
  }
}

async function look(connections: Connections, spec: Spec, also: AlsoRead): Promise<State> {
  const found = await Promise.all([
    ...sidesOf(spec).map((side) => bucketFound(connections.get(side.id), side.bucket)),
    ...keysAsked(connections, spec),
    roleFound(connections.get('source'), spec.role.name),
    ...(also.backfillRole ? [roleFound(connections.get('source'), spec.backfill.role)] : []),
    ...(spec.role.permissionsBoundary === undefined
      ? []
      : [boundaryFound(connections.get('source'), spec.role.permissionsBoundary)]),
    ...(spec.alerts ? [lookAtAlerts(connections.get('source'), spec)] : []),
  ]);
  const asked = found.reduce((next, add) => add(next), { accounts: {} } as State);
  const roles = await Promise.all(formerRoles(asked, connections, spec));
  const state = roles.reduce((next, add) => add(next), asked);
  const former = await Promise.all([
    ...formerDestinations(state, connections, spec),
    ...formerKeys(state, connections, spec),
    ...missingKeys(state, connections, spec),
    ...(hasFormerAlerts(state, spec) ? [lookAtAlerts(connections.get('source'), spec)] : []),
  ]);
  return withAccountFacts(
    former.reduce((next, add) => add(next), state),
    connections,
    spec,
  );
}

/** Loads the packages of SNS and CloudWatch, which other setups do without. */
async function lookAtAlerts(at: Connection, spec: Spec): Promise<Found> {
  const { alertsFound } = await import('./alerts.ts');
  return alertsFound(at, spec);
}

/** Nothing is planned with these facts. */
async function withAccountFacts(state: State, connections: Connections, spec: Spec): Promise<State> {
  const findConnection = (account: string) => {
    const side = sidesOf(spec).find((one) => one.account === account);
    return side && connections.get(side.id);
  };
  const facts = await readAccountFacts(state.accounts, spec.source.account, findConnection, () => orUnknown);
  const accounts = Object.entries(state.accounts).map(([id, account]) => [id, { ...account, ...facts[id] }] as const);
  return { accounts: Object.fromEntries(accounts) };
}

async function bucketFound(at: Connection, name: string): Promise<Found> {
  const bucket = await readBucket(at, name);
  return (state) => put(state, at.account, 'buckets', name, bucket);
}

async function roleFound(at: Connection, name: string): Promise<Found> {
  const found = await readRole(at, name);
  return found === null ? (state) => state : roleAs(at)(found);
}

function roleAs(at: Connection): (found: NonNullable<Awaited<ReturnType<typeof readRole>>>) => Found {
  return ({ arn, role, policies }) =>
    (state) =>
      withPolicies(put(state, at.account, 'roles', arn, role), at, policies);
}

async function boundaryFound(at: Connection, arn: string): Promise<Found> {
  const policy = await findManagedPolicy(at, arn);
  return (state) => put(state, at.account, 'policies', arn, policy);
}

function withPolicies(state: State, { account }: Connection, policies: ManagedPolicies): State {
  return Object.entries(policies).reduce((next, [arn, policy]) => put(next, account, 'policies', arn, policy), state);
}

function keysAsked(connections: Connections, spec: Spec): readonly Promise<Found>[] {
  const given = sidesOf(spec).flatMap((side) => {
    if (side.kmsKey.kind === 'arn') return [[sideOfKey(side.kmsKey.arn, side.id, spec), side.kmsKey.arn] as const];
    if (side.kmsKey.kind === 'alias') return [[side.id, side.kmsKey.alias] as const];
    return [];
  });
  const additional = spec.source.additionalKmsKeys.map((arn) => ['source', arn] as const);
  const asked = new Map([...given, ...additional].map((one) => [one.join(' '), one]));
  return [
    ...[...asked.values()].map(async ([side, keyId]) => keyFound(connections.get(side), keyId)),
    ...keySlots(spec).map(async ({ side, alias }) => findOwnKeys(connections.get(side.id), alias, spec.name)),
  ];
}

/** The source may read the policy of its account's key at a destination. */
function sideOfKey(arn: string, asking: SideId, spec: Spec): SideId {
  return findOwner(arn, spec)?.id ?? asking;
}

function findOwner(arn: string, spec: Spec): AnySide | undefined {
  return sidesOf(spec).find((side) => side.account === accountIn(arn) && side.region === regionOf(arn));
}

async function keyFound(at: Connection, keyId: string): Promise<Found> {
  const key = await readKey(at, keyId);
  return (state) => (key ? withKeys(state, at, [key]) : state);
}

/** By alias, else by tag: a run that was killed between CreateKey and CreateAlias makes no second key. */
async function findOwnKeys(at: Connection, alias: string, name: string): Promise<Found> {
  const byAlias = await readKey(at, alias);
  const keys = byAlias ? [byAlias] : await readOwnKeys(at, name);
  return (state) => withKeys(state, at, keys);
}

function withKeys(state: State, { account }: Connection, keys: readonly KeyState[]): State {
  return keys.reduce((next, key) => put(next, account, 'keys', key.metadata.Arn, key), state);
}

/** Buckets with statements of ours that repl.yaml no longer names: removed as far as we are signed in there. */
function formerDestinations(state: State, connections: Connections, spec: Spec): readonly Promise<Found>[] {
  return findNamedBuckets(state, spec).flatMap(({ name, account }) => {
    if (sidesOf(spec).some((one) => one.bucket === name)) return [];
    const sides = new Map(
      spec.destinations
        .filter((side) => account === undefined || side.account === account)
        .map((side) => [`${side.account} ${side.region}`, side]),
    );
    return [...sides.values()].map((side) => {
      const at = connections.get(side.id);
      const read = async () => {
        const bucket = await readBucket(at, name);
        return bucket && 'inaccessible' in bucket ? null : bucket;
      };
      return readFormer(read, (bucket) => (into) => put(into, at.account, 'buckets', name, bucket));
    });
  });
}

/** As `formerDestinations`, for keys. */
function formerKeys(state: State, connections: Connections, spec: Spec): readonly Promise<Found>[] {
  return findNamedKeys(state, spec).flatMap((arn) => {
    const side = findOwner(arn, spec);
    if (!side || state.accounts[side.account]?.keys[arn]) return [];
    const at = connections.get(side.id);
    const read = async () => {
      const key = await readKey(at, arn);
      return key && isGoing(key, spec) ? null : key;
    };
    return [readFormer(read, (key) => (into) => withKeys(into, at, [key]))];
  });
}

/** Keys that rules of others name, where there are none: nobody can be allowed to use these. What exists is not planned with. */
function missingKeys(state: State, connections: Connections, spec: Spec): readonly Promise<Found>[] {
  return findKeysOfOthers(state, spec).flatMap((arn) => {
    const side = findOwner(arn, spec);
    return side ? [missingKeyFound(connections.get(side.id), arn)] : [];
  });
}

async function missingKeyFound(at: Connection, arn: string): Promise<Found> {
  const found = await keyArnBehind(at, arn).catch((error: unknown) => {
    if (isDenied(error)) return undefined;
    throw error;
  });
  return (state) => (found === null ? put(state, at.account, 'keys', arn, null) : state);
}

/** A key of ours without aliases that waits for its deletion gets a successor. */
function isGoing(key: KeyState, spec: Spec): boolean {
  return isOurs(key, spec) && key.metadata.KeyState === 'PendingDeletion' && key.aliases.length === 0;
}

/** The role that our rules used before repl.yaml named another one. */
function formerRoles(state: State, connections: Connections, spec: Spec): readonly Promise<Found>[] {
  const at = connections.get('source');
  return findNamedRoles(state, spec).map((arn) => readFormer(() => readRole(at, nameIn(arn)), roleAs(at)));
}

/** Asks twice for what is absent or refused: once our policies no longer name it, no later run would find it. What stays out of reach blocks nothing. */
async function readFormer<T>(read: () => Promise<T | null>, as: (value: T) => Found): Promise<Found> {
  const look = () =>
    read().catch((error: unknown) => {
      if (isDenied(error)) return null;
      throw error;
    });
  const value = (await look()) ?? (await look());
  return value === null ? (state) => state : as(value);
}

const documents: { readonly [D in DocumentName]: (at: Connection, of: string) => Promise<Documents[D]> } = {
  ...bucketDocuments,
  ...keyDocuments,
  'topic-policy': async (at, arn) => (await import('./topic.ts')).readTopicPolicy(at, arn),
  notifications: readNotification,
};

export function readAgain<D extends DocumentName>(
  at: Connection,
  { document, of }: Pick<SeenDocument<D>, 'document' | 'of'>,
): Promise<Documents[D]> {
  return documents[document](at, of);
}

const things: { readonly [T in ThingName]: (at: Connection, name: string) => Promise<Things[T] | null> } = {
  alias: keyArnBehind,
  bucket: async (at, name) => {
    const tags = await readBucketTags(at, name).catch((error: unknown) => {
      if (statusOf(error) === 404) return null;
      throw error;
    });
    return tags && { tags };
  },
  'own-keys': readOwnKeys,
  role: async (at, name) => (await readRole(at, name))?.role ?? null,
};

/** @returns whether it is what the look is for; null where it is not there. */
export async function lookAt<T extends ThingName>(
  at: Connection,
  { at: thing, name, is }: Look<T>,
): Promise<boolean | null> {
  const found = await things[thing](at, name);
  return found === null ? null : is(found);
}
