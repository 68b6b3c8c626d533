import { describe, expect, it } from 'vitest';
import { verdictJson } from '../../src/show/cause-json.ts';
import { healthy, other, policy, rule, snapshotOf, source, type World } from './replication/world.ts';
import { verdictsOf } from './verdicts-of.ts';

function verdictsIn(change: (world: World) => void) {
  const world = healthy();
  change(world);
  return verdictsOf(snapshotOf(world), world.object).map(verdictJson);
}

const nothingArrives = {
  object: 'a/b.txt',
  versionId: 'v1',
  rule: null,
  destination: null,
  warnings: [],
  replica: null,
};
const ofSource = { arn: 'arn:aws:s3:::src', path: `accounts["${source}"].buckets.src` };

describe('the one verdict about a version that no rule is known to govern', () => {
  it('says that there is no source bucket', () => {
    expect(verdictsIn((world) => Object.assign(world, { source: () => null }))).toEqual([
      {
        ...nothingArrives,
        outcome: 'fails',
        reason: 'SrcBucketNotFound',
        causes: [
          {
            check: 'C05',
            summary: 'Source bucket src does not exist.',
            fix: 'Name a bucket that exists.',
            evidence: ofSource,
          },
        ],
      },
    ]);
  });

  it('says that the rules could not be read, and who is to read them', () => {
    const what = 'the replication configuration of bucket src';
    expect(verdictsIn(({ src }) => Object.assign(src, { replication: 'unknown' }))).toEqual([
      {
        ...nothingArrives,
        outcome: 'unknown',
        reason: null,
        causes: [
          {
            check: 'C03',
            summary: `${what} could not be read, and it decides.`,
            fix: `Let the identity that s3repl runs as read ${what} (s3:GetReplicationConfiguration).`,
            evidence: { ...ofSource, unknown: [what] },
          },
        ],
      },
    ]);
  });

  it('names no version where it is not known which it is', () => {
    const [verdict] = verdictsIn(({ object }) => Object.assign(object, { versionId: 'unknown', versionDelete: true }));
    expect(verdict).toMatchObject({ versionId: null, reason: 'version-delete' });
  });
});

describe('a version FAILED for the one destination that does not get it: at the other, all is well', () => {
  it.each<[string, (world: World) => void, string]>([
    ['where that one does not exist', () => undefined, 'fails'],
    [
      'where nothing of that one could be read',
      (world) => {
        world.accounts[other] = { buckets: { dst: world.dst, 'not-read': 'unknown' } };
        world.rolePolicy = policy({ Effect: 'Allow', Action: '*', Resource: '*' });
        world.dstKey.policy = policy({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' });
      },
      'unknown',
    ],
  ])('%s', (_, change, outcome) => {
    const outcomes = verdictsIn((world) => {
      world.object.replicationStatus = 'FAILED';
      world.rules.push(rule({ ID: 'other', Destination: { ...rule().Destination, Bucket: 'arn:aws:s3:::not-read' } }));
      change(world);
    }).map((one) => one.outcome);
    expect(outcomes).toEqual(['replicates', outcome]);
  });
});
