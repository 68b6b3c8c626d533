import { expect, it } from 'vitest';
import { isWithin, pathIn, pathText } from '../../../src/model/replication/path.ts';

it.each([
  [['accounts', '111111111111', 'buckets', 'SRC'], 'accounts["111111111111"].buckets.SRC'],
  [['objects', 0, 'key'], 'objects[0].key'],
  [['accounts', 'a-b', 'c"d'], 'accounts["a-b"]["c\\"d"]'],
])('a path is what JavaScript writes: %j', (members, path) => {
  expect(pathText(members)).toBe(path);
});

it.each([
  ['accounts["111111111111"].buckets.SRC.Rules[10]', ['accounts', '111111111111', 'buckets', 'SRC', 'Rules', '10']],
  ['accounts.111111111111["a.b[0]"]', ['accounts', '111111111111', 'a.b[0]']],
  ['', []],
])('the members of %s', (path, members) => {
  expect(pathIn(path)).toEqual(members);
});

it.each([
  ['buckets.src.policy', 'buckets.src', true],
  ['buckets.src', 'buckets.src', true],
  ['buckets.src2.policy', 'buckets.src', false],
  ['buckets.src', 'buckets.src.policy', false],
  ['Rules[10]', 'Rules[1]', false],
])('%s is in %s: %s', (path, whole, within) => {
  expect(isWithin(pathIn(path), pathIn(whole))).toBe(within);
});
