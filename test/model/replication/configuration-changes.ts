/** What may be changed in a setup that tells of its failures, and is worth a warning about the configuration as a whole. */
import { prepare } from '../../../src/model/replication/prepare.ts';
import type { BucketSnapshot } from '../../../src/model/snapshot.ts';
import { configurationWarnings } from '../../../src/model/warnings.ts';
import { healthy, rule, snapshotOf, type World } from './world.ts';

export const measured = { Bucket: 'arn:aws:s3:::dst', ...rule().Destination, Metrics: { Status: 'Enabled' as const } };
export const failureTopic = {
  TopicConfigurations: [{ TopicArn: 'arn:aws:sns:us-east-1:111111111111:t', Events: ['s3:Replication:*' as const] }],
};
export const sync = { ReplicaModifications: { Status: 'Enabled' as const } };
type LifecycleRules = NonNullable<Exclude<BucketSnapshot['lifecycle'], 'unknown'>>['Rules'];

/** Lifecycle rules of the source bucket, and the rule that replicates by its prefix. */
const lifecycle =
  (prefix: string, ...Rules: NonNullable<LifecycleRules>) =>
  (w: World) => {
    w.rules = [
      rule({ Filter: { Prefix: prefix }, Destination: measured }),
      rule({ ID: 'other', Filter: { Prefix: 'other/' }, Destination: measured }),
    ];
    w.src.lifecycle = { Rules };
  };
const notified = (notification: BucketSnapshot['notification']) => (w: World) => {
  w.src.notification = notification;
};
const short = { ID: 'short', Status: 'Enabled' as const, Expiration: { Days: 1 } };
const elsewhere = { ...measured, Bucket: 'arn:aws:s3:::elsewhere' };

export const changes: Readonly<Record<string, (world: World) => void>> = {
  'nothing changed': () => {},
  'lifecycle: nothing configured': lifecycle('', ...[]),
  'lifecycle: no rules': (w) => {
    w.src.lifecycle = {};
  },
  'lifecycle: the first rule, without an ID': lifecycle('', { ...short, ID: undefined }),
  'lifecycle: a disabled rule': lifecycle('', { ...short, Status: 'Disabled' }),
  'lifecycle: for all objects': lifecycle('tax/', short),
  'lifecycle: for a part of what replicates': lifecycle('tax/', { ...short, Filter: { Prefix: 'tax/2026/' } }),
  'lifecycle: for more than what replicates': lifecycle('tax/', { ...short, Prefix: 'ta' }),
  'lifecycle: for what ends as what replicates does': lifecycle('tax/', { ...short, Filter: { Prefix: 'a/tax/' } }),
  'lifecycle: for what what replicates ends with': lifecycle('a/tax/', { ...short, Filter: { Prefix: 'tax/' } }),
  'lifecycle: for a prefix and tags': lifecycle('tax/', { ...short, Filter: { And: { Prefix: 'no/', Tags: [] } } }),
  'lifecycle: noncurrent for a day': lifecycle('', {
    ...{ ID: 'noncurrent', Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 1 } },
  }),
  'lifecycle: from this time tomorrow': lifecycle('', {
    ...{ ...short, Expiration: { Date: new Date('2026-11-22T00:00:00Z') } },
  }),
  'lifecycle: from a second after that': lifecycle('', {
    ...{ ...short, Expiration: { Date: new Date('2026-11-22T00:00:01Z') } },
  }),
  'lifecycle: nothing replicates': (w) => {
    w.rules = [];
    w.src.lifecycle = { Rules: [short] };
  },
  'lifecycle: could not be read': (w) => {
    w.src.lifecycle = 'unknown';
  },
  'notifications: none': notified(null),
  'notifications: an empty one': notified({}),
  'notifications: a topic without events': notified({ TopicConfigurations: [{ TopicArn: 't', Events: undefined }] }),
  'notifications: a queue is told of failures': notified({
    QueueConfigurations: [{ QueueArn: 'q', Events: ['s3:Replication:OperationFailedReplication'] }],
  }),
  'notifications: a function is told of everything': notified({
    LambdaFunctionConfigurations: [{ LambdaFunctionArn: 'f', Events: ['s3:Replication:*'] }],
  }),
  'notifications: could not be read': notified('unknown'),
  'rules without metrics': (w) => {
    const under = (Prefix: string) => ({ Priority: 2, Filter: { Prefix } });
    const second = rule({ ID: 'second', Destination: measured, ...under('b/') });
    w.rules = [rule(), second, rule({ ID: 'third', ...under('c/') })];
  },
  'sync: on here, and for another destination': (w) => {
    w.rules = [rule({ Destination: measured }), rule({ ID: 'other', Destination: elsewhere })];
    w.rules[0] = rule({ Destination: measured, SourceSelectionCriteria: sync });
  },
  'sync: on there for another bucket': (w) => {
    w.dst.replication = {
      Role: 'r',
      Rules: [
        rule({ SourceSelectionCriteria: sync, Destination: { Bucket: 'arn:aws:s3:::third' } }),
        rule({ ID: 'without', Destination: { Bucket: 'arn:aws:s3:::src' } }),
      ],
    };
  },
  'sync: on there, and a rule without': (w) => {
    w.dst.replication = {
      Role: 'r',
      Rules: [
        rule({ SourceSelectionCriteria: sync, Destination: { Bucket: 'arn:aws:s3:::src' } }),
        rule({ ID: 'without', Destination: { Bucket: 'arn:aws:s3:::third' } }),
      ],
    };
  },
  'sync: what is there could not be read': (w) => {
    w.rules = [rule({ Destination: measured, SourceSelectionCriteria: sync })];
    w.dst.replication = 'unknown';
  },
  'sync: off, and what is there could not be read': (w) => {
    w.dst.replication = 'unknown';
  },
  'no replication configuration': (w) => {
    w.src.replication = null;
  },
  'the replication configuration could not be read': (w) => {
    w.src.replication = 'unknown';
  },
  'there is no source bucket': (w) => {
    w.source = () => null;
  },
  'the source bucket could not be read': (w) => {
    w.source = () => 'unknown';
  },
};

/** What is warned of in a setup that tells of its failures, with something about it changed. */
export function listConfigurationWarnings(change: (world: World) => void) {
  const world = healthy();
  world.src.notification = failureTopic;
  world.rules = [rule({ Destination: measured }), rule({ ID: 'off', Status: 'Disabled' })];
  change(world);
  return configurationWarnings(prepare(snapshotOf(world)));
}
