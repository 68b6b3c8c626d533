import { expect, it } from 'vitest';
import { faultIn } from '../../src/files/json-text.ts';

const limit = 250_000;

it.each([
  ['the items of one list', (count: number) => `[${'1,'.repeat(count - 2)}1]`],
  ['the first items of many lists', (count: number) => `[${'[1],'.repeat(count / 2 - 1)}1]`],
])('every value counts toward the limit: %s', (_, text) => {
  expect(faultIn(text(limit))).toBeUndefined();
  expect(faultIn(text(limit + 2))?.message).toBe('more than 250,000 values');
});
