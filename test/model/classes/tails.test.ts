import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matches, wildcardPattern } from '../../../src/model/evaluation/pattern.ts';
import { exampleOf, matcherOf, matchesAll, tailsOf, textOf } from '../../../src/model/evaluation/tails.ts';

const letters = fc.constantFrom('a', 'b', '/');
const text = fc.array(letters, { maxLength: 6 }).map((all) => all.join(''));
const written = fc.array(fc.oneof(letters, fc.constantFrom('*', '?')), { maxLength: 7 }).map((all) => all.join(''));

describe('what a pattern leaves open after a fixed beginning', () => {
  it('is matched by exactly the texts that match the pattern with that beginning', () => {
    fc.assert(
      fc.property(written, text, text, (pattern, start, rest) => {
        const tails = tailsOf(wildcardPattern(pattern), start);
        const whole = matches(wildcardPattern(pattern), `${start}${rest}`);
        expect(tails.some((tail) => matches(tail, rest))).toBe(whole);
      }),
      { numRuns: 2000, seed: 20261128 },
    );
  });

  it.each([
    ['arn:aws:s3:::dst/hr/*', 'arn:aws:s3:::dst/', ['hr/*']],
    ['arn:aws:s3:::dst/hr/*', 'arn:aws:s3:::dst/hr/2026/', ['*']],
    ['arn:aws:s3:::dst/hr/*', 'arn:aws:s3:::dst/h', ['r/*']],
    ['arn:aws:s3:::other/*', 'arn:aws:s3:::dst/', []],
    ['*', 'arn:aws:s3:::dst/', ['*']],
    ['arn:aws:s3:::*/hr/*', 'arn:aws:s3:::dst/', ['*/hr/*', 'hr/*']],
    ['arn:aws:s3:::dst/a', 'arn:aws:s3:::dst/a', ['']],
    ['arn:aws:s3:::dst/a', 'arn:aws:s3:::dst/ab', []],
  ])('of %s after %s is %j', (pattern, start, expected) => {
    expect(tailsOf(wildcardPattern(pattern), start).map((tail) => textOf(tail))).toEqual(expected);
  });
});

it('an example matches its pattern, whatever stands for the stars', () => {
  fc.assert(
    fc.property(written, fc.constantFrom('s3repl-probe', 'x', 'q/w'), (pattern, filler) => {
      expect(matches(wildcardPattern(pattern), exampleOf(wildcardPattern(pattern), filler))).toBe(true);
    }),
    { numRuns: 1000, seed: 20261128 },
  );
});

it('a matcher for many texts says what matching one by one says', () => {
  fc.assert(
    fc.property(written, text, (pattern, one) => {
      expect(matcherOf(wildcardPattern(pattern))(one)).toBe(matches(wildcardPattern(pattern), one));
    }),
    { numRuns: 3000, seed: 20261128 },
  );
});

it.each([
  ['*', true],
  ['**', true],
  ['', false],
  ['a*', false],
  ['?', false],
  ['*?', false],
])('%j matches all texts: %s', (pattern, expected) => {
  expect(matchesAll(wildcardPattern(pattern))).toBe(expected);
});

it.each([
  ['ab*b', 'ab', false],
  ['ab*b', 'abb', true],
  ['a*b*b', 'ab', false],
  ['a*b*b', 'axbyb', true],
  ['a*', 'b', false],
  ['ab', 'ab', true],
])('the matcher of %j says of %j: %s', (pattern, one, expected) => {
  expect(matcherOf(wildcardPattern(pattern))(one)).toBe(expected);
});
