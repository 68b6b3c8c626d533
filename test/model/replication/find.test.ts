import { describe, expect, it } from 'vitest';
import { findBucket, findIn, findKey, settingOf } from '../../../src/model/replication/find.ts';
import { pathText } from '../../../src/model/replication/path.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import { healthy, other, snapshotOf, source } from './world.ts';

/** A snapshot of other accounts. */
const having = (accounts: unknown) => ({ ...snapshotOf(healthy()), accounts }) as Snapshot;
const bucket = { region: 'us-east-1' };
const keyArn = `arn:aws:kms:us-east-1:${source}:key/1`;

describe('a bucket of an account', () => {
  it.each([
    ['is unknown where no account is known', 'unknown', 'unknown'],
    ['is unknown in an account that is not mentioned', {}, 'unknown'],
    ['is unknown in an account that could not be read', { [source]: 'unknown' }, 'unknown'],
    ['is unknown where buckets could not be read', { [source]: { buckets: 'unknown' } }, 'unknown'],
    ['is unknown where it is not mentioned', { [source]: { buckets: {} } }, 'unknown'],
    ['may not exist', { [source]: { buckets: { length: null } } }, null],
    ['is found', { [source]: { buckets: { length: bucket } } }, bucket],
  ])('%s', (_, accounts, found) => {
    // "length" is a name that S3 takes, and texts have such a member.
    expect(findIn(having(accounts), source, 'buckets', 'length')).toEqual(found);
  });

  it('is not what every object inherits: constructor is a name that S3 takes', () => {
    const accounts = having({ [source]: { buckets: {}, keys: {} } });
    expect(findIn(accounts, source, 'buckets', 'constructor')).toBe('unknown');
    expect(findBucket(accounts, 'constructor').account).toBe('unknown');
    expect(findKey(accounts, 'constructor', source, 'us-east-1').value).toBe('unknown');
    expect(findIn(accounts, 'constructor', 'buckets', 'src')).toBe('unknown');
  });
});

describe('a bucket of whatever account', () => {
  const nowhere = { account: 'unknown', path: 'accounts', value: 'unknown' };
  const at = (account: string, value: unknown) => ({ account, path: `accounts["${account}"].buckets.length`, value });
  it.each([
    ['is nowhere where no account is known', 'unknown', nowhere],
    [
      'is nowhere where none mentions it',
      { 1: 'unknown', 2: { buckets: 'unknown' }, 3: { buckets: { src: bucket } } },
      nowhere,
    ],
    [
      'is where it is, whatever others say',
      { 1: { buckets: { length: null } }, 2: { buckets: { length: 'unknown' } }, 3: { buckets: { length: bucket } } },
      at('3', bucket),
    ],
    [
      'does not exist where one answers so',
      { 1: { buckets: { length: 'unknown' } }, 2: { buckets: { length: null } } },
      at('2', null),
    ],
    [
      'is unknown where one mentions it',
      { 1: { buckets: {} }, 2: { buckets: { length: 'unknown' } } },
      at('2', 'unknown'),
    ],
  ])('%s', (_, accounts, found) => {
    const { account, path, value } = findBucket(having(accounts), 'length');
    expect({ account, path: pathText(path), value }).toEqual(found);
  });
});

describe('a key', () => {
  const [gone, far] = [`${keyArn}/gone`, `${keyArn}/far`] as const;
  const key = { aliases: ['alias/a'] };
  const keys = {
    [keyArn]: key,
    [keyArn.replace('east', 'west')]: { aliases: ['alias/b'] },
    [gone]: null,
    [far]: 'unknown',
    'no-arn': { aliases: ['alias/c'] },
  };
  const inSource = having({ [source]: { keys } });
  const side = { account: source, region: 'us-east-1', byAlias: false };
  const none = { arn: expect.any(String), value: 'unknown' };

  it.each([
    ['of its ARN', keyArn, { arn: keyArn, value: key }],
    ['of its ID', '1', { arn: keyArn, value: key }],
    ['of an alias', 'alias/a', { arn: keyArn, value: key, byAlias: true }],
    ['of an alias ARN', `arn:aws:kms:us-east-1:${source}:alias/a`, { arn: keyArn, value: key, byAlias: true }],
    ['that is in another Region', 'alias/b', { ...none, byAlias: true }],
    ['that is not mentioned', '2', none],
    ['of an alias of what has no ARN', 'alias/c', { ...none, byAlias: true }],
    [
      'of an alias of another account',
      `arn:aws:kms:us-east-1:${other}:alias/a`,
      { ...none, account: other, byAlias: true },
    ],
    ['of another account', keyArn.replace(source, other), { ...none, account: other }],
  ])('%s', (_, id, found) => {
    expect(findKey(inSource, id, source, 'us-east-1')).toMatchObject({ ...side, ...found });
  });

  it.each([
    ['does not exist where every key has told its aliases', { [gone]: null, [keyArn]: key }, null],
    ['is unknown where one could not be read', { [keyArn]: key, [far]: 'unknown' }, 'unknown'],
    ['is unknown where one has not told its aliases', { [keyArn]: { aliases: 'unknown' } }, 'unknown'],
    ['is unknown where none could be read', 'unknown', 'unknown'],
  ])('of an alias that none has %s', (_, of, value) => {
    const id = 'alias/c';
    const found = { ...side, arn: id, byAlias: true, path: `accounts["${source}"].keys["alias/c"]`, value };
    const { path, ...key } = findKey(having({ [source]: { keys: of } }), id, source, 'us-east-1');
    expect({ ...key, path: pathText(path) }).toEqual(found);
  });

  it('is found in whatever Region where the Region that asks is not known', () => {
    expect(findKey(inSource, 'alias/b', source, 'unknown')).toMatchObject({ value: { aliases: ['alias/b'] } });
  });
});

it.each([
  ['of a bucket that could not be read', 'unknown', 'unknown'],
  ['of a bucket that does not exist', null, 'unknown'],
  ['of a bucket', healthy().src, 'us-east-1'],
] as const)('a setting %s', (_, bucket, region) => {
  expect(settingOf(bucket, 'region')).toBe(region);
});
