import { describe, expect, it } from 'vitest';
import { classText } from '../../../src/model/classes/class-text.ts';
import { covers, judgeClasses } from '../../../src/model/classes/judge-classes.ts';
import { most } from '../../../src/model/classes/most-probes.ts';
import type { Exclusion } from '../../../src/model/object-class.ts';
import type { Probe } from '../../../src/model/probes.ts';
import { byEncryption, type Change, denyThere, prepared, tagged, withDefault } from '../changed-probes.ts';
import { deny, healthy, plus, policy, rule, srcKeyArn, without } from '../replication/world.ts';

const textOf = (probe: Probe) => `${probe.rule.id}: ${classText(probe)}`;
const judgedIn = (...changes: Change[]) => judgeClasses(prepared(...changes));
const othersIn = (...changes: Change[]) => judgedIn(...changes).others.map(({ probe }) => classText(probe));

/** A Deny of reading the ACL of objects in the source bucket. */
const denyRead =
  (Condition: Parameters<typeof denyThere>[0], ...keys: readonly string[]): Change =>
  (world) => {
    const Resource = keys.map((key) => `arn:aws:s3:::src/${key}`);
    const denial = deny('s3:GetObjectVersionAcl', { Principal: '*', Resource, ...(Condition && { Condition }) });
    world.src.policy = plus(world.src.policy ?? policy(), denial);
  };
const secret = { StringEquals: { 's3:ExistingObjectTag/class': 'secret' } };
const allowedOutside =
  (keys: string): Change =>
  (world) => {
    world.rolePolicy = plus(without(world.rolePolicy, 's3:ReplicateObject'), {
      Effect: 'Allow',
      Action: 's3:ReplicateObject',
      NotResource: `arn:aws:s3:::dst/${keys}`,
    });
  };
