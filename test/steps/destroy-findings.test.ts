import { describe, expect, it } from 'vitest';
import type { Region } from '../../src/aws/brand.ts';
import { type PolicyDocument, statementsOf } from '../../src/aws/policy.ts';
import { planApply, planDestroy } from '../../src/plan/plan.ts';
import { sidPrefix } from '../../src/state/names.ts';
import type { State } from '../../src/state/state.ts';
import {
  aBucket,
  aDestination,
  aKey,
  aRole,
  aRule,
  aSource,
  aSpec,
  DESTINATION,
  keyArn,
  nothing,
  ownKey,
  SOURCE,
} from '../builders.ts';
import { branded } from '../plain.ts';
import { accountOf, put } from '../plain-state.ts';

const spec = aSpec();
const roleArn = `arn:aws:iam::${SOURCE}:role/s3repl-invoices-dr`;

function codes(state: State): readonly string[] {
  const { problems, warnings } = planDestroy(state, spec);
  return [...problems, ...warnings].map(({ level, code }) => `${level} ${code}`);
}

function sidsOf(policy: PolicyDocument | undefined): readonly string[] {
  return statementsOf(policy ?? null).map(({ Sid = '' }) => Sid);
}

describe('what does not matter to destroy', () => {
  it('is a key that is disabled or on its way out, a bucket or a role that is gone', () => {
    const scheduled = ownKey(keyArn(), 'source', spec);
    const state = put(nothing, SOURCE, 'keys', keyArn(), {
      ...scheduled,
      metadata: { ...scheduled.metadata, KeyState: 'PendingDeletion' },
    });
    expect(codes(state)).toEqual([]);
    expect(planDestroy(put(state, SOURCE, 'buckets', 'acme-invoices', null), spec).changes).toEqual([]);
  });

  it('is another default encryption, a suspended versioning, a foreign role of foreign rules', () => {
    const Rules = [{ ID: 'theirs', Priority: 1, Status: 'Enabled' as const, Filter: {}, Destination: { Bucket: 'x' } }];
    const bucket = aBucket({ versioning: 'Suspended', replication: { Role: 'arn:aws:iam::1:role/theirs', Rules } });
    const state = put(nothing, SOURCE, 'buckets', 'acme-invoices', bucket);
    expect(codes(state)).toEqual([]);
    expect(planDestroy(state, spec).changes).toEqual([]);
  });
});

describe('what stops destroy', () => {
  it.each([
    ['a bucket that nobody shows us', { inaccessible: 'forbidden' as const }, 'problem bucket-forbidden'],
    [
      'a bucket elsewhere',
      { inaccessible: 'wrong-region' as const, region: branded<Region>('eu-west-3') },
      'problem bucket-region',
    ],
  ])('is %s: nobody knows what of ours is in it', (_, bucket, code) => {
    expect(codes(put(nothing, SOURCE, 'buckets', 'acme-invoices', bucket))).toEqual([code]);
  });

  it.each([
    [false, ['warning bucket-of-another'], []],
    [true, ['problem bucket-forbidden'], [expect.stringContaining('s3:ListBucket on it')]],
    [undefined, ['problem bucket-forbidden'], [expect.stringContaining('list the buckets of account')]],
  ])(
    'is a destination that is not shown to us, unless another account owns it (owned: %s)',
    (owned, expected, fixes) => {
      const bucket = { inaccessible: 'forbidden' as const, ...(owned === undefined ? {} : { owned }) };
      const account = spec.destinations[0]?.account ?? '';
      const state = put(nothing, account, 'buckets', 'acme-invoices-replica', bucket);
      expect(codes(state)).toEqual(expected);
      expect(planDestroy(state, spec).problems.map(({ fix }) => fix)).toEqual(fixes);
    },
  );

  it('is a role of our name that works for another source bucket', () => {
    const Statement = [{ Sid: 'SourceBucket', Effect: 'Allow' as const, Action: 'x', Resource: 'arn:aws:s3:::other' }];
    const role = aRole({ tags: { s3repl: spec.name }, inlinePolicies: { 's3repl-invoices-dr': { Statement } } });
    expect(codes(put(nothing, SOURCE, 'roles', roleArn, role))).toEqual(['problem name-in-use']);
  });
});

