import { describe, expect, it } from 'vitest';
import { most } from '../../../src/model/classes/most-probes.ts';
import { tagSetsOf } from '../../../src/model/classes/tag-sets.ts';
import { anyValue } from '../../../src/model/classes/telling-statements.ts';

type Named = Readonly<Record<string, readonly (readonly string[])[]>>;

const setsOf = (named: Named, own: Readonly<Record<string, string>> = {}) =>
  tagSetsOf(new Map(Object.entries(named)), own);
const values = (count: number) => [Array.from({ length: count }, (_, index) => String(index))];

describe('the tags that are tried for a statement', () => {
  it.each<[string, Named, readonly object[]]>([
    ['are none where it names none', {}, []],
    [
      'are each value of one tag',
      {
        a: [
          ['1', '2'],
          ['2', '3'],
        ],
      },
      [{ a: '1' }, { a: '2' }, { a: '3' }],
    ],
    ['are any value where it names the key alone', { a: [] }, [{ a: anyValue }]],
    [
      'are two keys that it names, alone and together',
      { a: [], b: [] },
      [{ a: anyValue }, { b: anyValue }, { a: anyValue, b: anyValue }],
    ],
    [
      'are the values of two tags, alone and together',
      { a: [['1']], b: [['2']] },
      [{ a: '1' }, { b: '2' }, { a: '1', b: '2' }],
    ],
    ['are no key alone together with values of another', { a: [['1']], b: [] }, [{ a: '1' }, { b: anyValue }]],
  ])('%s', (_, named, expected) => {
    expect(setsOf(named)).toEqual(expected);
  });

  it('are no tags that the rule selects', () => {
    expect(setsOf({ a: [['1']], team: [['x']] }, { team: 'x' })).toEqual([{ a: '1' }]);
  });

  const countOf = (named: Named) => {
    const sets = setsOf(named).map((set) => Object.keys(set).length);
    return [1, 2, 3].map((size) => sets.filter((one) => one === size).length);
  };

  it('are all combinations of up to 256, and beyond those of the first and last value of each condition', () => {
    expect(countOf({ a: values(7), b: values(7), c: values(3) })).toEqual([17, 7 * 7 + 7 * 3 + 7 * 3, 7 * 7 * 3]);
    expect(countOf({ a: values(7), b: values(7), c: values(4) })).toEqual([18, 12, 8]);
    const two = { ...{ a: [['1', '2', '3'], ['4']] }, b: values(90) };
    const pairs = setsOf(two).filter(({ a, b }) => a !== undefined && b !== undefined);
    expect(pairs.map(({ a, b }) => `${a} ${b}`).toSorted()).toEqual(['1 0', '1 89', '3 0', '3 89', '4 0', '4 89']);
  });

  it('are no more combinations than are judged', () => {
    const usual = most.probes;
    most.probes = 4;
    try {
      const together = setsOf({ a: [['1', '2']], b: [['1', '2']] }).filter((set) => Object.keys(set).length > 1);
      expect(together).toEqual([
        { a: '1', b: '1' },
        { a: '2', b: '1' },
        { a: '1', b: '2' },
      ]);
      expect(countOf({ a: [['1', '2']], b: [['1', '2']], c: [['1']] })).toEqual([5, 1, 3]);
    } finally {
      most.probes = usual;
    }
  });
});
