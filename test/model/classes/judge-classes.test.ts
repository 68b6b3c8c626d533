import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Statement } from '../../../src/aws/policy.ts';
import { diagnose } from '../../../src/doctor/diagnose.ts';
import { classCausesOf } from '../../../src/model/classes/class-causes.ts';
import { judgeClasses } from '../../../src/model/classes/judge-classes.ts';
import { newObject } from '../../../src/model/governed-object.ts';
import type { Exclusion } from '../../../src/model/object-class.ts';
import { prepare } from '../../../src/model/replication/prepare.ts';
import { judgeObject } from '../../../src/model/replication.ts';
import { draws } from '../../draws.ts';
import { deny, healthy, plus, rule, snapshotOf, type World, without } from '../replication/world.ts';
import { isSaidOf } from './said-of.ts';
import { anObject, aWorld } from './statements.ts';

const dst = (pattern: string) => `arn:aws:s3:::dst/${pattern}`;

function worldWith(change: (world: World) => void): World {
  const world = healthy();
  change(world);
  return world;
}

/** What is said of classes, as `level: first words`. */
function said(change: (world: World) => void, exclusions: readonly Exclusion[] = []): readonly string[] {
  const judged = judgeClasses(prepare(snapshotOf(worldWith(change))), () => exclusions);
  const plain = judged.plain.flatMap(({ probe, verdicts }) =>
    verdicts.flatMap(({ outcome }) => (outcome === 'replicates' ? [] : [`plain ${probe.what}: ${outcome}`])),
  );
  const told = classCausesOf(judged.others).map(
    ({ level, cause }) => `${level}: ${cause.summary.split(/: |, as meant/)[0]}`,
  );
  return [...plain, ...new Set(told)];
}

function denyThere(Action: string, more: object): (world: World) => void {
  return (world) => {
    world.dst.policy = plus(world.dst.policy, deny(Action, { Principal: '*', ...more }));
  };
}

/** A Deny of reading the ACL of objects in the source bucket. */
function denyRead(more: object): (world: World) => void {
  return (world) => {
    const statement = deny('s3:GetObjectVersionAcl', { Principal: '*', Resource: 'arn:aws:s3:::src/*', ...more });
    world.src.policy = { Version: '2012-10-17', ...plus({ Statement: [] }, statement) };
  };
}

const withRoleTags = (tags: Readonly<Record<string, string>>, change: (world: World) => void) => (world: World) => {
  world.role = (role) => ({ ...role, tags });
  change(world);
};

const tagged = (condition: string, value: string) => ({ [condition]: { 's3:ExistingObjectTag/class': value } });

