import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { priorities } from '../../src/steps/priorities.ts';

const greatest = 2_147_483_647;

interface Rule {
  readonly explicit?: number;
  readonly present?: number;
}

describe('the priorities of our rules', () => {
  it.each<[string, readonly Rule[], readonly number[], readonly number[]]>([
    ['the first listed is the highest', [{}, {}, {}], [], [3, 2, 1]],
    ['above those of others', [{}, {}], [7, 3], [9, 8]],
    ['as asked for, whatever is there', [{ explicit: 5, present: 9 }, { explicit: 0 }], [7], [5, 0]],
    ['as they are on AWS', [{ present: 4 }, { present: 8 }], [1], [4, 8]],
    ['new ones above what is there', [{ present: 4 }, {}], [6], [4, 7]],
    ['another one where a rule of others has taken it', [{ present: 4 }], [4], [5]],
    ['another one where a rule asks for it', [{ present: 4 }, { explicit: 4 }], [], [5, 4]],
    ['the first of two that have the same', [{ present: 4 }, { present: 4 }], [], [4, 5]],
    ['the greatest that S3 takes', [{}], [greatest - 1], [greatest]],
    ['the highest that is free below the greatest', [{}, {}], [greatest, greatest - 2], [greatest - 1, greatest - 3]],
    ['none for no rule', [], [5], []],
  ])('%s', (_, rules, foreign, expected) => {
    expect(priorities(rules, foreign)).toEqual(expected);
  });

  it('of a rule that comes after others are below theirs, where these get one now, and below what is said', () => {
    expect(priorities([{ below: 5 }, { after: [0] }], [9])).toEqual([4, 3]);
    expect(priorities([{ explicit: 1 }, { after: [0] }], [])).toEqual([1, 2]);
    expect(priorities([{ present: 4 }, { after: [0] }], [])).toEqual([4, 5]);
    expect(priorities([{}, { after: [0] }, { after: [0, 1] }], [])).toEqual([3, 2, 1]);
  });

  it('are unique, keep what is asked for or there, and are numbers that S3 takes', () => {
    const number = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: greatest - 6, max: greatest }));
    const rule = fc.record({ explicit: number, present: number }, { requiredKeys: [] });
    fc.assert(
      fc.property(
        fc.uniqueArray(rule, { maxLength: 6, selector: ({ explicit }) => explicit ?? Symbol() }),
        fc.uniqueArray(number, { maxLength: 6 }),
        (rules, others) => {
          // An explicit one that others have is told as a problem before this is asked.
          const foreign = others.filter((one) => !rules.some(({ explicit }) => explicit === one));
          const given = priorities(rules, foreign);
          expect(new Set([...given, ...foreign]).size).toBe(rules.length + foreign.length);
          const explicits = rules.map(({ explicit }) => explicit);
          for (const [index, { explicit, present }] of rules.entries()) {
            const priority = given[index] ?? -1;
            expect(Number.isInteger(priority) && priority >= 0 && priority <= greatest).toBe(true);
            const presentBefore = rules
              .slice(0, index)
              .some((one) => one.explicit === undefined && one.present === present);
            const free = present !== undefined && ![...foreign, ...explicits].includes(present) && !presentBefore;
            if (explicit !== undefined) expect(priority).toBe(explicit);
            else if (free) expect(priority).toBe(present);
          }
          const open = given.filter(
            (_, index) => rules[index]?.explicit === undefined && rules[index]?.present === undefined,
          );
          expect(open).toEqual([...open].sort((a, b) => b - a));
        },
      ),
      { numRuns: 1000, seed: 20261122 },
    );
  });
});
