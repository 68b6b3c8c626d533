import { expect, it } from 'vitest';
import { pathOf } from '../../../src/model/replication/path.ts';

it.each([
  ['', ['accounts', '111111111111', 'buckets', 'SRC'], 'accounts["111111111111"].buckets.SRC'],
  ['', ['objects', 0, 'key'], 'objects[0].key'],
  ['accounts', ['a-b', 'c"d'], 'accounts["a-b"]["c\\"d"]'],
])('a path is what JavaScript writes: %j and %j', (parent, members, path) => {
  expect(pathOf(parent, ...members)).toBe(path);
});
