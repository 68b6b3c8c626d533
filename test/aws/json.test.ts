import { describe, expect, it } from 'vitest';
import { canonical, isSameJson, toJson } from '../../src/aws/json.ts';

describe('documents', () => {
  it.each([
    ['members in another order', { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }, true],
    ['members of what is in a list in another order', [{ a: 1, b: 2 }], [{ b: 2, a: 1 }], true],
    ['lists in another order', [1, 2], [2, 1], false],
    [
      'a list of ten or more',
      Array.from({ length: 12 }, (_, index) => index),
      [0, 1, 10, 11, 2, 3, 4, 5, 6, 7, 8, 9],
      false,
    ],
    ['a list and an object of the same members', ['a'], { 0: 'a' }, false],
    ['null and an object', { a: null }, { a: {} }, false],
    ['nothing and null', undefined, null, true],
    ['nothing and an object', null, {}, false],
    ['a member that is undefined, and none', { a: undefined }, {}, true],
    ['a number and its text', 1, '1', false],
  ])('that differ in %s', (_, one, other, same) => {
    expect(isSameJson(one, other)).toBe(same);
    expect(isSameJson(other, one)).toBe(same);
  });

  it('have one text, with their members sorted by name', () => {
    expect(canonical({ b: 1, a: [{ d: null, c: 'x' }], B: true })).toBe('{"B":true,"a":[{"c":"x","d":null}],"b":1}');
  });

  it('are copies without what is undefined, with dates as text', () => {
    const answer = { at: new Date(0), left: undefined, kept: { list: [1] } };
    expect(Object.entries(toJson(answer))).toEqual([
      ['at', '1970-01-01T00:00:00.000Z'],
      ['kept', { list: [1] }],
    ]);
    expect(toJson(answer).kept).not.toBe(answer.kept);
  });
});