describe('classes of objects', () => {
  it('are none in a healthy setup', () => {
    expect(said(() => undefined)).toEqual([]);
  });

  it.each<[string, (world: World) => void, readonly string[]]>([
    [
      'a Deny of some keys',
      denyThere('s3:*', { Resource: dst('hr/*') }),
      ['fails: Objects and delete markers under hr/ would fail'],
    ],
    [
      'a Deny of keys by their end',
      denyThere('s3:ReplicateObject', { Resource: dst('*.tmp') }),
      ['fails: Objects whose keys match *.tmp would fail'],
    ],
    [
      'a Deny of several places at once',
      denyThere('s3:ReplicateObject', { Resource: [dst('hr/*'), dst('legal/*')] }),
      ['fails: Objects under hr/, under legal/ would fail'],
    ],
    [
      'a Deny of everything but some keys',
      denyThere('s3:ReplicateObject', { Resource: undefined, NotResource: dst('public/*') }),
      ['plain new-object: fails'],
    ],
    [
      'a Deny of all tags',
      denyThere('s3:ReplicateTags', { Resource: dst('*') }),
      ['fails: Objects with tags would fail'],
    ],
    [
      'a Deny of tags of some keys',
      denyThere('s3:ReplicateTags', { Resource: dst('hr/*') }),
      ['fails: Objects under hr/ and with tags would fail'],
    ],
    [
      'a Deny of another encryption',
      denyThere('s3:ReplicateObject', {
        Resource: dst('*'),
        Condition: { StringEquals: { 's3:x-amz-server-side-encryption': 'AES256' } },
      }),
      ['warning: Objects encrypted with SSE-S3'],
    ],
    [
      'a role that may use the source key in the bucket form of the context only',
      (world) => {
        world.rolePolicy = plus(without(world.rolePolicy, 'kms:Decrypt'), {
          Effect: 'Allow',
          Action: 'kms:Decrypt',
          Resource: '*',
          Condition: { StringEquals: { 'kms:EncryptionContext:aws:s3:arn': ['arn:aws:s3:::src', 'arn:aws:s3:::dst'] } },
        });
      },
      ['warning: Objects without an S3 Bucket Key would fail'],
    ],
    [
      'a role that may write some keys only',
      (world) => {
        const Resource = dst('a/*');
        world.rolePolicy = plus(without(world.rolePolicy, 's3:ReplicateObject'), {
          Effect: 'Allow',
          Action: 's3:ReplicateObject',
          Resource,
        });
      },
      ['plain new-object: fails'],
    ],
    [
      'a Deny of objects with two tags at once',
      denyRead({ Condition: { StringEquals: { 's3:ExistingObjectTag/A': '1', 's3:ExistingObjectTag/B': '2' } } }),
      ['fails: Objects tagged A=1, B=2 would fail'],
    ],
    [
      'a Deny of one tag under two conditions',
      denyRead({
        Condition: {
          StringLike: { 's3:ExistingObjectTag/Class': 'hr*' },
          StringNotEquals: { 's3:ExistingObjectTag/Class': 'hr-public' },
        },
      }),
      ['fails: Objects tagged Class=hr* would fail'],
    ],
    [
      'a Deny of high numbers in a tag',
      denyRead({ Condition: { NumericGreaterThan: { 's3:ExistingObjectTag/level': 3 } } }),
      ['fails: Objects tagged level=4 would fail'],
    ],
    [
      'a Deny of objects with the tag of the role',
      withRoleTags(
        { team: 'blue' },
        denyRead({ Condition: { StringEquals: { 's3:ExistingObjectTag/team': '${aws:PrincipalTag/team}' } } }),
      ),
      ['fails: Objects tagged team=blue would fail'],
    ],
    [
      'a Deny of keys that begin with the value of a tag of the object',
      denyRead({ Resource: 'arn:aws:s3:::src/${s3:ExistingObjectTag/team}/*' }),
      ['fails: Objects under s3repl-probe/ and tagged team=* would fail'],
    ],
    [
      'a Deny of keys that begin with the name of the session of the role',
      (world) => {
        world.role = (role) => ({ ...role, roleId: 'AROAEXAMPLE' });
        denyRead({ Resource: 'arn:aws:s3:::src/${aws:userid}/*' })(world);
      },
      ['fails: Objects under AROAEXAMPLE:s3-replication/ would fail'],
    ],
    [
      'two Allow statements that each leave out some keys, of which some are the same',
      (world) => {
        const allow = (pattern: string): Statement => ({
          Effect: 'Allow',
          Action: 's3:ReplicateObject',
          NotResource: dst(pattern),
        });
        world.rolePolicy = plus(plus(without(world.rolePolicy, 's3:ReplicateObject'), allow('hr/*')), allow('*.pdf'));
      },
      ['fails: Objects whose keys match hr/*.pdf would fail'],
    ],
    [
      'a role that may not read tags, which loses those of tagged objects only',
      (world) => {
        world.rolePolicy = without(world.rolePolicy, 's3:GetObjectVersionTagging');
      },
      ['fails: Objects with tags would fail'],
    ],
    [
      'a Deny of another principal, of another action and of another bucket',
      (world) => {
        denyThere('s3:*', { Resource: dst('hr/*'), Principal: { AWS: 'arn:aws:iam::222222222222:role/other' } })(world);
        denyThere('s3:DeleteBucket', { Resource: dst('hr/*') })(world);
        denyThere('s3:*', { Resource: 'arn:aws:s3:::another/hr/*' })(world);
      },
      [],
    ],
    [
      'a Deny of what lies outside the rule',
      (world) => {
        world.rules = [rule({ Filter: { Prefix: 'finance/' } })];
        denyThere('s3:*', { Resource: dst('hr/*') })(world);
      },
      [],
    ],
    [
      'a Deny within the rule, which reaches further',
      (world) => {
        world.rules = [rule({ Filter: { Prefix: 'finance/' }, DeleteMarkerReplication: { Status: 'Disabled' } })];
        denyThere('s3:*', { Resource: dst('*/drafts/*') })(world);
      },
      ['fails: Objects whose keys match finance/*/drafts/*, under finance/drafts/ would fail'],
    ],
  ])('of %s are told by name', (_, change, expected) => {
    expect([...new Set(said(change))]).toEqual(expected);
  });

  it('are no failure where they are left out on purpose, and only those', () => {
    const both = denyThere('s3:ReplicateObject', { Resource: [dst('hr/*'), dst('legal/*')] });
    expect(said(both, [{ key: 'hr/*', why: 'personal data' }]).toSorted()).toEqual([
      'excluded: Objects under hr/ do not replicate',
      'fails: Objects under legal/ would fail',
    ]);
    // An exclusion of a part leaves the rest.
    const part = said(denyThere('s3:ReplicateObject', { Resource: dst('hr/*') }), [{ key: 'hr/old/*', why: 'old' }]);
    expect(part.toSorted()).toEqual([
      'excluded: Objects under hr/old/ do not replicate',
      'fails: Objects under hr/ would fail',
    ]);
    const whole = [{ key: '*', why: 'all' }];
    const broken = (world: World) => {
      world.dst.policy = null;
    };
    expect(said(broken, whole)).toContain('plain new-object: fails');
  });

  it('are named where they fail of what is a warning for all others', () => {
    const world = worldWith((one) => {
      one.rolePolicy = without(one.rolePolicy, 's3:GetObjectVersionTagging');
    });
    const { outcome, causes } = diagnose(snapshotOf(world));
    expect(outcome).toBe('blocked');
    expect(causes[0]?.summary).toMatch(/^Objects with tags would fail: /);
  });

  it('whose statements look at keys and tags together are tried together', () => {
    const change = (world: World) => {
      world.src.policy = plus(
        { Statement: [] },
        deny('s3:GetObjectVersionTagging', {
          Principal: '*',
          Resource: 'arn:aws:s3:::src/hr/*',
          Condition: tagged('StringEquals', 'secret'),
        }),
      );
    };
    expect(said(change).some((one) => /Objects under hr\/ and tagged class=secret would fail/.test(one))).toBe(true);
  });

  it('are named by the patterns of tags that a statement has, which no exclusion can be offered for', () => {
    const change = (Condition: NonNullable<Statement['Condition']>) => (world: World) => {
      world.src.policy = plus(
        { Statement: [] },
        deny('s3:GetObjectVersionTagging', { Principal: '*', Resource: 'arn:aws:s3:::src/*', Condition }),
      );
    };
    const told = (world: (world: World) => void) =>
      classCausesOf(judgeClasses(prepare(snapshotOf(worldWith(world)))).others).map(({ cause, exclusions }) => ({
        name: cause.summary.split(': ')[0],
        exclusions,
      }));
    expect(told(change({ StringLike: { 's3:ExistingObjectTag/class': 'secret*' } }))).toEqual([
      { name: 'Objects tagged class=secret* would fail', exclusions: [] },
    ]);
    // Keys of tags keep their case.
    const Null = { 's3:ExistingObjectTag/Class': 'false' };
    const others = change({ StringNotEquals: { 's3:ExistingObjectTag/Class': 'public' }, Null });
    expect(told(others)).toEqual([{ name: 'Objects tagged Class=* would fail', exclusions: [] }]);
    expect(told(change(tagged('StringEquals', 'secret')))).toEqual([
      {
        name: 'Objects tagged class=secret would fail',
        exclusions: [{ rule: 'all', objects: { tags: { class: 'secret' } } }],
      },
    ]);
  });
});

