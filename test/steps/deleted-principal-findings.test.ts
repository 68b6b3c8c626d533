import { describe, expect, it } from 'vitest';
import { type PolicyDocument, type Statement, statementsOf } from '../../src/aws/policy.ts';
import { planApply, planDestroy } from '../../src/plan/plan.ts';
import type { State } from '../../src/state/state.ts';
import { aSpec, DESTINATION, nothing, SOURCE } from '../builders.ts';
import { bucketOf, put } from '../plain-state.ts';

const [dead, alive] = ['AROAEXAMPLEEXAMPLE123', `arn:aws:iam::${DESTINATION}:role/reader`];
const bucket = 'acme-invoices-replica';
const spec = aSpec();
const { desired: applied } = planApply(nothing, spec);

/** The bucket policy of the destination, with a statement of somebody else before ours. */
function withTheirs(state: State, theirs: Partial<Statement>, ours = true): State {
  const found = bucketOf(state, DESTINATION, bucket);
  if (!found) throw new Error('there is a destination');
  const statement: Statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...theirs };
  const Statement = [statement, ...(ours ? statementsOf(found.policy) : [])];
  const policy: PolicyDocument = { Version: '2012-10-17', Statement };
  return put(state, DESTINATION, 'buckets', bucket, { ...found, policy });
}

const problemsIn = (state: State) => planApply(state, spec).problems.map(({ message, fix }) => `${message} → ${fix}`);

describe('a deleted principal in a policy of others that has to be written', () => {
  const refusal = (named: string) =>
    `S3 refuses to write the policy of bucket ${bucket}: its statement ${named}, which s3repl did not write, names ${dead}, a role or user that was deleted`;
  it.each<[string, Partial<Statement>, string, string]>([
    [
      'alone',
      { Sid: 'Readers', Principal: { AWS: dead } },
      '"Readers"',
      'remove statement "Readers" from the policy: it names nobody else',
    ],
    [
      'in a list of one',
      { Principal: { AWS: [dead] } },
      'number 1',
      'remove statement number 1 from the policy: it names nobody else',
    ],
    [
      'among others',
      { Principal: { AWS: [alive, dead] } },
      'number 1',
      `remove ${dead} from statement number 1, and leave its other principals`,
    ],
    [
      'beside a service',
      { Principal: { AWS: dead, Service: 'ec2.amazonaws.com' } },
      'number 1',
      `remove ${dead} from statement number 1, and leave its other principals`,
    ],
    [
      'of a NotPrincipal',
      { Sid: 'Only', Effect: 'Deny', NotPrincipal: { AWS: dead } },
      '"Only"',
      `in NotPrincipal of statement "Only", write the ARN of the role or user that replaces it, or remove ${dead} if there is none`,
    ],
  ])('%s is a problem that says which statement, and what to do', (_, theirs, named, fix) => {
    expect(problemsIn(withTheirs(applied, theirs, false))).toEqual([`${refusal(named)} → ${fix}`]);
  });

  it('stops destroy as well', () => {
    const state = withTheirs(applied, { Sid: 'Readers', Principal: { AWS: dead } });
    expect(planDestroy(state, spec).problems.map(({ code }) => code)).toEqual(['deleted-principal']);
  });

  it('says nothing where the policy stays as it is', () => {
    expect(planApply(withTheirs(applied, { Principal: { AWS: dead } }), spec).problems).toEqual([]);
  });

  it('says nothing of other principals', () => {
    for (const Principal of [
      { AWS: alive },
      { Federated: `arn:aws:iam::${SOURCE}:saml-provider/AROA1` },
      { Service: dead },
    ])
      expect(problemsIn(withTheirs(applied, { Principal }, false))).toEqual([]);
  });

  it('says nothing of our own statement, which names the role that is there now', () => {
    const found = bucketOf(applied, DESTINATION, bucket);
    const [ours] = statementsOf(found?.policy ?? null);
    if (!found || !ours) throw new Error('there is a statement of ours');
    const policy = { Version: '2012-10-17', Statement: [{ ...ours, Principal: { AWS: dead } }] };
    const { problems, changes } = planApply(put(applied, DESTINATION, 'buckets', bucket, { ...found, policy }), spec);
    expect(problems).toEqual([]);
    expect(changes.map(({ resource }) => resource)).toEqual([`policy of bucket ${bucket}`]);
  });
});
