import type { ReplicationRule } from '@aws-sdk/client-s3';
import { aDestination, aRole, aRule, SOURCE } from '../../builders.ts';
import { destinationBucket, inBothAccounts, type Scenario, sourceBucket } from './scenario.ts';

const role = `arn:aws:iam::${SOURCE}:role/team`;
const replica = 'arn:aws:s3:::acme-invoices-replica';
const newKey = 'arn:aws:kms:eu-central-1:222222222222:key/(new key s3repl-invoices-dr-replica)';

function theirRule(ID: string, Priority: number, change: Partial<ReplicationRule> = {}): ReplicationRule {
  const DeleteMarkerReplication = { Status: 'Disabled' as const };
  return {
    ID,
    Priority,
    Status: 'Enabled',
    Filter: { Prefix: '' },
    DeleteMarkerReplication,
    Destination: { Bucket: replica },
    ...change,
  };
}

/** Does what a rule of ours without S3 RTC and delete markers does. */
const same: Partial<ReplicationRule> = {
  SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
  Destination: {
    Bucket: replica,
    AccessControlTranslation: { Owner: 'Destination' },
    EncryptionConfiguration: { ReplicaKmsKeyID: newKey },
  },
};
const plain = { replicationTimeControl: false, metrics: false, deleteMarkers: false };
/** Differs from ours in all that it can. */
const all: Partial<ReplicationRule> = {
  SourceSelectionCriteria: {
    SseKmsEncryptedObjects: { Status: 'Enabled' },
    ReplicaModifications: { Status: 'Enabled' },
  },
  DeleteMarkerReplication: { Status: 'Disabled' },
  Destination: {
    Bucket: replica,
    StorageClass: 'GLACIER',
    EncryptionConfiguration: { ReplicaKmsKeyID: 'alias/team' },
    ReplicationTime: { Status: 'Disabled', Time: { Minutes: 15 } },
  },
};
const withPrefix = (Prefix: string) => ({ Filter: { Prefix } });

function beside(
  title: string,
  Rules: readonly ReplicationRule[],
  ours: Parameters<typeof aRule>[0][] = [{}],
  roleOfRules = role,
): Scenario {
  return {
    title,
    change: { role: { name: 'team' }, destinations: [aDestination({ rules: ours.map((one) => aRule(one)) })] },
    state: inBothAccounts({
      roles: { [role]: aRole() },
      buckets: sourceBucket({ replication: { Role: roleOfRules, Rules: [...Rules] } }),
    }),
  };
}

const { Filter: _, Priority: _priority, ...old } = theirRule('old', 0);
const { ID: _id, ...nameless } = theirRule('', 9, withPrefix('logs/'));