const mayNotReadTags: Change = (world) => {
  world.rolePolicy = without(world.rolePolicy, 's3:GetObjectVersionTagging');
};
const bucketFormOnly: Change = (world) => {
  const Condition = { StringEquals: { 'kms:EncryptionContext:aws:s3:arn': ['arn:aws:s3:::src', 'arn:aws:s3:::dst'] } };
  const allowed = { Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*', Condition } as const;
  world.rolePolicy = plus(without(world.rolePolicy, 'kms:Decrypt'), allowed);
};

describe('classes are judged', () => {
  it('and are clean, each once, where nothing is to be told of them', () => {
    const { others, clean, unprobed, probes } = judgedIn();
    expect(others).toEqual([]);
    expect(clean.map(textOf)).toEqual(['all: objects with tags', 'all: objects without an S3 Bucket Key']);
    expect([unprobed, probes]).toEqual([[], 4]);
  });

  it('and are not clean where something was told of them', () => {
    const { others, clean } = judgedIn(bucketFormOnly);
    expect(others.map(({ probe }) => textOf(probe))).toEqual(['all: objects without an S3 Bucket Key']);
    expect(clean.map(textOf)).toEqual(['all: objects with tags']);
    expect(others[0]).not.toHaveProperty('excluded');
  });

  it.each<[string, readonly Change[], readonly string[]]>([
    [
      'those of a Deny before those of an Allow',
      [allowedOutside('hr/*'), denyRead(secret, '*')],
      ['objects tagged class=secret', 'objects under hr/'],
    ],
    [
      'those of a Deny of keys before other tags',
      [mayNotReadTags, denyThere(undefined, ['hr/*'])],
      ['objects under hr/', 'objects with tags'],
    ],
    [
      'those of a Deny of keys before another encryption',
      [withDefault('aws:kms', srcKeyArn, false), denyThere(undefined, ['hr/*']), denyThere(byEncryption)],
      ['objects under hr/', 'objects encrypted with SSE-S3'],
    ],
    [
      'those of a Deny of keys before those without a Bucket Key',
      [bucketFormOnly, denyThere(undefined, ['hr/*'])],
      ['objects under hr/', 'objects without an S3 Bucket Key'],
    ],
    [
      'those that differ in one thing before those that differ in two',
      [allowedOutside('hr/*'), denyRead(secret, 'legal/*')],
      ['objects under hr/', 'objects under legal/ and tagged class=secret'],
    ],
  ])('in an order: %s', (_, changes, expected) => {
    expect(othersIn(...changes)).toEqual(expected);
  });

  it('and what is new of a narrower class is told beside what all have', () => {
    const unread = { StringEquals: { 'aws:PrincipalOrgID': 'o-other' } };
    const doubtful: Change = (world) => {
      world.srcKey.policy = plus(world.srcKey.policy, deny('kms:Decrypt', { Principal: '*', Condition: unread }));
    };
    const { plain, others } = judgedIn(doubtful, denyThere(unread, ['hr/*']));
    expect(plain[0]?.verdicts[0]?.causes.length).toBe(1);
    expect(others.map(({ probe }) => classText(probe))).toEqual(['objects under hr/']);
    expect(others[0]?.verdicts[0]?.causes.length).toBe(2);
  });

  it('but not those of rules that are not asked about', () => {
    const both: Change = (world) => {
      world.rules = [rule({ ID: 'a', Filter: { Prefix: 'a/' } }), rule({ ID: 'b', Filter: { Prefix: 'b/' } })];
    };
    const { plain, clean } = judgeClasses(prepared(both), undefined, ({ id }) => id === 'b');
    expect(new Set([...plain.map(({ probe }) => probe), ...clean].map(({ rule: { id } }) => id))).toEqual(
      new Set(['b']),
    );
  });

  it('and none is told under a rule whose objects another rule takes', () => {
    const under =
      (Prefix: string): Change =>
      (world) => {
        const And = { Prefix, Tags: [{ Key: 'class', Value: 'secret' }] };
        world.rules = [rule({ ID: 'weak' }), tagged({}, { ID: 'strong', Priority: 2, Filter: { And } })];
      };
    const everywhere = judgedIn(under(''), denyRead(secret, '*'));
    expect(everywhere.others).toEqual([]);
    expect(everywhere.clean.map(textOf)).not.toContain('weak: objects tagged class=secret');
    const { others } = judgedIn(under('legal/'), denyRead(secret, 'hr/*', 'legal/*'));
    expect(others.map(({ probe }) => textOf(probe))).toEqual(['weak: objects under hr/ and tagged class=secret']);
  });

  it('under each rule that takes them, where each has another destination', () => {
    const both: Change = (world) => {
      mayNotReadTags(world);
      world.rules.push(rule({ ID: 'second', Destination: { ...rule().Destination, Bucket: 'arn:aws:s3:::second' } }));
    };
    const { others } = judgedIn(both);
    expect(others.map(({ probe }) => textOf(probe))).toContain('all: objects with tags');
    const destinations = others.flatMap(({ probe, verdicts }) =>
      verdicts.map(({ destination }) => destination === probe.rule.destination),
    );
    expect(destinations).not.toContain(false);
  });

  it('and where too many are left, statements behind them are named, but not those without one', () => {
    const usual = most.probes;
    most.probes = 2;
    try {
      expect(judgedIn()).toMatchObject({ probes: 2, unprobed: [], clean: [] });
      expect(judgedIn(denyRead(secret, 'hr/*')).unprobed.map(({ place }) => place.sid)).toEqual(['No']);
    } finally {
      most.probes = usual;
    }
  });
});

it.each<[string, Omit<Exclusion, 'why'>, boolean]>([
  ['nothing in particular', {}, true],
  ['keys', { key: 'a/*' }, true],
  ['other keys', { key: 'b/*' }, false],
  ['its tag', { tags: { team: 'a' } }, true],
  ['another value', { tags: { team: 'b' } }, false],
  ['a tag that it lacks', { tags: { team: 'a', class: 'hr' } }, false],
  ['its encryption', { encryption: 'SSE-KMS' }, true],
  ['another encryption', { encryption: 'SSE-S3' }, false],
  ['its key with another tag', { key: 'a/*', tags: { team: 'b' } }, false],
])('an object is left out by %s', (_, exclusion, expected) => {
  const object = { ...healthy().object, tags: { team: 'a' } };
  expect(covers({ ...exclusion, why: 'test data' }, object)).toBe(expected);
  expect(covers({ tags: { team: 'a' }, why: 'test data' }, { ...object, tags: 'unknown' })).toBe(false);
});
