import type { ReplicationRule } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCoveredRules, findTakenPrefixes, newObject, warnOfCovered } from '../../src/model/governed-object.ts';
import { classProbesOf, probesOf } from '../../src/model/probes.ts';
import { findGoverning } from '../../src/model/replication/governing.ts';
import { listEnabledRules, prepare } from '../../src/model/replication/prepare.ts';
import type { ObjectSnapshot } from '../../src/model/snapshot.ts';
import { deny, healthy, plus, rule, snapshotOf } from './replication/world.ts';

interface Selection {
  readonly prefix?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly bucket?: string;
}

/** Rules by their names, the strongest first. */
function rulesOf(selections: Readonly<Record<string, Selection>>): ReplicationRule[] {
  const { Destination } = rule();
  return Object.entries(selections).map(([ID, { prefix = '', tags = {}, bucket = 'dst' }], place, { length }) => {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    return rule({
      ID,
      Priority: length - place,
      Filter: Tags.length > 0 ? { And: { Prefix: prefix, Tags } } : { Prefix: prefix },
      DeleteMarkerReplication: { Status: Tags.length > 0 ? 'Disabled' : 'Enabled' },
      Destination: { ...Destination, Bucket: `arn:aws:s3:::${bucket}` },
    });
  });
}

function preparedWith(rules: ReplicationRule[]) {
  const world = healthy();
  // So that there are classes of keys.
  const Resource = ['a/*', 'b*', '*.pdf'].map((keys) => `arn:aws:s3:::dst/${keys}`);
  world.dst.policy = plus(world.dst.policy, deny('s3:ReplicateObject', { Resource }));
  world.rules = rules;
  return prepare(snapshotOf(world));
}

const prepared = (selections: Readonly<Record<string, Selection>>) => preparedWith(rulesOf(selections));
const covered = (selections: Readonly<Record<string, Selection>>) =>
  findCoveredRules(prepared(selections)).map((one) => `${one.rule.id} by ${one.by.id}`);

describe('a rule never takes effect', () => {
  const team = { team: 'a' };
  it.each<[string, Readonly<Record<string, Selection>>]>([
    ['where a stronger one has the same filter', { x: {}, y: {} }],
    ['where a stronger one has a shorter prefix', { x: { prefix: 'a' }, y: { prefix: 'a/' } }],
    ['where a stronger one asks for no tags', { x: {}, y: { prefix: 'a/', tags: team } }],
    ['where a stronger one asks for fewer tags', { x: { tags: team }, y: { tags: { ...team, hr: 'b' } } }],
    ['the strongest of those that cover it is named', { x: {}, z: { prefix: 'z/' }, y: { prefix: 'z/a' } }],
  ])('%s', (_, selections) => {
    expect(covered(selections)).toContain('y by x');
  });

  it.each<[string, Readonly<Record<string, Selection>>]>([
    ['the same filter has another destination', { x: {}, y: { bucket: 'dst2' } }],
    ['the stronger one has a longer prefix', { x: { prefix: 'a/' }, y: {} }],
    ['the stronger one asks for tags', { x: { tags: team }, y: {} }],
    ['the stronger one asks for another value', { x: { tags: { team: 'b' } }, y: { tags: team } }],
    ['the stronger one asks for more tags', { x: { tags: { ...team, hr: 'b' } }, y: { tags: team } }],
    ['the stronger ones leave some keys', { x: { prefix: 'a' }, z: { prefix: 'b' }, y: {} }],
  ])('but where %s', (_, selections) => {
    expect(covered(selections)).toEqual([]);
  });

  it('and is told so, with what to do about it', () => {
    const [same, wider] = [
      { x: {}, y: {} },
      { x: {}, 'team-rule': { prefix: 'team/' } },
    ].map((selections) => {
      const some = prepared(selections);
      return warnOfCovered(some, findCoveredRules(some)).map(({ check, summary, fix }) => [check, summary, fix]);
    });
    expect(wider).toEqual([
      [
        'C28',
        expect.stringMatching(/^Rule team-rule never takes effect: rule x \(priority 2\)/),
        expect.stringMatching(/a priority above 2\.$/),
      ],
    ]);
    expect(same?.[0]?.[2]).toBe('Remove rule y, or give the two rules different filters.');
  });
});

describe('the longer prefixes that stronger rules take from a rule', () => {
  const team = { team: 'a' };
  it.each<[string, Readonly<Record<string, Selection>>, readonly string[]]>([
    ['are none where no rule is stronger', { y: {}, x: { prefix: 'a/' } }, []],
    [
      'begin with its own',
      { x: { prefix: 'logs/a' }, z: { prefix: 'other/long' }, y: { prefix: 'logs/' } },
      ['logs/a'],
    ],
    ['are longer than its own', { x: { prefix: 'a/' }, y: { prefix: 'a/' } }, []],
    ['are no shorter ones', { x: { prefix: 'a/', tags: team }, y: { prefix: 'a/b/', tags: team } }, []],
    ['are the widest', { x: { prefix: 'a/b/c' }, w: { prefix: 'a/b' }, z: { prefix: 'b' }, y: {} }, ['b', 'a/b']],
    [
      'are those of rules that ask for no more tags',
      { x: { prefix: 'a', tags: team }, z: { prefix: 'b' }, y: {} },
      ['b'],
    ],
    ['may ask for its own tags', { x: { prefix: 'a', tags: team }, y: { tags: team } }, ['a']],
    [
      'are those of its own destination',
      { v: { prefix: 'a' }, x: { prefix: 'b', bucket: 'dst2' }, y: { bucket: 'dst2' } },
      ['b'],
    ],
  ])('%s', (_, selections, expected) => {
    const all = prepared(selections);
    const taken = listEnabledRules(all).flatMap((one) => (one.id === 'y' ? [findTakenPrefixes(all, one)] : []));
    expect(taken).toEqual([expected]);
  });
});

