import { describe, expect, it } from 'vitest';
import { keyClassesOf } from '../../../src/model/classes/class-keys.ts';
import type { TellingStatement } from '../../../src/model/classes/telling-statements.ts';
import { wildcardPattern } from '../../../src/model/evaluation/pattern.ts';
import type { Exclusion } from '../../../src/model/object-class.ts';

/** A statement of several parts, each of which names keys of the destination. */
function statement(effect: 'Allow' | 'Deny', ...parts: readonly (readonly string[])[]): TellingStatement {
  return {
    place: { policy: 'bucket policy of dst', statement: 0 },
    effect,
    arns: parts.map((keys) =>
      keys.map((key) => wildcardPattern(`arn:aws:s3:::${key.includes(':') ? key.slice(1) : `dst/${key}`}`)),
    ),
    tags: new Map(),
    patternsOfTags: new Map(),
    tagging: false,
    encryption: false,
    customerKey: false,
    context: false,
  };
}
const deny = (...keys: string[]) => statement('Deny', keys);
const allow = (...keys: string[]) => statement('Allow', keys);
/** A pattern of ARNs of any bucket. */
const ofAny = (rest: string) => `:${rest}`;
const why = 'test data';

function classesOf(
  statements: readonly TellingStatement[],
  {
    exclusions = [],
    prefix = '',
    taken = [],
  }: { exclusions?: readonly Exclusion[]; prefix?: string; taken?: readonly string[] } = {},
) {
  return keyClassesOf(statements, exclusions, { prefix, taken, buckets: ['arn:aws:s3:::src', 'arn:aws:s3:::dst'] });
}
const patternsOf = (...asked: Parameters<typeof classesOf>) =>
  classesOf(...asked).others.map(({ patterns }) => patterns);
const plainKeyOf = (...asked: Parameters<typeof classesOf>) => classesOf(...asked).plain.examples;

describe('classes of keys', () => {
  it.each<[string, readonly TellingStatement[], readonly (readonly string[])[]]>([
    ['are none where a statement names no key', [deny('')], []],
    ['are none where a statement names every key', [deny('*')], []],
    ['are none where a statement names every key that has a character', [deny('?*')], []],
    ['are one for what one statement names', [deny('hr/*', 'legal/*')], [['hr/*', 'legal/*']]],
    [
      'are those of a Deny first',
      [allow('a/*'), deny('b/*'), allow('c/*'), deny('d/*')],
      [['b/*'], ['d/*'], ['a/*'], ['c/*']],
    ],
    ['stay in the order of the statements', [deny('b/*'), allow('a/*')], [['b/*'], ['a/*']]],
    ['are also the keys that two Allows share', [allow('a*'), allow('*b')], [['a*'], ['*b'], ['a*b']]],
    [
      'name the keys that two Allows share once',
      [allow('x*'), allow('*y'), allow('x*y')],
      [['x*'], ['*y'], ['x*y', 'xx*y', 'x*yy']],
    ],
    [
      'are also the keys that two Allows share where a Deny names some of them',
      [allow('a*'), deny('a*'), allow('*b')],
      [['a*'], ['*b'], ['a*b']],
    ],
    [
      'are not the keys that an Allow and a part of a Deny share',
      [allow('a*'), statement('Deny', ['*b'], ['zz'])],
      [['*b'], ['zz'], ['a*']],
    ],
    [
      'are the shared keys in the order of the two patterns in which they have some',
      [allow('?*'), allow('x*')],
      [['x*', 'x?*']],
    ],
    ['are not the keys that two Denies share', [deny('a*'), deny('*b')], [['a*'], ['*b']]],
    [
      'are also the keys that two parts of a Deny share',
      [statement('Deny', ['a*', 'c*'], ['*b', '*d'])],
      [
        ['a*', 'c*'],
        ['*b', '*d'],
        ['a*b', 'a*d', 'c*b', 'c*d'],
      ],
    ],
    [
      'are not the keys that two patterns of one part share',
      [statement('Deny', ['a*', '*b'], ['*c'])],
      [['a*', '*b'], ['*c'], ['a*c']],
    ],
    [
      'are not the keys that parts of two Denies share',
      [statement('Deny', ['a*'], ['zz']), statement('Deny', ['*b'], ['yy'])],
      [['a*'], ['zz'], ['*b'], ['yy']],
    ],
    [
      'are the keys that two parts share also where another Deny names one of them',
      [statement('Deny', ['a*'], ['*b']), deny('a*')],
      [['a*'], ['*b'], ['a*b']],
    ],
    [
      'are those of parts that name any bucket',
      [statement('Deny', [ofAny('*/a*')], [ofAny('*/*b')])],
      [
        ['*/a*', 'a*'],
        ['*/*b', '*b'],
        ['*/*b/a*/*b', '*b/a*b', 'a*/*b', 'a*b'],
      ],
    ],
  ])('%s', (_, statements, expected) => {
    expect(patternsOf(statements)).toEqual(expected);
  });

  it('are named by every statement that they come from', () => {
    const [a, b] = [allow('a*'), allow('*b')];
    expect(classesOf([a, b]).others.map(({ statements }) => [...statements])).toEqual([[a], [b], [a, b]]);
  });

  it('are named with the prefix of the rule, and so are all other keys', () => {
    const { plain, others } = classesOf([deny('hr/old/*')], { prefix: 'hr/' });
    expect(plain).toEqual({ patterns: ['hr/*'], examples: ['hr/s3repl-probe'], statements: new Set() });
    expect(others).toMatchObject([{ patterns: ['hr/old/*'], examples: ['hr/old/s3repl-probe'] }]);
  });

  it('are those of what is left out by key, and of nothing that is left out otherwise', () => {
    const exclusions = [
      { encryption: 'SSE-C', why },
      { key: 'old/*', why },
      { key: 'tmp', why },
    ] as const;
    const { others, nameOf } = classesOf([], { exclusions });
    expect(others.map(({ patterns }) => patterns)).toEqual([['old/*'], ['tmp']]);
    expect(new Set(['old/1', 'tmp', 'other'].map(nameOf)).size).toBe(3);
    expect(nameOf('old/1')).toBe(nameOf('old/2'));
  });

  it('combine a hundred patterns, and two hundred pairs', () => {
    const many = (count: number, make: (key: string) => TellingStatement) =>
      Array.from({ length: count }, (_, index) => make(`${String(index).padStart(3, '0')}*`));
    const isCombined = (...statements: TellingStatement[]) => patternsOf(statements).flat().includes('a*b');
    expect(isCombined(allow('a*'), ...many(98, allow), allow('*b'))).toBe(true);
    expect(isCombined(allow('a*'), ...many(99, allow), allow('*b'))).toBe(false);
    expect(isCombined(...many(10, allow), allow('a*'), allow('*b'))).toBe(true);
    expect(isCombined(...many(28, allow), allow('a*'), allow('*b'))).toBe(false);
    // Those that are never combined take no place.
    expect(isCombined(...many(100, deny), allow('a*'), allow('*b'))).toBe(true);
  });
});

