import type { ReplicationRuleFilter } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainUngoverned, findGoverning } from '../../../src/model/replication/governing.ts';
import { ruleBookOf } from '../../../src/model/replication/rule.ts';
import type { ObjectSnapshot } from '../../../src/model/snapshot.ts';
import { healthy, rule } from './world.ts';

const team = { Tag: { Key: 'team', Value: 'billing' } };
const under = (Prefix: string) => ({ Prefix });

/** Rules of one destination, the highest priority first; those whose name begins with "off" are disabled. */
const bookOf = (filters: Readonly<Record<string, ReplicationRuleFilter>>) =>
  ruleBookOf(
    {
      Role: '',
      Rules: Object.entries(filters).map(([ID, Filter], index) =>
        rule({ ID, Filter, Priority: 100 - index, Status: ID.startsWith('off') ? 'Disabled' : 'Enabled' }),
      ),
    },
    ['rules'],
  );
const object = (more: Partial<ObjectSnapshot>) => ({ ...healthy().object, ...more });

describe('the rule that governs', () => {
  const tags = { team: 'billing' };
  const [marker, unread] = [{ deleteMarker: true }, { tags: 'unknown' as const }];
  it.each([
    [
      'is the first that matches, in whatever order',
      { a: team, b: under(''), c: under('a/'), d: team },
      {},
      ['b', true],
    ],
    [
      'is the first, whichever prefix came first',
      { a: { And: { Prefix: 'a/', Tags: [team.Tag] } }, b: under(''), c: under('a/') },
      {},
      ['b', true],
    ],
    ['is that of a longer prefix if it comes first', { a: under('a/b'), b: under('') }, {}, ['a', true]],
    ['is none of a prefix that the key only begins', { a: under('a/b.txt.gz') }, {}, undefined],
    ['is one of several with a prefix', { a: { And: { Prefix: 'a/', Tags: [] } }, b: under('a/') }, {}, ['a', true]],
    ['has the tags', { a: team, b: under('') }, { tags }, ['a', true]],
    ['may have the tags, where nobody knows them', { a: team, b: under('') }, unread, ['a', false]],
    ['of a delete marker has no tags', { a: team, b: under('') }, { ...marker, ...unread }, ['b', true]],
    ['of a delete marker goes by no tags that it has', { a: team, b: under('') }, { ...marker, tags }, ['b', true]],
    ['of a delete marker is one with tags where there is no other', { a: team, b: team }, marker, ['a', true]],
    ['of an object without its tags is none', { a: team, b: team }, {}, undefined],
  ])('%s', (_, filters, more, found) => {
    const rules = findGoverning(bookOf(filters), object(more)).map((one) => [one.rule.id, one.certain]);
    expect(rules).toEqual(found ? [found] : []);
  });
});

it('the rule that governs is the strongest that matches, of any rules with prefixes and tags', () => {
  const tags = fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom('1', '2'), { maxKeys: 2 });
  const filter = fc.record({ prefix: fc.constantFrom('', 'a/', 'a/b', 'ab', 'b/', '/a'), tags });
  const version = fc.record({
    key: fc.constantFrom('a/b.txt', 'a/', 'ab', 'b/x', 'c'),
    tags: fc.oneof(tags, fc.constant('unknown' as const)),
    deleteMarker: fc.constantFrom<ObjectSnapshot['deleteMarker']>(false, false, true, 'unknown'),
  });
  fc.assert(
    fc.property(fc.array(filter, { maxLength: 6 }), version, (filters, { key, tags: has, deleteMarker }) => {
      const Tags = (some: Readonly<Record<string, string>>) =>
        Object.entries(some).map(([Key, Value]) => ({ Key, Value }));
      const book = bookOf(
        Object.fromEntries(filters.map((one, id) => [`${id} `, { And: { Prefix: one.prefix, Tags: Tags(one.tags) } }])),
      );
      const mine = has === 'unknown' || deleteMarker === true ? {} : has;
      const reached = filters
        .map((one, id) => ({ ...one, id: `${id} ` }))
        .filter(({ prefix }) => key.startsWith(prefix));
      const matching = reached.filter((one) => Object.entries(one.tags).every(([name, value]) => mine[name] === value));
      const isOpen = has === 'unknown' && deleteMarker !== true;
      const expected = isOpen ? reached[0] : (matching[0] ?? (deleteMarker === true ? reached[0] : undefined));
      const found = findGoverning(book, object({ key, tags: has, deleteMarker })).map((one) => [
        one.rule.id,
        one.certain,
      ]);
      expect(found).toEqual(expected ? [[expected.id, !isOpen || Object.keys(expected.tags).length === 0]] : []);
    }),
    { numRuns: 1000, seed: 20261129 },
  );
});

describe('an object that no rule governs', () => {
  it.each([
    ['has no rules', {}, ['no-rule', undefined]],
    ['has a disabled rule', { a: under('b/'), off1: under('c/'), off2: under('a/') }, ['rule-disabled', 'off2']],
    ['has other rules only', { a: under('b/'), off: under('c/') }, ['filter', 'a']],
    ['has disabled rules of others only', { off: under('b/') }, ['filter', 'off']],
    ['has one with a slash before the prefix', { a: under('b/'), b: under('/b/'), c: under('/a/') }, ['filter', 'c']],
    ['has one with a slash, and no other', { a: under('b/'), b: team, c: under('/a') }, ['filter', 'c']],
    ['has one with tags, and a nearer one', { a: under('b/'), b: team }, ['filter', 'a']],
    ['has a disabled one with such a slash', { a: under('b/'), off: under('/a/') }, ['filter', 'off']],
    ['has one that begins like its end', { a: under('c/'), b: under('txt') }, ['filter', 'a']],
  ])('%s', (_, filters, [reason, nearest]) => {
    const found = explainUngoverned(bookOf(filters), object({}));
    expect([found.reason, found.nearest?.id]).toEqual([reason, nearest]);
  });

  it.each<[string, ReplicationRuleFilter, Partial<ObjectSnapshot>, string]>([
    ['its tags', team, { tags: { team: 'billing' } }, 'rule-disabled'],
    ['other tags', team, { tags: { team: 'other' } }, 'filter'],
    ['tags that nobody knows', team, { tags: 'unknown' }, 'filter'],
    ['the tags of a delete marker', team, { tags: { team: 'billing' }, deleteMarker: true }, 'filter'],
    [
      'all of its tags',
      { And: { Tags: [team.Tag, { Key: 'x', Value: '1' }] } },
      { tags: { team: 'billing' } },
      'filter',
    ],
    ['none, and is a delete marker', under('a/'), { deleteMarker: true }, 'rule-disabled'],
  ])('has a disabled rule by %s', (_, filter, more, reason) => {
    expect(explainUngoverned(bookOf({ off: filter }), object(more)).reason).toBe(reason);
  });

  it('has no replication configuration', () => {
    expect(explainUngoverned(null, object({}))).toEqual({ reason: 'no-rule' });
  });
});
