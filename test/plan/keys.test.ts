import { describe, expect, it } from 'vitest';
import type { Region } from '../../src/aws/brand.ts';
import {
  findOurRules,
  keyByAlias,
  keyInSlot,
  keySlots,
  newKeyArn,
  newKeyPattern,
  ruleIdPrefix,
} from '../../src/state/names.ts';
import type { KeyState, State } from '../../src/state/state.ts';
import { aBucket, aKey, aSpec, keyArn, nothing, ownKey, SOURCE } from '../builders.ts';
import { branded } from '../plain.ts';

const spec = aSpec();
const [slot] = keySlots(spec);
if (!slot) throw new Error('there is no slot');

const arn = keyArn();
const arnOf = (digit: string) => keyArn(SOURCE, 'eu-west-1', arn.slice(-36).replaceAll('1', digit));
const having = (keys: Readonly<Record<string, KeyState | null>>): State => ({
  accounts: { [SOURCE]: { buckets: {}, roles: {}, keys } },
});
const found = (key: KeyState | null) => keyInSlot(having({ [arn]: key }), slot, spec)?.metadata.Arn;

describe('the key of a setup', () => {
  it('is the one in its account and Region that bears its marks, whatever its alias', () => {
    expect(found(ownKey(arn, 'source', spec))).toBe(arn);
    expect(found(ownKey(arn, 'source', spec, { aliases: [] }))).toBe(arn);
  });

  it.each([
    ['that is gone', null],
    ['of another Region', ownKey(keyArn(SOURCE, 'eu-west-2'), 'source', spec)],
    ['of the other side', ownKey(arn, 'replica', spec)],
    ['of another setup', ownKey(arn, 'source', aSpec({ name: 'another' }))],
    ['without a mark', aKey(arn, { aliases: [slot.alias] })],
    ['that bears the mark of its side alone', aKey(arn, { tags: { 's3repl-key': 'source' }, aliases: [slot.alias] })],
  ])('is none %s', (_, key) => {
    expect(found(key)).toBeUndefined();
  });

  it('is of several the one with the alias, and else the first by ARN', () => {
    const [first, second, third] = ['2', '3', '4']
      .map(arnOf)
      .map((one) => ownKey(one, 'source', spec, { aliases: [] }));
    if (!first || !second || !third) throw new Error('there are not three');
    const among = (...keys: readonly KeyState[]) =>
      keyInSlot(having(Object.fromEntries(keys.map((key) => [key.metadata.Arn, key]))), slot, spec);
    expect(among(third, first, second)).toBe(first);
    expect(among(first, third, second)).toBe(first);
    const aliased = { ...second, aliases: [slot.alias] };
    expect(among(first, aliased, third)).toBe(aliased);
    expect(among(aliased, third, first)).toBe(aliased);
  });

  it('has a name of its own as long as there is none', () => {
    const name = newKeyArn(slot);
    expect(name).toBe(`arn:aws:kms:eu-west-1:${SOURCE}:key/(new key s3repl-invoices-dr)`);
    expect([...`"${name}", "${name}"`.matchAll(newKeyPattern)].map(([, key]) => key)).toEqual([
      's3repl-invoices-dr',
      's3repl-invoices-dr',
    ]);
  });
});

it('an alias is of one account and Region', () => {
  const key = aKey(arn, { aliases: ['alias/a'] });
  const state = having({ [arn]: key, gone: null });
  const side = { account: SOURCE, region: branded<Region>('eu-west-1') };
  expect(keyByAlias(state, side, 'alias/a')).toBe(key);
  expect(keyByAlias(state, side, 'alias/b')).toBeUndefined();
  expect(keyByAlias(state, { ...side, region: branded('eu-west-2') }, 'alias/a')).toBeUndefined();
  expect(keyByAlias(state, { ...side, account: branded('999999999999') }, 'alias/a')).toBeUndefined();
});

it('the rules of a setup are those whose ID begins with its name', () => {
  const rule = (ID?: string) =>
    ({ ...(ID !== undefined && { ID }), Status: 'Enabled', Destination: { Bucket: 'b' } }) as const;
  const ours = rule(`${ruleIdPrefix(spec)}all`);
  const replication = {
    Role: 'r',
    Rules: [rule(), rule('all'), ours, rule('s3repl.invoices-drs.all'), rule(`a${ours.ID}`)],
  };
  const state: State = {
    accounts: { [SOURCE]: { buckets: { 'acme-invoices': aBucket({ replication }) }, roles: {}, keys: {} } },
  };
  expect(findOurRules(state, spec)).toEqual([ours]);
  expect(findOurRules(nothing, spec)).toEqual([]);
});
