import { describe, expect, it } from 'vitest';
import type { Statement } from '../../../src/aws/policy.ts';
import { anyValue, type TellingStatement, tellingStatements } from '../../../src/model/classes/telling-statements.ts';
import { textOf } from '../../../src/model/evaluation/tails.ts';
import { listEnabledRules } from '../../../src/model/replication/prepare.ts';
import { type Change, prepared } from '../changed-probes.ts';
import { deny, plus, policy, source } from '../replication/world.ts';

type Condition = NonNullable<Statement['Condition']>;

/** Of a Deny in the bucket policy of the destination, with all that it distinguishes. */
function tellingOf(more: Partial<Statement>, Version = '2012-10-17'): TellingStatement | undefined {
  return tellingIn((world) => {
    const denial = { Sid: 'No', Effect: 'Deny', Principal: '*', Action: 's3:ReplicateObject' } as const;
    const where = more.NotResource === undefined ? { Resource: 'arn:aws:s3:::dst/*' } : {};
    world.dst.policy = { ...plus(world.dst.policy ?? policy(), { ...denial, ...where, ...more }), Version };
  });
}
function tellingIn(change: Change): TellingStatement | undefined {
  const all = prepared(change);
  const [rule] = listEnabledRules(all);
  return rule && tellingStatements(all, rule).find(({ place }) => place.sid === 'No');
}
const tagsOf = (Condition: Condition) => [...(tellingOf({ Condition })?.tags ?? [])];
/** Stars that stand for any text are `<any>`. */
const keysOf = (telling: TellingStatement | undefined) =>
  telling?.arns.map((patterns) => patterns.map((one) => textOf(one, '<any>').replace('arn:aws:s3:::dst/', '')));

describe('a statement tells objects apart by tags', () => {
  it.each<[string, Condition, ReturnType<typeof tagsOf>]>([
    ['of the object', { StringEquals: { 's3:ExistingObjectTag/class': 'hr' } }, [['class', [['hr', anyValue]]]]],
    ['with slashes in their names', { StringEquals: { 's3:RequestObjectTag/a/b': 'x' } }, [['a/b', [['x', anyValue]]]]],
    [
      'however the key is spelled',
      { StringEquals: { 'S3:requestOBJECTtag/Class': 'x' } },
      [['Class', [['x', anyValue]]]],
    ],
    ['but not by keys that only end so', { StringEquals: { 'my:s3:RequestObjectTag/a': 'x' } }, []],
    ['but not by keys that only begin so', { StringEquals: { 's3:RequestObjectTagger/a': 'x' } }, []],
    [
      'with each of their values',
      { StringEquals: { 's3:RequestObjectTag/a': ['x', 'y'] } },
      [['a', [['x', 'y', anyValue]]]],
    ],
    [
      'in several conditions',
      { StringEquals: { 's3:RequestObjectTag/a': 'x' }, StringNotEquals: { 's3:ExistingObjectTag/a': 'y' } },
      [
        [
          'a',
          [
            ['x', anyValue],
            ['y', anyValue],
          ],
        ],
      ],
    ],
    ['by truths, however that is spelled', { bool: { 's3:RequestObjectTag/a': 'true' } }, [['a', [['true', 'false']]]]],
    [
      'by numbers that are none in JSON, however that is spelled',
      { NUMERICequals: { 's3:RequestObjectTag/a': JSON.parse('5') as string } },
      [['a', [['5', '4', '6']]]],
    ],
    [
      'by their presence, however that is spelled',
      { NULL: { 's3:RequestObjectTag/a': 'false' } },
      [['a', [[anyValue]]]],
    ],
    [
      'by keys, however that is spelled',
      { 'ForAllValues:StringEquals': { 'S3:requestobjecttagKEYS': 'a' } },
      [['a', []]],
    ],
    ['but not by other keys', { 'ForAllValues:StringEquals': { 'aws:TagKeys': 'a' } }, []],
  ])('%s', (_, condition, expected) => {
    expect(tagsOf(condition)).toEqual(expected);
  });

  it.each<[string, string, readonly (readonly [string, string])[], string]>([
    ['StringLike', 'secret*', [['secretx', 'secret*']], 'secretx'],
    ['stringnotlike', 's?t', [['sxt', 's?t']], 'sxt'],
    ['ArnLike', 'arn:*', [['arn:x', 'arn:*']], 'arn:x'],
    ['StringLike', 'plain', [], 'plain'],
    ['StringEquals', 'secret*', [], 'secret*'],
  ])('as %s %s means them, with an example of each', (operator, value, patterns, example) => {
    const telling = tellingOf({ Condition: { [operator]: { 's3:RequestObjectTag/a': value } } });
    expect([...(telling?.tags ?? [])]).toEqual([['a', [[example, anyValue]]]]);
    expect([...(telling?.patternsOfTags ?? [])]).toEqual([[anyValue, '*'], ...patterns]);
  });

  it.each<[string, readonly string[]]>([
    ['${s3:RequestObjectTag/team}', ['team']],
    ['${S3:existingObjectTag/team}', ['team']],
    ['${my:s3:RequestObjectTag/team}', []],
    ['${s3:RequestObjectTag/te\nam}', []],
    ['${s3:RequestObjectTag/}', []],
    ['${aws:userid}', []],
  ])('that a key has in it as %j', (variable, tags) => {
    const telling = tellingOf({ Resource: `arn:aws:s3:::dst/${variable}/*` });
    expect([...(telling?.tags.keys() ?? [])]).toEqual(tags);
    expect(keysOf(telling)).toEqual(tags.map(() => [`${anyValue}/<any>`]));
  });

  it('but not by what looks like a variable where the version of the policy has none', () => {
    const telling = tellingOf({ Resource: 'arn:aws:s3:::dst/${s3:RequestObjectTag/team}/*' }, '2008-10-17');
    expect([...(telling?.tags.keys() ?? [])]).toEqual([]);
    expect(keysOf(telling)).toEqual([['${s3:RequestObjectTag/team}/<any>']]);
  });
});

