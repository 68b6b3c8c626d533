import { expect, it } from 'vitest';
import { joinPhrases, phrase, textOf, withTexts } from '../../../src/model/evaluation/phrase.ts';

it.each([
  ['', []],
  ['one', [phrase`one`]],
  ['one; two a and three', [phrase`one`, phrase`two ${'a'} and three`]],
  ['a, b, c', [phrase`${['a', 'b', 'c']}`]],
  ['a, b, c and 2 more; x', [phrase`${['a', 'b', 'c', 'd', 'e']}`, phrase`${phrase`x`}`]],
])('phrases are the text %j', (text, phrases) => {
  expect(textOf(joinPhrases(phrases))).toBe(text);
});

it('texts are changed wherever they are, and nothing else is', () => {
  const data = { text: 'a', list: ['b', 1, ['a']], none: null, missing: undefined, is: true, inner: { a: 'a' } };
  expect(withTexts(data, (text) => text.toUpperCase())).toEqual({
    text: 'A',
    list: ['B', 1, ['A']],
    none: null,
    missing: undefined,
    is: true,
    inner: { a: 'A' },
  });
});
