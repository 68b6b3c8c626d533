import { expect, test } from 'vitest';
import { nearestWord } from '../../src/config/nearest-word.ts';

const words = ['name', 'source', 'destinations', 'kmsKey', 'id'];

test.each([
  ['KMS-Key', 'kmsKey'],
  ['kms_key', 'kmsKey'],
  ['nmae', 'name'],
  ['nam', 'name'],
  ['naxe', 'name'],
  ['suorcee', 'source'],
  ['destination', 'destinations'],
  ['destnatoins', 'destinations'],
])('%s is a misspelling of %s', (word, nearest) => {
  expect(nearestWord(word, words)).toBe(nearest);
});

test.each(['colour', 'nxxe', 'mean', 'sxxxce', 'ab', 'x'.repeat(1000)])('%s is near to nothing', (word) => {
  expect(nearestWord(word, words)).toBeUndefined();
});

test('the nearest of several wins', () => {
  expect(nearestWord('rolee', ['rules', 'role'])).toBe('role');
});