const runs = 150;

describe('of setups that strangers have changed', () => {
  it('no object fails that nothing was said of, and no class is named whose object does not fail', () => {
    let failing = 0;
    let named = 0;
    fc.assert(
      fc.property(aWorld, fc.array(anObject, { minLength: 5, maxLength: 5 }), (world, objects) => {
        const prepared = prepare(snapshotOf(world));
        const { plain, others } = judgeClasses(prepared);
        const bad = [...plain, ...others].filter(({ verdicts }) =>
          verdicts.some(({ outcome }) => outcome !== 'replicates'),
        );
        for (const { probe, verdicts } of bad) {
          named += 1;
          const again = judgeObject(prepare(snapshotOf(world)), probe.object).map(({ outcome }) => outcome);
          expect(again).toEqual(expect.arrayContaining(verdicts.map(({ outcome }) => outcome)));
        }
        const [own] = world.rules;
        for (const change of objects) {
          const object = { ...newObject(prepared.snapshot, { prefix: '', tags: [] }), ...change };
          if (!object.key.startsWith(own?.Filter?.Prefix ?? '')) continue;
          const outcomes = judgeObject(prepared, object).map(({ outcome }) => outcome);
          if (!outcomes.includes('fails')) continue;
          failing += 1;
          expect({ object, said: bad.some(({ probe }) => isSaidOf(probe, object)) }).toEqual({ object, said: true });
        }
      }),
      { numRuns: runs, seed: 20261128 },
    );
    // The generators reach what they are for.
    expect(failing).toBeGreaterThan(draws(runs) / 3);
    expect(named).toBeGreaterThan(draws(runs) / 3);
  });
});
