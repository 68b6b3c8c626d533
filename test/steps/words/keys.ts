import { type Statement, statementsOf } from '../../../src/aws/policy.ts';
import { sidPrefix } from '../../../src/state/names.ts';
import type { BucketState } from '../../../src/state/state.ts';
import { aDestination, aKey, aSource, aSpec, DESTINATION, keyArn, ownKey, rootPolicy, SOURCE } from '../../builders.ts';
import { byKms, inBothAccounts, type Scenario, sourceBucket } from './scenario.ts';

const arn = keyArn();
const replicaKey = keyArn(DESTINATION, 'eu-central-1');
const given = { source: aSource({ kmsKey: { kind: 'arn', arn } }) };
const own = ownKey(arn, 'source', aSpec());
const ownReplica = ownKey(replicaKey, 'replica', aSpec());
const app = `arn:aws:iam::${SOURCE}:role/App`;
const batch = `arn:aws:iam::${SOURCE}:role/Batch`;

function withKey(metadata: object, key = aKey(arn)) {
  return inBothAccounts({ keys: { [arn]: { ...key, metadata: { ...key.metadata, ...metadata } } } });
}

/** A key's policy with a statement of ours as an earlier version wrote it. */
function widened(purpose: string, principals: readonly string[], change: Partial<Statement> = {}) {
  const Principal = { AWS: principals };
  const statement: Statement = {
    Sid: sidPrefix(aSpec()) + purpose,
    Effect: 'Allow',
    Principal,
    Action: 'kms:Decrypt',
    Resource: '*',
    ...change,
  };
  return { ...rootPolicy(SOURCE), Statement: [...statementsOf(rootPolicy(SOURCE)), statement] };
}

const users = { newKeys: { administrators: [], users: [app, batch] } };
const shared = { ...given, destinations: [aDestination({ region: 'eu-west-1', kmsKey: { kind: 'source' } })] };
const forBoth = {
  ...rootPolicy(SOURCE),
  Statement: ['KeyUsers', 'KeyViewers'].flatMap((purpose) => statementsOf(widened(purpose, [app])).slice(1)),
};
const [forUsers, forReaders] = [
  widened('KeyUsers', [app]),
  widened('ReplicaReaders', [`arn:aws:iam::${DESTINATION}:root`]),
];
const withPolicy = (policy: typeof forUsers, key = own) => inBothAccounts({ keys: { [arn]: { ...key, policy } } });

const formerRule = (ReplicaKmsKeyID: string) => ({
  ID: 's3repl.invoices-dr.all',
  Priority: 1,
  Status: 'Enabled' as const,
  Filter: {},
  Destination: { Bucket: 'arn:aws:s3:::acme-invoices-replica', EncryptionConfiguration: { ReplicaKmsKeyID } },
});
const withRules = (...keys: readonly string[]) =>
  sourceBucket({ replication: { Role: 'r', Rules: keys.map(formerRule) } });
const elsewhere = keyArn('333333333333', 'us-east-1');
/** In an account of repl.yaml but another Region, and the other way round. */
const halfRight = [keyArn(DESTINATION, 'us-east-1'), keyArn('333333333333', 'eu-central-1')];

const beside = {
  Sid: 'S3repl0123456789abReplicaKey',
  Effect: 'Allow' as const,
  Principal: '*',
  Action: 'kms:Encrypt',
  Resource: '*',
};
const ofOther = [
  beside,
  { ...beside, Sid: 'xS3repl0123456789abReplicaKey' },
  { ...beside, Sid: 'S3replTheirs' },
  { ...beside, Sid: 'S3replabout' },
  { ...beside, Sid: 'S3repl0123456789abSourceKey' },
];
const policyOfOther = { Version: '2012-10-17', Statement: ofOther };

function deletion(
  title: string,
  change: {
    key?: object;
    encryption?: string;
    rules?: BucketState['encryption'];
    force?: boolean;
    objects?: readonly (string | null)[];
  },
): Scenario {
  const objects = (change.objects ?? []).map((kmsKey, n) => ({ bucket: 'acme-invoices', key: `object-${n}`, kmsKey }));
  return {
    title: `destroy --delete-keys: ${title}`,
    state: inBothAccounts(
      {
        keys: { [arn]: { ...own, ...change.key } },
        buckets: sourceBucket({ encryption: change.rules ?? byKms(change.encryption) }),
      },
      { keys: { [replicaKey]: ownReplica } },
    ),
    destroy: { objects, force: change.force ?? false },
  };
}

const deletions: readonly Scenario[] = [
  deletion('nothing uses them', { objects: [null, keyArn(SOURCE, 'eu-west-1', 'other')] }),
  deletion('the default encryption and objects use one', { encryption: arn, objects: [arn, null, arn] }),
  deletion('the default encryption has no rule', { rules: { Rules: [] } }),
  deletion('the default encryption has no rules', { rules: { Rules: undefined } }),
  deletion('the default encryption says nothing of an algorithm', { rules: { Rules: [{}] } }),
  deletion('the same, forced', { encryption: arn, objects: [arn, null, arn], force: true }),
  deletion('a statement of another setup is in the policy of one', { key: { policy: policyOfOther } }),
  deletion('one waits for its deletion already, and its default encryption names it', {
    encryption: arn,
    key: { metadata: { ...own.metadata, KeyState: 'PendingDeletion' } },
  }),
  {
    title: 'destroy --delete-keys: our key is in a Region where no side is',
    state: inBothAccounts({
      keys: { [keyArn(SOURCE, 'us-west-2')]: ownKey(keyArn(SOURCE, 'us-west-2'), 'source', aSpec()) },
    }),
    destroy: { objects: [{ bucket: 'b', key: 'k', kmsKey: keyArn(SOURCE, 'us-west-2') }], force: false },
  },
];

