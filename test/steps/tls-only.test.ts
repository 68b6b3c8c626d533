import { describe, expect, it } from 'vitest';
import { type Statement, statementsOf } from '../../src/aws/policy.ts';
import type { Spec } from '../../src/config/spec.ts';
import { judgeClasses } from '../../src/model/classes/judge-classes.ts';
import { prepare } from '../../src/model/replication/prepare.ts';
import { planApply, planDestroy } from '../../src/plan/plan.ts';
import { preflight } from '../../src/plan/preflight.ts';
import { snapshotOf } from '../../src/plan/snapshot-of.ts';
import { ownerTag, sidPrefix } from '../../src/state/names.ts';
import type { State } from '../../src/state/state.ts';
import { callsIn } from '../any-call.ts';
import { aBucket, aDestination, aSpec, DESTINATION, nothing, SOURCE } from '../builders.ts';
import { bucketOf } from '../plain-state.ts';
import { pureAws } from './pure-aws.ts';

const [source, replica] = ['acme-invoices', 'acme-invoices-replica'];
const ourTag = { [ownerTag]: 'invoices-dr' };
const sid = `${sidPrefix(aSpec())}TlsOnly`;

function tlsDeny(bucket: string, more: Partial<Statement> = {}): Statement {
  return {
    Sid: sid,
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    ...more,
  };
}

/** A source bucket of somebody else and a destination bucket of ours, each with these statements. */
function existing(ofSource: readonly Statement[] = [], ofReplica: readonly Statement[] = []): State {
  const policy = (statements: readonly Statement[]) =>
    statements.length === 0 ? null : { Version: '2012-10-17', Statement: statements };
  const empty = { roles: {}, keys: {} };
  return {
    accounts: {
      [SOURCE]: { ...empty, buckets: { [source]: aBucket({ policy: policy(ofSource) }) } },
      [DESTINATION]: {
        ...empty,
        buckets: { [replica]: aBucket({ region: 'eu-central-1', tags: ourTag, policy: policy(ofReplica) }) },
      },
    },
  };
}

/** Which buckets refuse requests without TLS by which statements, after a run. */
function refusing(state: State, spec: Spec): readonly string[] {
  const { desired } = planApply(state, spec);
  return [bucketOf(desired, SOURCE, source), bucketOf(desired, DESTINATION, replica)].flatMap((bucket, index) =>
    statementsOf(bucket?.policy ?? null)
      .filter(({ Effect }) => Effect === 'Deny')
      .map(({ Sid }) => `${index === 0 ? source : replica} ${Sid === sid ? 'ours' : Sid}`),
  );
}

const warned = (state: State, spec: Spec) =>
  planApply(state, spec)
    .warnings.filter(({ code }) => code === 'tls-only')
    .map(({ side, message }) => `${side} ${message}`);

const both = [`${source} ours`, `${replica} ours`];

