import { expect, it } from 'vitest';
import type { Statement } from '../../../src/aws/policy.ts';
import { objectClasses } from '../../../src/model/replication/object-classes.ts';
import { deny, healthy, plus, snapshotOf } from './world.ts';

function classesIn(more: Partial<Statement> = {}) {
  const world = healthy();
  world.dst.policy = plus(world.dst.policy, deny('s3:ReplicateObject', { Principal: '*', ...more }));
  return objectClasses(snapshotOf(world));
}
const [hr, other] = ['arn:aws:s3:::dst/hr/a', 'arn:aws:s3:::dst/a'];
const when = (operator: string, key: string): Partial<Statement> => ({ Condition: { [operator]: { [key]: 'x' } } });

it.each<[string, Partial<Statement>, boolean]>([
  ['a wildcard', { Resource: 'arn:aws:s3:::dst/hr/*' }, true],
  ['a question mark', { Resource: 'arn:aws:s3:::dst/?' }, true],
  ['the name of one', { Resource: hr }, true],
  ['a condition', { Condition: { StringLike: { 'kms:EncryptionContext:aws:s3:arn': '*/hr/*' } } }, true],
  ['nothing that they do not share', { Resource: 'arn:aws:s3:::dst/*' }, false],
  ['a text that is no pattern', when('StringEquals', 'aws:PrincipalOrgID'), false],
])('objects are of two classes where a policy tells them apart by %s', (_, more, expected) => {
  const { classOf } = classesIn(more);
  expect(classOf(hr)).toBeDefined();
  expect(classOf(hr) !== classOf(other)).toBe(expected);
  // Asked again, they are the same.
  expect([classOf(hr), classOf(other)]).toEqual([classesIn(more).classOf(hr), classesIn(more).classOf(other)]);
});

it.each<[string, Partial<Statement>]>([
  ['variables', { Resource: 'arn:aws:s3:::dst/${aws:PrincipalAccount}/*' }],
  ['texts in any case', when('StringEqualsIgnoreCase', 'aws:PrincipalTag/team')],
  ['their versions', when('StringEquals', 's3:VersionId')],
])('objects have no classes, and may differ by tags, where a policy tells them apart by %s', (_, more) => {
  const { classOf, namesTags } = classesIn(more);
  expect([classOf(hr), classOf(other), namesTags]).toEqual([undefined, undefined, true]);
});

it.each([
  ['s3:ExistingObjectTag/team', true],
  ['s3:RequestObjectTagKeys', true],
  ['aws:PrincipalTag/team', false],
])('whether policies tell objects apart by tags: %s', (key, expected) => {
  expect(classesIn(when('StringEquals', key)).namesTags).toBe(expected);
});
