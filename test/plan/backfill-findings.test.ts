import type { BucketLifecycleConfiguration } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { hasRulesOfOthers, lifecycleWarnings, neighborWarnings } from '../../src/plan/backfill-findings.ts';
import type { BucketState, State } from '../../src/state/state.ts';
import { aBucket, aSpec, DESTINATION, nothing, SOURCE } from '../builders.ts';
import { deny, healthy, plus, rule, snapshotOf, type World } from '../model/replication/world.ts';

const spec = aSpec();
const stateWith = (source: Partial<BucketState>, destination: Partial<BucketState> = {}): State => ({
  accounts: {
    [SOURCE]: { roles: {}, keys: {}, buckets: { 'acme-invoices': { ...aBucket(), ...source } } },
    [DESTINATION]: { roles: {}, keys: {}, buckets: { 'acme-invoices-replica': { ...aBucket(), ...destination } } },
  },
});

describe('a bucket has rules of others', () => {
  const [ours, theirs] = ['s3repl.invoices-dr.all', 'theirs'].map((ID) => ({ ...rule(), ID }));
  const withRules = (...Rules: readonly unknown[]) => stateWith({ replication: { Role: 'r', Rules } as never });

  it.each<[string, State, boolean]>([
    ['where one of them is not ours', withRules(ours, theirs), true],
    ['and has none where all are ours', withRules(ours), false],
    ['and has none without rules', stateWith({}), false],
    ['and has none where it does not exist', nothing, false],
  ])('%s', (_, state, expected) => {
    expect(hasRulesOfOthers(state, spec)).toBe(expected);
  });
});

describe('a lifecycle rule that removes expired delete markers', () => {
  const removing = { ID: 'tidy', Status: 'Enabled', Expiration: { ExpiredObjectDeleteMarker: true } } as const;
  const of = (...Rules: NonNullable<BucketLifecycleConfiguration['Rules']>) => ({ lifecycle: { Rules } });

  it('is told by its ID, at the source and at a destination', () => {
    const nameless = { ...removing, ID: undefined } as unknown as typeof removing;
    expect(lifecycleWarnings(stateWith(of(removing), of(removing, nameless)), spec)).toEqual(
      [
        ['tidy', 'acme-invoices'],
        ['tidy, (without an ID)', 'acme-invoices-replica'],
      ].map(([ids, bucket]) => ({
        code: 'lifecycle-removes-markers',
        message: `the lifecycle rule ${ids} of bucket ${bucket} removes expired delete markers: S3 may remove a marker that arrives before the versions it hides, and these become visible again`,
        fix: 'turn this action off while the job runs',
      })),
    );
  });

  it('is unknown where the account does not let anybody look', () => {
    expect(lifecycleWarnings(stateWith({}, { lifecycle: 'unknown' }), spec)).toEqual([
      {
        code: 'lifecycle-unread',
        message: `s3repl cannot tell whether a lifecycle rule of acme-invoices-replica removes expired delete markers: account ${DESTINATION} does not allow s3:GetLifecycleConfiguration`,
        fix: 'allow that action, or make sure that there is no such rule while the job runs',
      },
    ]);
  });

  it.each<[string, Partial<BucketState>]>([
    ['is disabled', of({ ...removing, Status: 'Disabled' })],
    ['expires something else', of({ ...removing, Expiration: { Days: 30 } })],
    ['expires nothing', of({ ID: 'tidy', Status: 'Enabled' })],
    ['is not there', { lifecycle: null }],
    ['is in a configuration without rules', { lifecycle: {} }],
  ])('is not told where it %s', (_, source) => {
    expect(lifecycleWarnings(stateWith(source), spec)).toEqual([]);
  });

  it('is not told of buckets that do not exist', () => {
    expect(lifecycleWarnings(nothing, spec)).toEqual([]);
  });
});

describe('a rule of others, which a job tries as well,', () => {
  const theirs = rule({ ID: 'theirs', Priority: 2, Filter: { Prefix: 'their/' } });
  const warningsIn = (change: (world: World) => void) => {
    const world = healthy();
    world.rules = [rule({ ID: 's3repl.invoices-dr.all' }), theirs];
    change(world);
    return neighborWarnings(snapshotOf(world), spec);
  };
  const denyWhere = (Condition: Parameters<typeof deny>[1]) => (world: World) => {
    world.dst.policy = plus(world.dst.policy, deny('s3:ReplicateObject', { Principal: '*', ...Condition }));
  };

  it('is not told where it replicates', () => {
    expect(warningsIn(() => undefined)).toEqual([]);
  });

  it('is told where it fails, and ours is not', () => {
    expect(warningsIn(denyWhere({}))).toEqual([
      {
        code: 'rule-of-others-fails',
        message:
          'rule theirs, which s3repl did not create, would not replicate its objects: a job tries every rule of the bucket, and fails for these',
        fix: 'to see why, run s3repl doctor; then fix the rule, disable it while the job runs, or narrow the job with --rule',
      },
    ]);
  });

  it.each<[string, Parameters<typeof denyWhere>[0]]>([
    ['of one prefix', { Resource: 'arn:aws:s3:::dst/their/own/*' }],
    [
      'of an older default encryption',
      { Condition: { Null: { 's3:x-amz-server-side-encryption-aws-kms-key-id': 'true' } } },
    ],
  ])('is told where only some of its objects fail: those %s', (_, statement) => {
    expect(warningsIn(denyWhere(statement))).toMatchObject([
      { message: expect.stringMatching(/^rule theirs, .* would not replicate some of its objects: /) },
    ]);
  });
});