describe('requests without TLS', () => {
  it('are refused by both buckets that are created, without a warning, by the statement that AWS’s rule asks for', () => {
    expect(refusing(nothing, aSpec())).toEqual(both);
    expect(warned(nothing, aSpec())).toEqual([]);
    const policy = bucketOf(planApply(nothing, aSpec()).desired, SOURCE, source)?.policy;
    expect(statementsOf(policy ?? null)).toEqual([tlsDeny(source)]);
  });

  it('are refused by both buckets within one account, too', () => {
    const { desired } = planApply(nothing, aSpec({ destinations: [aDestination({ account: SOURCE })] }));
    for (const name of [source, replica])
      expect(statementsOf(bucketOf(desired, SOURCE, name)?.policy ?? null)).toEqual([tlsDeny(name)]);
  });

  it('are refused by an existing bucket of ours, with a warning, and not by one of somebody else', () => {
    expect(refusing(existing(), aSpec())).toEqual([`${replica} ours`]);
    expect(warned(existing(), aSpec())).toEqual([`destinations[0] S3 will refuse requests to ${replica} without TLS`]);
  });

  it('are refused by every bucket with tlsOnly: true, with a warning for each that exists', () => {
    const spec = aSpec({ tlsOnly: true });
    expect(refusing(existing(), spec)).toEqual(both);
    expect(warned(existing(), spec)).toHaveLength(2);
    expect(warned(planApply(existing(), spec).desired, spec)).toEqual([]);
  });

  it('are refused by none with tlsOnly: false: ours goes, and nobody else’s', () => {
    const spec = aSpec({ tlsOnly: false });
    expect(refusing(nothing, spec)).toEqual([]);
    const state = existing([tlsDeny(source)], [tlsDeny(replica), tlsDeny(replica, { Sid: 'Theirs' })]);
    expect(refusing(state, spec)).toEqual([`${replica} Theirs`]);
  });

  it('stay refused where the tag or the line of repl.yaml is gone', () => {
    expect(refusing(existing([tlsDeny(source)]), aSpec())).toEqual(both);
  });

  it.each<[string, Partial<Statement>]>([
    ['the same statement', {}],
    [
      'it in another shape',
      { Principal: { AWS: '*' }, Resource: [`arn:aws:s3:::${source}/*`, `arn:aws:s3:::${source}`] },
    ],
    ['it in other letters', { Action: ['S3:*'], Condition: { Bool: { 'AWS:securetransport': ['false'] } } }],
  ])('are not refused twice where somebody else’s policy has %s', (_, more) => {
    const state = existing([tlsDeny(source, { Sid: 'Theirs', ...more })]);
    const spec = aSpec({ tlsOnly: true });
    expect(refusing(state, spec)).toEqual([`${source} Theirs`, `${replica} ours`]);
    expect(warned(state, spec)).toHaveLength(1);
    expect(refusing(existing([tlsDeny(source), tlsDeny(source, { Sid: 'Theirs', ...more })]), spec)).toEqual([
      `${source} ours`,
      `${source} Theirs`,
      `${replica} ours`,
    ]);
  });

  it.each<[string, Partial<Statement>]>([
    ['of reads only', { Action: 's3:GetObject' }],
    ['of objects only', { Resource: `arn:aws:s3:::${source}/*` }],
    ['of one role only', { Principal: { AWS: `arn:aws:iam::${SOURCE}:role/App` } }],
    [
      'with a further condition',
      { Condition: { Bool: { 'aws:SecureTransport': 'false' }, Null: { 'aws:SourceVpc': 'true' } } },
    ],
  ])('are refused by ours beside somebody else’s statement %s', (_, more) => {
    const state = existing([tlsDeny(source, { Sid: 'Theirs', ...more })]);
    expect(refusing(state, aSpec({ tlsOnly: true }))).toContain(`${source} ours`);
  });

  it('are let in again by destroy, in one write a bucket, after the rule is gone', () => {
    const aws = pureAws(nothing);
    aws.run(planApply(aws.state, aSpec()).changes);
    const { changes } = planDestroy(aws.state, aSpec());
    const calls = callsIn(changes.filter(({ step }) => step === 'bucket-policy'));
    expect(calls.map(({ operation, turn, input }) => [operation, turn, input.Bucket])).toEqual([
      ['DeleteBucketPolicy', 5, source],
      ['DeleteBucketPolicy', 5, replica],
    ]);
  });

  it('are refused from before the rule on, in one write a bucket', () => {
    const calls = planApply(existing(), aSpec({ tlsOnly: true }))
      .changes.filter(({ step }) => step === 'bucket-policy')
      .flatMap((change) => change.calls);
    expect(calls.map(({ operation, turn, side }) => [operation, turn, side])).toEqual([
      ['PutBucketPolicy', 2, 'source'],
      ['PutBucketPolicy', 2, 'destinations[0]'],
    ]);
  });
});

it('a Deny without TLS adds no class of objects to what the model is asked about, nor a warning', () => {
  const takenAt = new Date('2026-11-28T00:00:00Z');
  const judged = (spec: Spec) => preflight(planApply(nothing, spec).desired, spec, takenAt);
  const [without, having] = [judged(aSpec({ tlsOnly: false })), judged(aSpec())];
  expect(having.outcome).toBe('replicates');
  expect(having.verdicts.map(({ probe, name }) => [probe, name])).toEqual(
    without.verdicts.map(({ probe, name }) => [probe, name]),
  );
  expect(having.warnings).toEqual(without.warnings);
  const prepared = (spec: Spec) => prepare(snapshotOf(planApply(nothing, spec).desired, spec, takenAt));
  const tried = (spec: Spec) => judgeClasses(prepared(spec));
  expect(tried(aSpec()).others).toHaveLength(tried(aSpec({ tlsOnly: false })).others.length);
  expect(tried(aSpec()).clean).toHaveLength(tried(aSpec({ tlsOnly: false })).clean.length);
});
