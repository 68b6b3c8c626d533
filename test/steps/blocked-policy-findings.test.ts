import { describe, expect, it } from 'vitest';
import type { Statement } from '../../src/aws/policy.ts';
import { planApply, planDestroy } from '../../src/plan/plan.ts';
import { ownerTag } from '../../src/state/names.ts';
import type { AccountState, BucketState, State } from '../../src/state/state.ts';
import { aBucket, aSpec, DESTINATION, SOURCE } from '../builders.ts';

const name = 'acme-invoices-replica';
const everybody: Statement = {
  Sid: 'Website',
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: `arn:aws:s3:::${name}/*`,
};
const spec = aSpec();

function withBucket(change: Partial<BucketState>, account: Partial<AccountState> = {}): State {
  const bucket = aBucket({ region: 'eu-central-1', policy: { Statement: [everybody] }, ...change });
  return {
    accounts: {
      [SOURCE]: { roles: {}, keys: {}, buckets: { 'acme-invoices': aBucket() } },
      [DESTINATION]: { roles: {}, keys: {}, buckets: { [name]: bucket }, ...account },
    },
  };
}

function blocked(state: State, plan = planApply(state, spec)): readonly string[] {
  return [...plan.problems, ...plan.warnings]
    .filter(({ code }) => code === 'public-policy-blocked')
    .map(
      ({ level, message }) =>
        `${level}: ${/for the (\w+)/.exec(message)?.[1]} ${/the statement (.+?),/.exec(message)?.[1]}`,
    );
}

describe('a public statement of others in a bucket policy that s3repl has to change', () => {
  it('is a problem where BlockPublicPolicy is on, of the bucket or of the account', () => {
    const publicAccessBlock = { BlockPublicPolicy: true };
    expect(blocked(withBucket({ publicAccessBlock }))).toEqual(['problem: bucket Website']);
    expect(blocked(withBucket({}, { publicAccessBlock }))).toEqual(['problem: account Website']);
    expect(blocked(withBucket({ tags: { [ownerTag]: spec.name } }))).toEqual(['problem: bucket Website']);
  });

  it('is a warning where AWS may take it for public', () => {
    const Condition = { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${SOURCE}:role/*` } };
    const { Sid: _, ...rest } = everybody;
    const policy = { Statement: [{ ...rest, Condition }] };
    expect(blocked(withBucket({ publicAccessBlock: { BlockPublicPolicy: true }, policy }))).toEqual([
      'warning: bucket number 1',
    ]);
  });

  it('is nothing where it is not blocked, not public, or the policy stays as it is', () => {
    expect(blocked(withBucket({ publicAccessBlock: { RestrictPublicBuckets: true } }))).toEqual([]);
    expect(blocked(withBucket({}, { publicAccessBlock: 'unknown' }))).toEqual([]);
    const Condition = { StringEquals: { 'aws:SourceVpce': 'vpce-1' } };
    const policy = { Statement: [{ ...everybody, Condition }] };
    expect(blocked(withBucket({ publicAccessBlock: { BlockPublicPolicy: true }, policy }))).toEqual([]);
    const done = planApply(withBucket({}), spec).desired;
    expect(blocked(done)).toEqual([]);
  });

  it('is a problem for destroy as well, which writes the policy without our statement', () => {
    const { desired } = planApply(withBucket({}), spec);
    const bucket = desired.accounts[DESTINATION]?.buckets[name];
    if (!bucket || 'inaccessible' in bucket) throw new Error('no bucket');
    const now = withBucket({ ...bucket, publicAccessBlock: { BlockPublicPolicy: true } });
    expect(blocked(now, planDestroy(now, spec))).toEqual(['problem: bucket Website']);
    const alone = withBucket({ ...bucket, policy: null, publicAccessBlock: { BlockPublicPolicy: true } });
    expect(blocked(alone, planDestroy(alone, spec))).toEqual([]);
  });
});