export const rules: readonly Scenario[] = [
  beside(
    'rules of others with another role, one of them without an ID',
    [theirRule('one', 3, withPrefix('x/')), { ...nameless, Priority: 4 }],
    [{ prefix: 'y/' }],
    `arn:aws:iam::${SOURCE}:role/service-role/theirs`,
  ),
  beside(
    'rules of the old form',
    [{ ...old, Prefix: 'x/' }, { ...old, ID: 'older', Prefix: 'z/' }, theirRule('new', 2, withPrefix('a/'))],
    [{ prefix: 'y/' }],
  ),
  beside(
    'priorities that others have',
    [theirRule('one', 3, withPrefix('x/')), theirRule('two', 4, withPrefix('z/'))],
    [
      { priority: 4, prefix: 'y/' },
      { id: 'b', prefix: 'w/', priority: 5 },
      { id: 'c', prefix: 'v/' },
    ],
  ),
  {
    title: 'Object Lock at the source, and at one of two destinations',
    change: {
      destinations: [
        aDestination(),
        aDestination({ id: 'destinations[1]', bucket: 'acme-audit', rules: [aRule({ id: 'audit' })] }),
      ],
    },
    state: inBothAccounts(
      { buckets: sourceBucket({ objectLock: 'Enabled' }) },
      { buckets: destinationBucket({ objectLock: 'Enabled' }) },
    ),
  },
  {
    title: 'Object Lock at the destination only',
    state: inBothAccounts({ buckets: sourceBucket({}) }, { buckets: destinationBucket({ objectLock: 'Enabled' }) }),
  },
  beside('a rule that differs in everything, about a part of our objects', [
    theirRule('team rule', 7, { ...all, ...withPrefix('team/') }),
  ]),
  beside('two rules that differ, about parts of our objects, one by a tag', [
    theirRule('one', 7, { Filter: { Tag: { Key: 'a', Value: 'b' } } }),
    theirRule('two', 5, withPrefix('logs/')),
  ]),
  beside('a rule that differs, about all of our objects', [theirRule('one', 7)], [{ prefix: 'a/' }]),
  beside(
    'a rule that differs, about all of our objects, and ours comes first',
    [theirRule('one', 7)],
    [{ prefix: 'a/', priority: 8 }],
  ),
  beside(
    'a rule that is disabled, about all of our objects',
    [theirRule('one', 7, { Status: 'Disabled' })],
    [{ prefix: 'a/' }],
  ),
  beside('a rule that does the same with all of our objects', [theirRule('one', 7, same)], [plain]),
  beside(
    'a rule that does the same with all of our objects, and one that differs',
    [theirRule('one', 7, same), theirRule('two', 3, withPrefix('logs/'))],
    [plain],
  ),
  beside(
    'a rule that does the same with a part of our objects',
    [theirRule('one', 7, { ...same, ...withPrefix('a/') })],
    [plain],
  ),
  beside('no priority is free below the rule of others', [
    theirRule('one', 1, withPrefix('team/')),
    theirRule('zero', 0, { ...withPrefix('logs/'), Destination: { Bucket: 'arn:aws:s3:::x' } }),
  ]),
  beside('no priority is free below two rules of others', [
    theirRule('one', 1, withPrefix('team/')),
    theirRule('zero', 0, withPrefix('logs/')),
  ]),
  beside(
    'the greatest priority is taken by a rule about all of our objects',
    [theirRule('one', 2 ** 31 - 1)],
    [{ prefix: 'a/' }],
  ),
  beside('the greatest priority is taken by a rule about a part of our objects', [
    theirRule('one', 2 ** 31 - 1, withPrefix('a/')),
  ]),
  beside('the greatest priority but one is taken by a rule about a part of our objects', [
    theirRule('one', 2 ** 31 - 2, withPrefix('a/')),
  ]),
  beside(
    'the next priority above is taken by a rule about other objects',
    [theirRule('one', 7, withPrefix('a/')), theirRule('two', 8, withPrefix('b/'))],
    [{ prefix: 'a' }],
  ),
  beside(
    'the next priority above is taken by another rule of ours',
    [theirRule('one', 7, withPrefix('a/'))],
    [{ prefix: 'a' }, { id: 'b', prefix: 'b', priority: 8 }],
  ),
  beside('the next priority above is that of a rule of ours that goes', [
    theirRule('one', 7, withPrefix('a/')),
    theirRule('s3repl.invoices-dr.former', 8, withPrefix('c/')),
  ]),
  beside('our rule has on AWS the priority that it gets', [
    theirRule('one', 7, withPrefix('a/')),
    theirRule('s3repl.invoices-dr.all', 3),
  ]),
  beside('our rule is disabled', [theirRule('one', 7, withPrefix('a/'))], [{ enabled: false }]),
  beside('no priority is free below a rule about all of our objects', [theirRule('zero', 0)]),
  beside(
    'a rule that says nothing of its storage class and of its key, and replicates delete markers',
    [
      theirRule('one', 7, {
        ...withPrefix('a/'),
        SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
        DeleteMarkerReplication: { Status: 'Enabled' },
      }),
    ],
    [{ deleteMarkers: false, storageClass: 'GLACIER' }],
  ),
];