describe('the key that stands for a class', () => {
  it('meets as few other patterns as can be', () => {
    expect(classesOf([deny('hr/*'), deny('*probe*')]).others).toMatchObject([{ examples: ['hr/x'] }, {}]);
    expect(classesOf([deny('hr/*'), deny('hr*')]).others).toMatchObject([{ examples: ['hr/s3repl-probe'] }, {}]);
  });

  it('has characters that no pattern has, and as many as no pattern wants', () => {
    const fillers = ['*p*', '*x*', '*0*', '*~*', '*Z_*', '*q*', '*7*'].map((key) => deny(key));
    expect(plainKeyOf(fillers)).toEqual(['-']);
    expect(plainKeyOf([...fillers, deny('?')])).toEqual(['--']);
    expect(plainKeyOf([...fillers, deny('?'), deny('??')])).toEqual(['---']);
    expect(plainKeyOf([...fillers, deny('?'), deny('??'), deny('???')])).toEqual(['-----']);
    // Two such characters are tried.
    expect(plainKeyOf(fillers, { taken: ['-'] })).toEqual(['.']);
    expect(plainKeyOf(fillers, { taken: ['-', '.'] })).not.toEqual(['1']);
  });

  it('is longer than all patterns of few characters', () => {
    const lengths = [1, 2, 3, 5, 's3repl-probe'.length].map((count) => deny('?'.repeat(count)));
    expect(plainKeyOf(lengths)).toEqual(['As3repl-probe']);
  });

  it('is none that another rule takes', () => {
    const usual = ['s', 'p', 'x', '0', '~', 'Z', 'q', '7', '_'];
    expect(plainKeyOf([], { taken: usual })).toEqual(['As3repl-probe']);
    expect(plainKeyOf([], { taken: [...usual, 'A', 'B'] })).toEqual(['Cs3repl-probe']);
    expect(patternsOf([deny('u*')], { taken: ['u'] })).toEqual([]);
  });

  it('is the same whether or not a pattern reaches all keys in one of two ways', () => {
    const first = ['*p*', '*x*', '*0*', '*~*', '*Z_*'].map((key) => deny(key));
    expect(plainKeyOf([...first, deny(ofAny('*/*'))])).toEqual(['q/w']);
  });
});
