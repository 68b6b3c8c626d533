import type { Topic } from '../aws/alert-documents.ts';
import { lookUp } from '../aws/documents.ts';
import type { Spec } from '../config/spec.ts';
import type {
  AccountSnapshot,
  BucketSnapshot,
  Found,
  KeySnapshot,
  RoleSnapshot,
  Snapshot,
  TopicSnapshot,
} from '../model/snapshot.ts';
import type { AccountState, BucketState, KeyState, RoleState, State } from '../state/state.ts';

/** Not observed: notifications change no verdict on new objects, and only the organization can list its policies. */
const unread = 'unknown';

/** A state as the model takes it, without objects. Keys that do not exist yet have stand-ins. @param takenAt judges policies with dates. */
export function snapshotOf(state: State, spec: Spec, takenAt: Date): Snapshot {
  const accounts = Object.entries(state.accounts).map(([id, account]) => [id, accountSnapshot(account)] as const);
  return {
    version: 1,
    takenAt: takenAt.toISOString(),
    partition: spec.source.partition,
    source: { account: spec.source.account, bucket: spec.source.bucket },
    accounts: Object.fromEntries(accounts),
    objects: [],
  };
}

function accountSnapshot(account: AccountState): AccountSnapshot {
  const { roles, buckets, keys, policies = {}, publicAccessBlock, organization } = account;
  const notOwned = Object.entries(buckets).flatMap(([name, bucket]) =>
    bucket && 'inaccessible' in bucket && bucket.owned === false ? [name] : [],
  );
  return {
    roles: mapEach(roles, (role) => roleSnapshot(role, policies)),
    buckets: mapEach(buckets, (bucket) => ('inaccessible' in bucket ? unread : bucketSnapshot(bucket))),
    keys: mapEach(keys, keySnapshot),
    serviceControlPolicies: unread,
    resourceControlPolicies: unread,
    ...(publicAccessBlock === undefined ? {} : { publicAccessBlock }),
    ...(notOwned.length > 0 && { notOwned }),
    ...(organization === undefined ? {} : { organization }),
    ...(account.topics && { topics: mapEach(account.topics, (topic) => topicSnapshot(topic, account.topicKeys)) }),
  };
}

function mapEach<T, R>(
  things: Readonly<Record<string, T | null>>,
  as: (thing: T) => Found<R>,
): Readonly<Record<string, Found<R>>> {
  const entries = Object.entries(things).map(([name, thing]) => [name, thing === null ? null : as(thing)] as const);
  return Object.fromEntries(entries);
}

function roleSnapshot(
  { trustPolicy, inlinePolicies, attachedPolicies, permissionsBoundary: boundary, roleId, tags }: RoleState,
  policies: Readonly<Record<string, Found<RoleSnapshot['trustPolicy']>>>,
): RoleSnapshot {
  return {
    trustPolicy,
    inlinePolicies,
    attachedPolicies: Object.fromEntries(attachedPolicies.map((arn) => [arn, policies[arn] ?? unread])),
    permissionsBoundary: boundary === null ? null : (policies[boundary] ?? unread),
    tags,
    ...(roleId === undefined ? {} : { roleId }),
  };
}

function bucketSnapshot({ tags: _tags, beside: _beside, ownership, ...bucket }: BucketState): BucketSnapshot {
  return {
    lifecycle: unread,
    ...bucket,
    ownership: ownership as BucketSnapshot['ownership'],
    notification: unread,
  };
}

function topicSnapshot({ policy, kmsKey, subscriptions }: Topic, keys: AccountState['topicKeys'] = {}): TopicSnapshot {
  const confirmed = subscriptions.filter(({ arn }) => arn !== null).length;
  const key = kmsKey === null ? undefined : lookUp(keys, kmsKey);
  return {
    policy,
    kmsKey,
    ...(kmsKey !== null && { key: key === undefined ? unread : key }),
    confirmed,
    pending: subscriptions.length - confirmed,
  };
}

function keySnapshot({ metadata, policy, aliases, rotation }: KeyState): KeySnapshot {
  return { metadata, policy, aliases, rotation };
}
