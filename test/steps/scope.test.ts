import { describe, expect, it } from 'vitest';
import { objectPatterns, replicaActions } from '../../src/steps/scope.ts';
import { aSource } from '../builders.ts';

function patterns(...prefixes: readonly string[]): readonly string[] {
  const all = objectPatterns(
    aSource({ bucket: 'acme' }),
    prefixes.map((prefix) => ({ prefix })),
  );
  return all.map((one) => one.replace('arn:aws:s3:::acme/', ''));
}

describe('the objects that a policy names', () => {
  it('are those of each prefix, and of the wider one where it begins another', () => {
    expect(patterns('b/', 'a/', 'a/b/', 'a')).toEqual(['a*', 'b/*']);
    expect(patterns('a/', 'a/b/', 'a/b/c/')).toEqual(['a/*']);
  });

  it('are those of both prefixes where one only ends another', () => {
    expect(patterns('a/', 'b/a/')).toEqual(['a/*', 'b/a/*']);
    expect(patterns('undefined/')).toEqual(['undefined/*']);
  });

  it('are all of the bucket where a rule has no prefix, or it begins with what a policy takes for more than a letter', () => {
    expect(patterns('a/', '')).toEqual(['*']);
    expect(patterns('a/', '*b/')).toEqual(['*']);
    expect(patterns('a?b', 'c$d', 'e*')).toEqual(['a*', 'c*', 'e*']);
  });
});

it('one rule of several is enough for a right at the destination', () => {
  const rule = { deleteMarkers: false, ownerOverride: false };
  const usual = ['s3:ReplicateObject', 's3:ReplicateTags'];
  expect(replicaActions([rule, rule], false)).toEqual(usual);
  expect(replicaActions([rule, { ...rule, deleteMarkers: true }], false)).toEqual([
    's3:ReplicateObject',
    's3:ReplicateDelete',
    's3:ReplicateTags',
  ]);
  expect(replicaActions([{ ...rule, ownerOverride: true }, rule], false)).toEqual([
    ...usual,
    's3:ObjectOwnerOverrideToBucketOwner',
  ]);
});