describe('a statement tells objects apart by keys', () => {
  const context = 'kms:EncryptionContext:aws:s3:arn';
  const inHr = 'arn:aws:s3:::dst/hr/*';

  it.each<[string, Partial<Statement>, readonly (readonly string[])[]]>([
    ['of Resource', { Resource: [inHr, 'arn:aws:s3:::dst/?'] }, [['hr/<any>', '?']]],
    ['of NotResource', { NotResource: inHr }, [['hr/<any>']]],
    ['of the encryption context', { Condition: { StringLike: { [context]: inHr } } }, [['<any>'], ['hr/<any>']]],
    ['of an ARN in it', { Condition: { ArnEquals: { [context]: inHr } } }, [['<any>'], ['hr/<any>']]],
    [
      'of one of several ARNs',
      { Condition: { 'forAnyValue:arnEquals': { [context]: inHr } } },
      [['<any>'], ['hr/<any>']],
    ],
    ['of a text in it', { Condition: { StringEquals: { [context]: inHr } } }, [['<any>'], ['hr/*']]],
    [
      'of a text under an operator that only has arn in its name',
      { Condition: { StringEqualsWarned: { [context]: inHr } } },
      [['<any>'], ['hr/*']],
    ],
    [
      'of two conditions',
      { Condition: { StringLike: { [context]: inHr }, StringNotLike: { [context.toUpperCase()]: 'x*' } } },
      [['<any>'], ['hr/<any>'], ['x<any>']],
    ],
    [
      'but not of other members of it',
      { Condition: { StringLike: { 'kms:EncryptionContext:team': inHr } } },
      [['<any>']],
    ],
    ['but not of a condition that is none', { Condition: JSON.parse('"s3"') as Condition }, [['<any>']]],
    ['but not of an operator without keys', { Condition: JSON.parse('{"StringLike":"s3"}') as Condition }, [['<any>']]],
  ])('%s', (_, more, expected) => {
    expect(keysOf(tellingOf(more))).toEqual(expected);
  });
});

it('a statement tells objects apart by keys that begin with what all requests to a bucket have', () => {
  const telling = tellingIn((world) => {
    world.accounts[source] = { organization: { id: 'o-1' } };
    const Resource = 'arn:aws:s3:::src/${aws:ResourceOrgID}/*';
    world.src.policy = policy(deny('s3:GetObjectVersionAcl', { Principal: '*', Resource }));
  });
  expect(telling?.arns.map((patterns) => patterns.map((one) => textOf(one)))).toEqual([['arn:aws:s3:::src/o-1/*']]);
});

describe('a statement tells objects apart', () => {
  const none = { encryption: false, customerKey: false, context: false, tagging: false };

  it.each<[string, Partial<Statement>, Partial<typeof none>]>([
    ['by nothing else', {}, {}],
    [
      'by encryption',
      { Condition: { StringEquals: { 'S3:x-amz-server-side-encryption': 'x' } } },
      { encryption: true },
    ],
    [
      'by encryption with a key of its own',
      { Condition: { Null: { 's3:x-amz-server-side-encryption-customer-algorithm': 'true' } } },
      { encryption: true, customerKey: true },
    ],
    ['by the encryption context', { Condition: { Null: { 'KMS:encryptioncontext:team': 'true' } } }, { context: true }],
    [
      'by one condition of several',
      { Condition: { Bool: { 'aws:SecureTransport': 'false' }, Null: { 'kms:EncryptionContext:a': 'true' } } },
      { context: true },
    ],
    [
      'but not by keys that only end so',
      {
        Condition: { Null: { 'my:s3:x-amz-server-side-encryption': 'true', 'my:kms:EncryptionContext:a': 'true' } },
      },
      {},
    ],
    ['by whether they have tags, where it is about these', { Action: 's3:ReplicateTags' }, { tagging: true }],
    ['by whether they have tags, among others', { Action: ['s3:ReplicateObject', 's3:*'] }, { tagging: true }],
  ])('%s', (_, more, expected) => {
    const { encryption, customerKey, context, tagging } = tellingOf(more) ?? {};
    expect({ encryption, customerKey, context, tagging }).toEqual({ ...none, ...expected });
  });
});
