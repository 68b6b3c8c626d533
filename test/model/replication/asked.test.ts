import { expect, it } from 'vitest';
import type { Statement } from '../../../src/aws/policy.ts';
import { attemptUnderEachHost } from '../../../src/model/replication/judge.ts';
import { listEnabledRules, prepare } from '../../../src/model/replication/prepare.ts';
import { judgeObject } from '../../../src/model/replication.ts';
import {
  conditioned,
  deny,
  dstKeyArn,
  healthy,
  other,
  plus,
  policy,
  roleArn,
  rule,
  snapshotOf,
  source,
  type World,
} from './world.ts';

const allowed = (Action: string, Condition: NonNullable<Statement['Condition']>): Statement => ({
  Effect: 'Allow',
  Principal: { AWS: roleArn },
  Action,
  Resource: '*',
  Condition,
});

/** What becomes of the object of a healthy setup that was changed. */
function outcomeOf(...changes: readonly ((world: World) => void)[]) {
  const world = healthy();
  for (const change of changes) change(world);
  return judgeObject(prepare(snapshotOf(world)), world.object).map(({ outcome }) => outcome);
}

it.each([
  ['replicates', 'the session of the role by its ID', 'AROAEXAMPLE'],
  ['fails', 'the session of another ID', 'AROAOTHER'],
  ['unknown', 'the session of an ID that could not be read', 'unknown'],
  ['unknown', 'the session of an ID that nobody looked at', undefined],
])('an object %s where a Deny leaves out %s', (outcome, _, roleId) => {
  const butFor = { StringNotLike: { 'aws:userid': 'AROAEXAMPLE:*' } };
  expect(
    outcomeOf((world) => {
      world.role = (role) => ({ ...role, ...(roleId !== undefined && { roleId }) });
      world.dst.policy = plus(world.dst.policy, deny('s3:ReplicateObject', { Principal: '*', Condition: butFor }));
    }),
  ).toEqual([outcome]);
});

it('whether a rule by tags takes an object that KMS encrypts is known again by rule and encryption', () => {
  const world = healthy();
  const Filter = { Tag: { Key: 'team', Value: 'a' } };
  world.rules = [rule({ Filter, SourceSelectionCriteria: {} })];
  const prepared = prepare(snapshotOf(world));
  const path = ['accounts', source, 'buckets', 'src', 'replication', 'Rules', 0];
  const [verdict] = judgeObject(prepared, { ...world.object, tags: 'unknown' });
  expect(verdict?.causes.map(({ same }) => same)).toContainEqual(['taken', path, 'SSE-KMS']);
});

it('of a replica key that does not exist, only this is told', () => {
  const world = healthy();
  const gone = dstKeyArn.replaceAll('2-2', '3-3');
  world.keys = { [gone]: null };
  world.rules = [
    rule({
      Destination: {
        ...rule().Destination,
        Bucket: 'arn:aws:s3:::dst',
        EncryptionConfiguration: { ReplicaKmsKeyID: gone },
      },
    }),
  ];
  const prepared = prepare(snapshotOf(world));
  const findings = listEnabledRules(prepared).flatMap(
    (one) => attemptUnderEachHost(prepared, world.object, one).findings,
  );
  expect(findings.map((one) => [one.effect, one.cause.check])).toEqual([['stops', 'C18']]);
});

it.each([
  ['the role itself', ['AROAEXAMPLE'], undefined],
  ['a role that was deleted', ['AROAOTHER'], 'AROAOTHER'],
  ['the role and one that was deleted', ['AROAEXAMPLE', 'AROAOTHER'], 'AROAOTHER'],
])('a bucket policy that names %s by ID and does not allow says so', (_, AWS, deleted) => {
  const world = healthy();
  world.role = (role) => ({ ...role, roleId: 'AROAEXAMPLE' });
  world.dst.policy = policy({ Effect: 'Allow', Principal: { AWS }, Action: 's3:ReplicateDelete', Resource: '*' });
  const [verdict] = judgeObject(prepare(snapshotOf(world)), world.object);
  const [, named] = /It names (\S+), a role or user that was deleted/.exec(verdict?.causes[0]?.summary ?? '') ?? [];
  expect(verdict?.outcome).toBe('fails');
  expect(named).toBe(deleted);
});

it('whether a Bucket Key is used is known again by the bucket', () => {
  const world = healthy();
  const only = (name: string) => ({ StringEquals: { 'kms:EncryptionContext:aws:s3:arn': `arn:aws:s3:::${name}` } });
  world.rolePolicy = conditioned(world.rolePolicy, only('dst'));
  world.srcKey.policy = plus(world.srcKey.policy, allowed('kms:Decrypt', only('src')));
  const [verdict] = judgeObject(prepare(snapshotOf(world)), { ...world.object, bucketKey: 'unknown' });
  expect(verdict?.causes.map(({ same }) => same)).toContainEqual(['whether a Bucket Key is used', 'dst']);
});

it('an object whose owner the bucket does not control is known again by its owner', () => {
  const world = healthy();
  world.src.ownership = 'ObjectWriter';
  const [verdict] = judgeObject(prepare(snapshotOf(world)), { ...world.object, owner: '333333333333' });
  expect(verdict?.causes.map(({ same }) => same)).toEqual([['owner', '333333333333']]);
});

it('a public statement that is the only one has no index', () => {
  const world = healthy();
  const Statement = { Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::dst/*' } as const;
  world.dst.policy = { Version: '2012-10-17', Statement };
  world.dst.publicAccessBlock = { RestrictPublicBuckets: true };
  const [verdict] = judgeObject(prepare(snapshotOf(world)), world.object);
  const path = ['accounts', other, 'buckets', 'dst', 'policy', 'Statement'];
  expect(verdict?.causes).toMatchObject([{ check: 'C12', evidence: { path } }]);
});

it('what is refused in every case is refused, also where nobody knows the time of the snapshot', () => {
  const world = healthy();
  const byMfa = (is: string) =>
    deny('s3:ReplicateObject', { Principal: '*', Condition: { Null: { 'aws:MultiFactorAuthPresent': is } } });
  world.dst.policy = plus(plus(world.dst.policy, byMfa('true')), byMfa('false'));
  const verdicts = judgeObject(prepare({ ...snapshotOf(world), takenAt: 'some day' }), world.object);
  expect(verdicts.map(({ outcome }) => outcome)).toEqual(['fails']);
});

it.each<[string, NonNullable<Statement['Condition']>]>([
  ['an organization', { Null: { 'aws:PrincipalOrgID': 'true' } }],
  ['a place in one', { Null: { 'aws:PrincipalOrgPaths': 'true' } }],
  ['later times', { NumericLessThan: { 'aws:EpochTime': '1800000000' } }],
])('an object fails where a Deny leaves out only %s', (_, Condition) => {
  expect(
    outcomeOf((world) => {
      world.accounts[source] = { organization: null };
      world.dst.policy = plus(world.dst.policy, deny('s3:ReplicateObject', { Principal: '*', Condition }));
    }),
  ).toEqual(['fails']);
});