export const keys: readonly Scenario[] = [
  {
    title: 'our alias of the source is on a key of others',
    state: inBothAccounts({ keys: { [arn]: aKey(arn, { aliases: own.aliases }) } }),
  },
  {
    title: 'our alias of the destination is on our key of the other use',
    state: inBothAccounts(
      {},
      { keys: { [replicaKey]: ownKey(replicaKey, 'source', aSpec(), { aliases: ownReplica.aliases }) } },
    ),
  },
  { title: 'a given key that does not exist', change: given, state: inBothAccounts() },
  {
    title: 'a given alias that does not exist, at a destination',
    change: { destinations: [aDestination({ kmsKey: { kind: 'alias', alias: 'alias/team' } })] },
    state: inBothAccounts(),
  },
  {
    title: 'an additional key that does not exist',
    change: { source: aSource({ additionalKmsKeys: [arn] }) },
    state: inBothAccounts(),
  },
  {
    title: 'an additional key that is disabled',
    change: { source: aSource({ additionalKmsKeys: [arn] }) },
    state: withKey({ KeyState: 'Disabled' }),
  },
  { title: 'a given key that is disabled', change: given, state: withKey({ KeyState: 'Disabled' }) },
  { title: 'a given key that waits for its deletion', change: given, state: withKey({ KeyState: 'PendingDeletion' }) },
  { title: 'our key that is disabled', state: withKey({ KeyState: 'Disabled' }, own) },
  { title: 'a given key with another use', change: given, state: withKey({ KeyUsage: 'GENERATE_VERIFY_MAC' }) },
  { title: 'a given key of another kind', change: given, state: withKey({ KeySpec: 'RSA_2048' }) },
  { title: 'a given key that AWS manages', change: given, state: withKey({ KeyManager: 'AWS' }) },
  {
    title: 'a given key of another Region',
    change: { source: aSource({ kmsKey: { kind: 'arn', arn: keyArn(SOURCE, 'us-west-2') } }) },
    state: inBothAccounts({ keys: { [keyArn(SOURCE, 'us-west-2')]: aKey(keyArn(SOURCE, 'us-west-2')) } }),
  },
  { title: 'a given key that does not exist, for both sides', change: shared, state: inBothAccounts() },
  {
    title: 'a given key that works, behind one that is gone and one that is disabled',
    change: given,
    state: inBothAccounts({
      keys: {
        gone: null,
        [keyArn(SOURCE, 'eu-west-1', 'other')]: aKey(keyArn(SOURCE, 'eu-west-1', 'other'), {
          metadata: { ...aKey(keyArn(SOURCE, 'eu-west-1', 'other')).metadata, KeyState: 'Disabled' },
        }),
        [arn]: aKey(arn),
      },
    }),
  },
  { title: 'a given key that works', change: given, state: withKey({}) },
  { title: 'a user of our key in a statement of an earlier version', change: users, state: withPolicy(forUsers) },
  {
    title: 'the same, and the narrowing is accepted',
    change: { ...users, acceptNarrowing: true },
    state: withPolicy(forUsers),
  },
  {
    title: 'the account of a destination in a statement of an earlier version',
    change: shared,
    state: withPolicy(forReaders, aKey(arn)),
  },
  {
    title: 'the same account, and the narrowing is accepted',
    change: { ...shared, acceptNarrowing: true },
    state: withPolicy(forReaders, aKey(arn)),
  },
  {
    title: 'a user of our key in a statement that denies',
    change: users,
    state: withPolicy(widened('KeyUsers', [app], { Effect: 'Deny' })),
  },
  {
    title: 'a user of our key in a statement with a condition',
    change: users,
    state: withPolicy(widened('KeyUsers', [app], { Condition: { Bool: { 'aws:SecureTransport': 'true' } } })),
  },
  {
    title: 'a user of our key in a statement for readers',
    change: users,
    state: withPolicy(widened('ReplicaReaders', [app])),
  },
  {
    title: 'our rules name keys that are out of reach, one in an account and Region of repl.yaml',
    state: inBothAccounts({ buckets: withRules(replicaKey, elsewhere, elsewhere, ...halfRight) }),
  },
  {
    title: 'our rules name a key that is there',
    state: inBothAccounts({ buckets: withRules(replicaKey) }, { keys: { [replicaKey]: ownReplica } }),
  },
  {
    title: 'destroy: our rules name a key that is out of reach',
    state: inBothAccounts({ buckets: withRules(elsewhere) }),
    destroy: true,
  },
  {
    title: 'destroy: what stays of keys, for people and for objects',
    change: users,
    state: inBothAccounts(
      { keys: { [arn]: { ...own, policy: forBoth } } },
      { keys: { [replicaKey]: { ...ownReplica, aliases: [] } } },
    ),
    destroy: true,
  },
  {
    title: 'destroy: which statements of ours stay for people',
    state: withPolicy({
      Version: '2012-10-17',
      Statement: [
        'OldKeyUsers',
        'KeyViewersOfOld',
        'ReplicaReaders',
        'ReplicaReaders123456789012',
        'ReplicaReaders1',
        'KeyAdministrators',
        'KeyUsersThroughS3',
        'KeyUsersThrough',
        'SourceKey',
      ].flatMap((purpose) => statementsOf(widened(purpose, [app])).slice(1)),
    }),
    destroy: true,
  },
  ...deletions,
];
