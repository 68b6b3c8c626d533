/** What a change of a healthy setup breaks for the rules of others, as text. */
import type { ReplicationRule } from '@aws-sdk/client-s3';
import { statementsOf } from '../../../src/aws/policy.ts';
import { findBrokenRules } from '../../../src/model/others/broken-rules.ts';
import type { Change } from '../changed-probes.ts';
import {
  dstKeyArn,
  healthy,
  other,
  plus,
  roleArn,
  rule,
  snapshotOf,
  srcKeyArn,
  type World,
} from '../replication/world.ts';

export const rules =
  (...some: readonly ReplicationRule[]): Change =>
  (world) => {
    world.rules = [...some];
  };

export const nothing: Change = () => undefined;

/** A rule of somebody else to bucket dst, as that of the healthy setup; ours have IDs that begin with "our". */
export const theirs = (more: Partial<ReplicationRule> = {}): ReplicationRule => rule({ ID: 'theirs', ...more });
export const ours = (more: Partial<ReplicationRule> = {}): ReplicationRule =>
  rule({ ID: 'ours', Priority: 9, ...more });
export const toDst = (more: Partial<NonNullable<ReplicationRule['Destination']>> = {}) => ({
  Destination: { ...rule().Destination, Bucket: 'arn:aws:s3:::dst', ...more },
});

export const toSecond = toDst({ Bucket: 'arn:aws:s3:::second' });
export const glacier = toDst({ StorageClass: 'GLACIER' });
export const noMarkers = { DeleteMarkerReplication: { Status: 'Disabled' } } as const;
export const noKms = { SourceSelectionCriteria: {} } as const;

export type Case = readonly [name: string, before: Change, after: Change, expected: readonly string[]];

/** A second bucket, which the role may write to, and its owner lets it. */
export const secondBucket: Change = (world) => {
  const second = JSON.parse(JSON.stringify(world.dst).replaceAll(':::dst', ':::second')) as World['dst'];
  world.accounts[other] = { buckets: { dst: world.dst, second } };
  const twice = (policy: World['rolePolicy']) => {
    const own = JSON.parse(JSON.stringify(policy).replaceAll(':::dst', ':::second')) as World['rolePolicy'];
    return statementsOf(own).reduce(plus, policy);
  };
  world.rolePolicy = twice(world.rolePolicy);
  if (world.dstKey.policy !== 'unknown') world.dstKey.policy = twice(world.dstKey.policy);
};

/** Some changes, one after another. */
export const all =
  (...changes: readonly Change[]): Change =>
  (world) => {
    for (const change of changes) change(world);
  };

/** Each is made of a healthy setup, the second by both changes. */
export function brokenIn(before: Change, after: Change): readonly string[] {
  const [old, planned] = [healthy(), healthy()];
  before(old);
  before(planned);
  after(planned);
  return findBrokenRules(snapshotOf(old), snapshotOf(planned), (id) => id.startsWith('our')).map(
    ({ rule: { id }, effect, how, objects, cause, by, unseen }) =>
      [
        `${id} ${effect}${unseen ? ', unseen' : ''}`,
        `of ${objects.map((name) => name || 'new objects').join(', ')}`,
        ...(by ? [`by ${by.id}`] : []),
        ...(cause ? [cause.check] : []),
        how.replaceAll(dstKeyArn, 'DST-KEY').replaceAll(srcKeyArn, 'SRC-KEY').replaceAll(roleArn, 'ROLE'),
      ].join(' | '),
  );
}
