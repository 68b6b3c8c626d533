import type { ReplicationRuleFilter } from '@aws-sdk/client-s3';
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
    ['of a delete marker is one with tags where there is no other', { a: team, b: team }, marker, ['a', true]],
    ['of an object without its tags is none', { a: team, b: team }, {}, undefined],
  ])('%s', (_, filters, more, found) => {
    const rules = findGoverning(bookOf(filters), object(more)).map((one) => [one.rule.id, one.certain]);
    expect(rules).toEqual(found ? [found] : []);
  });
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

  it('has no replication configuration', () => {
    expect(explainUngoverned(null, object({}))).toEqual({ reason: 'no-rule' });
  });
});