describe('what destroy tells', () => {
  it('is that our role stays, where others have given it policies', () => {
    const role = aRole({ tags: { s3repl: spec.name }, attachedPolicies: ['arn:aws:iam::1:policy/theirs'] });
    const state = put(nothing, SOURCE, 'roles', roleArn, role);
    expect(codes(state)).toEqual(['warning role-stays']);
    expect(planDestroy(state, spec).changes).toEqual([]);
  });

  it('is a deleted principal of others in a policy that has to be written again', () => {
    const { desired } = planApply(nothing, spec);
    const destination = spec.destinations[0]?.account ?? '';
    const dead = { Effect: 'Allow' as const, Principal: { AWS: 'AROAEXAMPLE' }, Action: 's3:*', Resource: 'x' };
    const bucket = accountOf(desired, destination).buckets['acme-invoices-replica'];
    if (!bucket || 'inaccessible' in bucket) throw new Error('no bucket');
    const policy = { ...bucket.policy, Statement: [dead, ...statementsOf(bucket.policy)] };
    const state = put(desired, destination, 'buckets', 'acme-invoices-replica', { ...bucket, policy });
    expect(codes(state)).toEqual(['problem deleted-principal']);
  });
});

it('destroy tells of a bucket before the role, of former things next, and last of what AWS would refuse to write', () => {
  const before = aSpec({
    destinations: [
      aDestination({ bucket: 'acme-former', account: '333333333333', rules: [aRule({ id: 'former' })] }),
      aDestination({ id: 'destinations[1]' }),
    ],
  });
  const { '333333333333': _, ...accounts } = planApply(nothing, before).desired.accounts;
  const dead = { Effect: 'Allow' as const, Principal: { AWS: 'AROAEXAMPLE' }, Action: '*', Resource: '*' };
  const everybody = { ...dead, Principal: '*' };
  const first = <T>(things: Readonly<Record<string, T>> = {}) => Object.entries(things)[0] ?? [];
  const [bucketName = '', bucket] = first(accounts[DESTINATION]?.buckets);
  const [arn = '', key] = first(accounts[DESTINATION]?.keys);
  const [, role] = first(accounts[SOURCE]?.roles);
  if (!bucket || 'inaccessible' in bucket || !key || !role) throw new Error('not set up');
  const withTheirs = (policy: PolicyDocument | null, ...theirs: readonly (typeof dead | typeof everybody)[]) => ({
    ...policy,
    Statement: [...theirs, ...statementsOf(policy)],
  });
  let state: State = { accounts };
  state = put(state, DESTINATION, 'buckets', bucketName, {
    ...bucket,
    policy: withTheirs(bucket.policy, dead, everybody),
  });
  state = put(state, DESTINATION, 'keys', arn, { ...key, policy: withTheirs(key.policy, dead) });
  state = put(state, DESTINATION, 'buckets', 'acme-lost', { inaccessible: 'forbidden', owned: false });
  state = put(state, SOURCE, 'roles', roleArn, { ...role, attachedPolicies: ['arn:aws:iam::1:policy/theirs'] });
  const after = aSpec({
    destinations: [aDestination(), aDestination({ id: 'destinations[1]', bucket: 'acme-lost' })],
  });
  const { problems, warnings } = planDestroy(state, after);
  expect(warnings.map(({ code }) => code)).toEqual([
    'bucket-of-another',
    'role-stays',
    'former-destination',
    'former-key',
  ]);
  expect(problems.map(({ step, code }) => `${step} ${code}`)).toEqual([
    'bucket-policy deleted-principal',
    'key-policy deleted-principal',
    'bucket-policy public-policy-blocked',
  ]);
});

describe('what lets people read', () => {
  it('stays with the key: administrators and users of a key that we made', () => {
    const withUsers = aSpec({
      newKeys: {
        administrators: [`arn:aws:iam::${SOURCE}:role/KeyAdmin`],
        users: [`arn:aws:iam::${SOURCE}:role/App`],
      },
    });
    const { desired, stays = [] } = planDestroy(planApply(nothing, withUsers).desired, withUsers);
    const key = Object.values(accountOf(desired, SOURCE).keys)[0];
    const prefix = sidPrefix(withUsers);
    const people = ['KeyAdministrators', 'KeyUsersThroughS3', 'KeyViewers'].map((purpose) => prefix + purpose);
    expect(sidsOf(key?.policy).slice(1)).toEqual(people);
    for (const sid of people) expect(stays.join('\n')).toContain(`${sid} on alias/s3repl-invoices-dr`);
  });

  it('stays with the key: a destination account that reads replicas under the key of the source', () => {
    const shared = aSpec({
      source: aSource({ kmsKey: { kind: 'arn', arn: keyArn() } }),
      destinations: [aDestination({ region: 'eu-west-1', kmsKey: { kind: 'source' } })],
    });
    const seen = put(nothing, SOURCE, 'keys', keyArn(), aKey(keyArn()));
    const { desired } = planDestroy(planApply(seen, shared).desired, shared);
    const key = accountOf(desired, SOURCE).keys[keyArn()];
    expect(sidsOf(key?.policy).slice(1)).toEqual(
      [`ReplicaReaders${DESTINATION}`, 'KeyViewers'].map((purpose) => sidPrefix(shared) + purpose),
    );
  });
});