it('a new object has a key under the prefix, and the tags of the rule', () => {
  const { snapshot } = prepared({});
  expect(newObject(snapshot, { prefix: 'logs/', tags: [['team', 'a']] })).toMatchObject({
    key: 'logs/s3repl-probe',
    tags: { team: 'a' },
  });
});

describe('the key of a probe', () => {
  const keysOf = (selections: Readonly<Record<string, Selection>>, id: string) =>
    probesOf(prepared(selections)).flatMap((probe) => (probe.rule.id === id ? [probe.object.key] : []));

  it('is the usual one where no stronger rule takes it', () => {
    expect(keysOf({ x: { prefix: 'logs/' }, y: {} }, 'y')).toEqual(['s3repl-probe', 's3repl-probe']);
  });

  it('is another where a stronger rule takes that one', () => {
    expect(keysOf({ x: { prefix: 's3' }, p: { prefix: 'p' }, y: {} }, 'y')).toEqual(['x', 'x']);
  });

  it('is found also where stronger rules take all the usual characters', () => {
    const taken = Array.from({ length: 0x7f - 0x21 }, (_, at) => String.fromCharCode(0x21 + at));
    const selections = Object.fromEntries(taken.map((prefix) => [`of ${prefix}`, { prefix: `in/${prefix}` }]));
    expect(keysOf({ ...selections, y: { prefix: 'in/' } }, 'y')).toEqual(['in/Às3repl-probe', 'in/Às3repl-probe']);
  });
});

const prefix = fc.string({ unit: fc.constantFrom('a', 'b', 's', 'p', '/'), maxLength: 4 });
const tags = fc.dictionary(fc.constantFrom('k', 'l'), fc.constantFrom('1', '2'), { maxKeys: 2 });
const selection = fc.record({ prefix, tags, bucket: fc.constantFrom('dst', 'dst2') });
const rules = fc
  .array(selection, { minLength: 1, maxLength: 8 })
  .map((some) => rulesOf(Object.fromEntries(some.map((one, place) => [`rule ${place}`, one]))));
const objects = fc.array(
  fc.record({
    key: fc.string({ unit: fc.constantFrom('a', 'b', 's', 'p', '/', 'z'), minLength: 1, maxLength: 6 }),
    tags,
    deleteMarker: fc.boolean(),
  }),
  { minLength: 500, maxLength: 500 },
);

describe('whatever the rules are', () => {
  it('each probe is governed by its own rule, and each rule that has an effect has a probe', () => {
    fc.assert(
      fc.property(rules, (some) => {
        const all = preparedWith(some);
        const probes = probesOf(all);
        for (const probe of probes) expect(governed(all, probe.object)).toContain(probe.rule);
        const probed = new Set(probes.map((probe) => probe.rule));
        const dead = new Set(findCoveredRules(all).map((one) => one.rule));
        expect(listEnabledRules(all).filter((one) => !dead.has(one))).toEqual([...probed]);
      }),
      { numRuns: 300 },
    );
  });

  it('a rule without a probe governs nothing', () => {
    fc.assert(
      fc.property(rules, objects, (some, tried) => {
        const all = preparedWith(some);
        const dead = new Set(findCoveredRules(all).map((one) => one.rule));
        const markerless = new Set(listEnabledRules(all).filter((one) => one.tags.length > 0));
        for (const one of tried) {
          const object = { ...healthy().object, ...one };
          // No rule with tags replicates delete markers: the one that is named there only says so.
          const found = governed(all, object).filter((its) => !(one.deleteMarker && markerless.has(its)));
          expect(found.filter((its) => dead.has(its))).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('the classes of keys that policies tell apart are tried with keys of the rule itself', () => {
    const all = prepared({ x: { prefix: 'a/s' }, y: { prefix: 'b' }, z: {} });
    const own = listEnabledRules(all).filter(({ id }) => id === 'z');
    const keys = own.flatMap((one) => classProbesOf(all, one, []).map(({ object }) => object));
    const mine = keys.filter((object) => governed(all, object).some(({ id }) => id === 'z'));
    expect(mine.map(({ key }) => key)).toContain('a/probe');
    expect(mine).toEqual(keys);
  });
});

function governed(all: ReturnType<typeof prepare>, object: ObjectSnapshot) {
  return all.rules === null || all.rules === 'unknown' ? [] : findGoverning(all.rules, object).map((one) => one.rule);
}
