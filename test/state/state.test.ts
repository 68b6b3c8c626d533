import { expect, it } from 'vitest';
import type { State } from '../../src/state/state.ts';
import { aBucket, aKey, DESTINATION, keyArn, nothing, SOURCE } from '../builders.ts';
import { bucketOf, put } from '../plain-state.ts';

it('a bucket is there to be worked on where it was found, and neither forbidden nor elsewhere', () => {
  const found = aBucket();
  const buckets = { found, none: null, forbidden: { inaccessible: 'forbidden' as const } };
  const state: State = { accounts: { [SOURCE]: { roles: {}, keys: {}, buckets } } };
  expect(bucketOf(state, SOURCE, 'found')).toBe(found);
  for (const name of ['none', 'forbidden', 'another', 'constructor'])
    expect(bucketOf(state, SOURCE, name)).toBeUndefined();
  for (const account of [DESTINATION, 'constructor']) expect(bucketOf(state, account, 'found')).toBeUndefined();
});

it('what is put somewhere changes nothing else', () => {
  const key = aKey(keyArn());
  const bucket = aBucket();
  const first = put(nothing, SOURCE, 'keys', key.metadata.Arn, key);
  const state = put(put(first, SOURCE, 'buckets', 'a', bucket), DESTINATION, 'buckets', 'b', null);
  expect(nothing).toEqual({ accounts: {} });
  expect(state.accounts).toEqual({
    [SOURCE]: { roles: {}, keys: { [key.metadata.Arn]: key }, buckets: { a: bucket } },
    [DESTINATION]: { roles: {}, keys: {}, buckets: { b: null } },
  });
});
