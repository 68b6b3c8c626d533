import { expect, it } from 'vitest';
import { ruleBookOf } from '../../../src/model/replication/rule.ts';
import { silentCause } from '../../../src/model/replication/silent.ts';
import { causeJson } from '../../../src/show/cause-json.ts';
import { healthy, rule } from './world.ts';

const widen = expect.stringMatching(/^Widen the filter/);

it.each([
  ['y/', 'x', widen],
  ['/y/', '/x', widen],
  [
    '//y//',
    'y//',
    expect.stringMatching(
      /^Write the prefix as "y\/\/": prefixes are literal, and keys do not begin with a slash\. What/,
    ),
  ],
])('a rule for %s leaves %s alone, and the advice is about the prefix', (prefix, key, fix) => {
  const [[all] = []] = ruleBookOf({ Role: 'role', Rules: [rule({ Filter: { Prefix: prefix } })] }, []).byDestination;
  expect(silentCause('filter', { ...healthy().object, key }, all)).toMatchObject({
    summary: `No enabled rule matches ${key}: rule all wants prefix "${prefix}".`,
    fix,
  });
});

it('has words where there is no rule to name', () => {
  const { object } = healthy();
  expect(causeJson(silentCause('filter', object, undefined))).toEqual({
    check: 'C28',
    summary: 'No enabled rule matches a/b.txt.',
    fix: widen,
    evidence: {},
  });
  expect(silentCause('replica', object, undefined)).toMatchObject({
    summary: expect.stringMatching(/^a\/b\.txt is a replica itself[^.]*\.$/),
  });
});
