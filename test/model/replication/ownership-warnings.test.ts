import { expect, it } from 'vitest';
import { foreignReplicas, warnOfBlockedAcls } from '../../../src/model/replication/ownership-warnings.ts';
import { literalPrefixes } from '../../../src/model/replication/prefix-warnings.ts';
import { listEnabledRules } from '../../../src/model/replication/prepare.ts';
import { type Change, prepared } from '../changed-probes.ts';
import { inOneAccount, other, rule, source } from './world.ts';

const blocked = { BlockPublicAcls: true };
const withAcls: Change = (world) => {
  world.src.ownership = 'ObjectWriter';
  world.dst.ownership = 'ObjectWriter';
};
const withoutOverride: Change = (world) => {
  const { AccessControlTranslation: _, ...Destination } = rule().Destination ?? { Bucket: '' };
  world.rules = [rule({ Destination })];
};

function warningsIn(find: typeof foreignReplicas, ...changes: readonly Change[]) {
  const all = prepared(...changes);
  return find(all, listEnabledRules(all));
}

it('replicas of another owner are told with the rule, what to do, and where', () => {
  expect(warningsIn(foreignReplicas, withAcls, withoutOverride)).toEqual([
    {
      check: 'C16',
      summary: `Replicas in bucket dst belong to source account ${source}: rule all has no owner override, and ACLs are on in dst. Account ${other} may not be able to read them.`,
      fix: `Set Object Ownership of dst to Bucket owner enforced, or put AccessControlTranslation with Owner Destination, and Account ${other}, into the Destination of rule all.`,
      evidence: {
        arn: 'arn:aws:s3:::dst',
        path: ['accounts', other, 'buckets', 'dst', 'ownership'],
        sources: [{ note: 'recorded/replication.md 49' }],
      },
    },
  ]);
});

it('replicas in the account of the source belong to it anyway', () => {
  expect(warningsIn(foreignReplicas, inOneAccount, withAcls)).toEqual([]);
});

it('replicas are not told to be of another owner where nobody knows whether ACLs are on', () => {
  const unread: Change = (world) => {
    world.dst.ownership = 'unknown';
  };
  expect(warningsIn(foreignReplicas, withAcls, withoutOverride, unread)).toEqual([]);
});

it('replicas of another owner are not told of a bucket whose own rule overrides it', () => {
  const both: Change = (world) => {
    world.accounts[other] = { buckets: { dst: world.dst, second: { ...world.dst, ownership: 'BucketOwnerEnforced' } } };
    world.rules.push(rule({ ID: 'second', Destination: { Bucket: 'arn:aws:s3:::second' } }));
  };
  expect(warningsIn(foreignReplicas, withAcls, both)).toEqual([]);
});

const refuses: Change = (world) => {
  world.dst.publicAccessBlock = blocked;
};

it('public ACLs that the destination refuses are told with the rule, what to do, and where', () => {
  expect(warningsIn(warnOfBlockedAcls, withAcls, withoutOverride, refuses)).toEqual([
    {
      check: 'C10',
      summary:
        'Objects of bucket src with a public ACL may fail to replicate: rule all copies their ACL, and BlockPublicAcls of bucket dst refuses a public one.',
      fix: 'Set Object Ownership of src to Bucket owner enforced, or put an owner override into rule all.',
      evidence: { arn: 'arn:aws:s3:::dst', path: ['accounts', other, 'buckets', 'dst', 'publicAccessBlock'] },
    },
  ]);
});

it.each<[string, readonly Change[], number]>([
  [
    'the account of the destination refuses them',
    [
      withAcls,
      withoutOverride,
      (world) => {
        world.accounts[other] = { publicAccessBlock: blocked };
      },
    ],
    1,
  ],
  ['the destination takes them', [withAcls, withoutOverride], 0],
  [
    'the destination refuses other things',
    [
      withAcls,
      withoutOverride,
      (world) => {
        world.dst.publicAccessBlock = { BlockPublicAcls: false, RestrictPublicBuckets: true };
      },
    ],
    0,
  ],
  [
    'nobody can tell whether the destination does',
    [
      withAcls,
      withoutOverride,
      (world) => {
        world.dst.publicAccessBlock = 'unknown';
      },
    ],
    0,
  ],
  [
    'the source refuses them as well',
    [
      withAcls,
      withoutOverride,
      refuses,
      (world) => {
        world.src.publicAccessBlock = blocked;
      },
    ],
    0,
  ],
  [
    'nobody can tell whether the source does',
    [
      withAcls,
      withoutOverride,
      refuses,
      (world) => {
        world.src.publicAccessBlock = 'unknown';
      },
    ],
    0,
  ],
  ['the rule overrides the owner', [withAcls, refuses], 0],
])('public ACLs are told, or not, where %s', (_, changes, count) => {
  expect(warningsIn(warnOfBlockedAcls, ...changes).length).toBe(count);
});

it.each([
  ['/a/', '"a/", unless'],
  ['a*/b', '"a", unless'],
  ['*', '"", which matches every key, unless'],
])('a prefix that looks like a pattern or a path is told: %s', (Prefix, fix) => {
  const found = warningsIn(
    (_all, rules) => literalPrefixes(rules),
    (world) => {
      world.rules = [rule({ Filter: { Prefix } })];
    },
  );
  const path = ['accounts', source, 'buckets', 'src', 'replication', 'Rules', 0];
  expect(found).toMatchObject([{ fix: `Write the prefix as ${fix} your keys do begin that way.`, evidence: { path } }]);
});
