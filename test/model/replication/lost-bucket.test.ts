import { describe, expect, it } from 'vitest';
import { destinationOf } from '../../../src/model/replication/destination-bucket.ts';
import { listEnabledRules, prepare } from '../../../src/model/replication/prepare.ts';
import { verdictsOf } from '../verdicts-of.ts';
import { healthy, other, rule, snapshotOf, source, type World } from './world.ts';

/** What becomes of an object whose destination bucket the account of the rule cannot read, and does not own. */
function verdict(change: (world: World) => void = () => undefined) {
  const world = healthy();
  world.destination = () => 'unknown';
  world.accounts = { [other]: { notOwned: ['dst'] } };
  change(world);
  const [only] = verdictsOf(snapshotOf(world), world.object);
  return { outcome: only?.outcome, reason: only?.reason, causes: only?.causes };
}

describe('a destination bucket of another account than its rule names', () => {
  const summary =
    'Destination bucket dst does not belong to account 222222222222, which rule all names as its owner: it may have been deleted, and created again by somebody else. Objects may reach whoever owns it now.';
  const fix = 'Do not replicate to it: disable or remove rule all, or name a bucket of account 222222222222 in it.';
  const path = ['accounts', source, 'buckets', 'src', 'replication', 'Rules', 0, 'Destination'];
  const evidence = { arn: 'arn:aws:s3:::dst', path };
  const unknown = ['whether S3 replicates from src to a bucket of another account than the rule names'];

  it('fails under an owner override, and is not to be replicated to', () => {
    expect(verdict()).toMatchObject({
      outcome: 'fails',
      reason: 'DstPutObjectNotPermitted',
      causes: [{ check: 'C05', summary, fix, evidence }],
    });
  });

  it('is unknown without one: S3 takes any account then', () => {
    const found = verdict((world) => {
      const { AccessControlTranslation: _, ...Destination } = rule().Destination ?? { Bucket: '' };
      world.rules = [rule({ Destination })];
    });
    expect(found).toMatchObject({
      outcome: 'unknown',
      reason: null,
      causes: [{ check: 'C05', summary, fix, evidence: { ...evidence, unknown } }],
    });
  });

  it('is only one that nobody could read where that is another bucket, or of another account', () => {
    for (const accounts of [{}, { [other]: { notOwned: ['another'] } }, { [source]: { notOwned: ['dst'] } }]) {
      const { outcome, causes } = verdict((world) => {
        world.accounts = accounts;
      });
      expect(outcome).toBe('unknown');
      expect(causes?.[0]?.summary).toBe('destination bucket dst could not be read, and it decides.');
    }
  });
});

describe('the destination bucket of a rule', () => {
  const ofNobody = rule({ Destination: { Bucket: 'arn:aws:s3:::dst' } });
  const hidden = (world: World) => {
    world.destination = () => 'unknown';
  };
  const unmentioned = (world: World) => {
    world.accounts = { [other]: { buckets: {} } };
  };
  const byNobody = (world: World) => {
    world.rules = [ofNobody];
  };

  it.each<[string, readonly ((world: World) => void)[], readonly unknown[]]>([
    ['was read', [], [other, true, 0]],
    [
      'does not exist',
      [
        (world) => {
          world.destination = () => null;
        },
      ],
      [undefined, true, 1],
    ],
    ['could not be read, in the account of the snapshot', [hidden, byNobody], [other, false, 1]],
    ['is not mentioned, and in the account of the rule', [unmentioned], [other, false, 1]],
    ['is not mentioned, and taken for one of the source', [unmentioned, byNobody], [source, 'guessed', 1]],
  ])('%s', (_, changes, expected) => {
    const world = healthy();
    for (const change of changes) change(world);
    const prepared = prepare(snapshotOf(world));
    const [only] = listEnabledRules(prepared);
    const found = only && destinationOf(prepared, only);
    expect([found?.bucket?.account, found?.read, found?.findings.length]).toEqual(expected);
  });
});
