import { describe, expect, it } from 'vitest';
import { policy, statementsOf } from '../../src/aws/policy.ts';
import { findNamedBuckets, findNamedKeys, findNamedRoles, withFormerRoles } from '../../src/state/former.ts';
import { inlinePolicyName, ruleIdPrefix } from '../../src/state/names.ts';
import type { State } from '../../src/state/state.ts';
import { aBucket, aRole, aSpec, DESTINATION, keyArn, nothing, SOURCE } from '../builders.ts';

const spec = aSpec();
const replicaKey = keyArn(DESTINATION, 'eu-central-1');
const roleArn = (name: string, account = SOURCE) => `arn:aws:iam::${account}:role/${name}`;

/** A source bucket with one rule, ours unless told otherwise, and a role whose inline policy is about these resources. */
function aState({
  id = `${ruleIdPrefix(spec)}all`,
  resources = [] as readonly string[],
  name = inlinePolicyName(spec),
}): State {
  const statement = { Effect: 'Allow' as const, Action: 's3:*', Resource: resources };
  return {
    accounts: {
      [SOURCE]: {
        buckets: {
          'acme-invoices': aBucket({
            replication: {
              Role: roleArn('path/former'),
              Rules: [
                {
                  ID: id,
                  Status: 'Enabled',
                  Destination: {
                    Bucket: 'arn:aws:s3:::by-rule',
                    Account: DESTINATION,
                    EncryptionConfiguration: { ReplicaKmsKeyID: replicaKey },
                  },
                },
              ],
            },
          }),
        },
        roles: { 's3repl-invoices-dr': aRole({ inlinePolicies: { [name]: policy(statement) } }) },
        keys: {},
      },
    },
  } as unknown as State;
}

const source = 'arn:aws:s3:::acme-invoices';

describe('what repl.yaml may have named once', () => {
  it('is nothing where nothing is', () => {
    for (const named of [findNamedBuckets, findNamedKeys, findNamedRoles]) expect(named(nothing, spec)).toEqual([]);
  });

  it('is what our rules name, with the account of the bucket', () => {
    expect(findNamedBuckets(aState({}), spec)).toEqual([{ name: 'by-rule', account: DESTINATION }]);
    expect(findNamedKeys(aState({}), spec)).toEqual([replicaKey]);
    expect(findNamedRoles(aState({}), spec)).toEqual([roleArn('path/former')]);
  });

  it('is not what the rules of others name', () => {
    for (const named of [findNamedBuckets, findNamedKeys, findNamedRoles])
      expect(named(aState({ id: 'theirs' }), spec)).toEqual([]);
  });

  it('is what the inline policy names, but for the source bucket and what is neither bucket, key nor role', () => {
    const state = aState({
      id: 'theirs',
      resources: [
        source,
        `${source}/*`,
        'arn:aws:s3:::by-policy/*',
        'arn:aws:s3:::by-policy-alone',
        'arn:aws:s3:::Not_A_Bucket',
        'arn:aws:s3:::*',
        'x-arn:aws:s3:::no-arn',
        replicaKey,
        `${replicaKey}/more`,
        `x-${replicaKey}`,
        'arn:aws:kms:eu-west-1:*:key/*',
        roleArn('first'),
        roleArn('a/first'),
        roleArn('s3repl-invoices-dr'),
        roleArn('first'),
        roleArn('of-another-account', DESTINATION),
        `${roleArn('first')}:more`,
        `x-${roleArn('first')}`,
      ],
    });
    expect(findNamedBuckets(state, spec)).toEqual([
      { name: 'by-policy', account: undefined },
      { name: 'by-policy-alone', account: undefined },
    ]);
    expect(findNamedKeys(state, spec)).toEqual([replicaKey]);
    expect(findNamedRoles(state, spec)).toEqual([roleArn('first'), roleArn('a/first')]);
  });

  it('is nothing that a rule of ours which somebody emptied, or a role that is gone, would have named', () => {
    const rule = { ID: `${ruleIdPrefix(spec)}all`, Status: 'Enabled' };
    const toBucket = { ...rule, Destination: { Bucket: 'arn:aws:s3:::by-rule' } };
    const seen = (...Rules: readonly object[]) =>
      ({
        accounts: {
          [SOURCE]: {
            buckets: { 'acme-invoices': aBucket({ replication: { Role: 'none', Rules } as never }) },
            roles: { [roleArn('gone')]: null },
            keys: {},
          },
        },
      }) as State;
    for (const empty of [rule, { ...rule, Destination: {} }, { ...rule, Destination: { Bucket: 'no-arn' } }])
      for (const named of [findNamedBuckets, findNamedKeys, findNamedRoles])
        expect(named(seen(empty), spec)).toEqual([]);
    expect(findNamedBuckets(seen(toBucket), spec)).toEqual([{ name: 'by-rule', account: undefined }]);
    expect(findNamedKeys(seen(toBucket), spec)).toEqual([]);
  });

  it('has the account of its bucket where a rule and the policy name it, and is named once', () => {
    const state = aState({ resources: [source, 'arn:aws:s3:::by-rule', 'arn:aws:s3:::by-rule/*', replicaKey] });
    expect(findNamedBuckets(state, spec)).toEqual([{ name: 'by-rule', account: DESTINATION }]);
    expect(findNamedKeys(state, spec)).toEqual([replicaKey]);
  });

  it('is not what another policy names, or one for another source bucket', () => {
    const resources = ['arn:aws:s3:::by-policy', roleArn('first'), replicaKey];
    for (const state of [
      aState({ id: 'theirs', resources }),
      aState({ id: 'theirs', resources: [source, ...resources], name: 'another' }),
    ])
      for (const named of [findNamedBuckets, findNamedKeys, findNamedRoles]) expect(named(state, spec)).toEqual([]);
  });
});

describe('an inline policy that names roles which are about to go', () => {
  const before = policy({ Sid: 'Read', Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });
  const former = (Resource: string | readonly string[]) => ({
    ...before,
    Statement: [...statementsOf(before), { Sid: 'FormerRoles', Effect: 'Deny', Action: 'iam:PassRole', Resource }],
  });

  it('denies what the role never does', () => {
    expect(withFormerRoles(before, ['a'])).toEqual(former('a'));
    expect(withFormerRoles(before, ['a', 'b'])).toEqual(former(['a', 'b']));
  });

  it('names those of now, and none of before', () => {
    expect(withFormerRoles(withFormerRoles(before, ['a', 'b']), ['c'])).toEqual(former('c'));
  });
});
