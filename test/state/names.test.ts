import { describe, expect, it } from 'vitest';
import { accountIn, bucketArn, nameIn, regionOf } from '../../src/aws/arn.ts';
import type { Region } from '../../src/aws/brand.ts';
import type { DestinationKeyChoice } from '../../src/config/spec.ts';
import {
  addOurTags,
  inlinePolicyName,
  isOurs,
  keyArnOf,
  keyByAlias,
  keyInSlot,
  keySlots,
  matchOurSid,
  newKeyArn,
  newKeyPattern,
  replicationRole,
  ruleIdPrefix,
  sideOf,
  sidesOf,
  sidPrefix,
} from '../../src/state/names.ts';
import type { KeyState, RoleState, State } from '../../src/state/state.ts';
import {
  aDestination,
  aKey,
  aRole,
  aSource,
  aSpec,
  DESTINATION,
  keyArn,
  nothing,
  ownKey,
  SOURCE,
} from '../builders.ts';
import { branded } from '../plain.ts';

function withKeys(...keys: readonly KeyState[]): State {
  const accounts: Record<string, State['accounts'][string]> = {};
  for (const key of keys) {
    const account = accountIn(key.metadata.Arn);
    const before = accounts[account] ?? { roles: {}, buckets: {}, keys: {} };
    accounts[account] = { ...before, keys: { ...before.keys, [key.metadata.Arn]: key } };
  }
  return { accounts };
}

function withRoles(roles: Readonly<Record<string, RoleState | null>>): State {
  return { accounts: { [SOURCE]: { roles, buckets: {}, keys: {} } } };
}

function toDestination(kmsKey: DestinationKeyChoice, change: Parameters<typeof aDestination>[0] = {}) {
  return aSpec({ destinations: [aDestination({ kmsKey, ...change })] });
}

describe('the Sids of a setup', () => {
  it('begin with S3repl and twelve hexadecimal digits, the same on every machine', () => {
    expect(sidPrefix(aSpec())).toMatch(/^S3repl[0-9a-f]{12}$/);
    // printf 'invoices-dr\narn:aws:s3:::acme-invoices' | sha256sum
    expect(sidPrefix(aSpec())).toBe('S3repl1dffd6f58451');
  });

  it.each([
    ['the name', aSpec({ name: 'other' })],
    ['the source bucket', aSpec({ source: aSource({ bucket: 'other' }) })],
    ['the partition', aSpec({ source: aSource({ partition: 'aws-cn' }) })],
  ])('differ by %s', (_, other) => {
    expect(sidPrefix(other)).not.toBe(sidPrefix(aSpec()));
    expect(matchOurSid(aSpec())(`${sidPrefix(other)}ReplicaWrites`)).toBe(false);
  });

  it('do not depend on where it replicates to, nor on Region or account', () => {
    const moved = aSpec({
      source: aSource({ region: 'us-east-1', account: '333333333333' }),
      destinations: [aDestination({ bucket: 'elsewhere' })],
    });
    expect(sidPrefix(moved)).toBe(sidPrefix(aSpec()));
  });

  it('are known by their beginning, and by nothing shorter', () => {
    const own = matchOurSid(aSpec());
    expect(own(`${sidPrefix(aSpec())}ReplicaKey`)).toBe(true);
    expect(own('S3replReplicaKey')).toBe(false);
    expect(own(`x${sidPrefix(aSpec())}`)).toBe(false);
  });
});

describe('names and marks', () => {
  it('are those of the design', () => {
    expect(ruleIdPrefix(aSpec())).toBe('s3repl.invoices-dr.');
    expect(inlinePolicyName(aSpec())).toBe('s3repl-invoices-dr');
    expect(bucketArn({ partition: 'aws-cn', bucket: branded('b') })).toBe('arn:aws-cn:s3:::b');
  });

  it('our tag counts with our name only', () => {
    expect(isOurs({ tags: { s3repl: 'invoices-dr' } }, aSpec())).toBe(true);
    expect(isOurs({ tags: { s3repl: 'invoices' } }, aSpec())).toBe(false);
    expect(isOurs({ tags: {} }, aSpec())).toBe(false);
  });

  it('our tag and those of repl.yaml go over what is there, and nobody can rename our mark', () => {
    const spec = aSpec({ tags: { team: 'platform', s3repl: 'forged' } });
    expect(addOurTags(spec, { team: 'old', cost: '42' })).toEqual({
      team: 'platform',
      cost: '42',
      s3repl: 'invoices-dr',
    });
  });

  it('the sides are the source and the destinations in their order', () => {
    const spec = aSpec({ destinations: [aDestination(), aDestination({ id: 'destinations[1]' })] });
    expect(sidesOf(spec).map(({ id }) => id)).toEqual(['source', 'destinations[0]', 'destinations[1]']);
    expect(sideOf(spec, 'destinations[1]')).toBe(spec.destinations[1]);
    expect(() => sideOf(spec, 'destinations[2]')).toThrow('destinations[2]');
  });

  it.each([
    ['arn:aws:iam::111111111111:role/S3', '111111111111', '', 'S3'],
    ['arn:aws-cn:iam::111111111111:role/team/a/S3', '111111111111', '', 'S3'],
    [keyArn(), SOURCE, 'eu-west-1', '11111111-2222-3333-4444-555555555555'],
    ['no-arn', '', '', 'no-arn'],
  ])('%s has its account, Region and last part', (arn, account, region, name) => {
    expect([accountIn(arn), regionOf(arn), nameIn(arn)]).toEqual([account, region, name]);
  });
});

describe('the keys that s3repl makes', () => {
  const second = (change: Parameters<typeof aDestination>[0]) => aDestination({ id: 'destinations[1]', ...change });
  const given = { kind: 'arn', arn: keyArn() } as const;

  it.each([
    [
      'one at each side',
      aSpec(),
      ['source alias/s3repl-invoices-dr', 'destinations[0] alias/s3repl-invoices-dr-replica'],
    ],
    [
      'one for two buckets of an account and Region',
      aSpec({ destinations: [aDestination(), second({ bucket: 'b' })] }),
      ['source alias/s3repl-invoices-dr', 'destinations[0] alias/s3repl-invoices-dr-replica'],
    ],
    [
      'one for each Region of an account',
      aSpec({ destinations: [aDestination(), second({ region: 'us-east-1' })] }),
      [
        'source alias/s3repl-invoices-dr',
        'destinations[0] alias/s3repl-invoices-dr-replica',
        'destinations[1] alias/s3repl-invoices-dr-replica',
      ],
    ],
    [
      'one for each account',
      aSpec({ destinations: [aDestination(), second({ account: '333333333333' })] }),
      [
        'source alias/s3repl-invoices-dr',
        'destinations[0] alias/s3repl-invoices-dr-replica',
        'destinations[1] alias/s3repl-invoices-dr-replica',
      ],
    ],
    [
      'two where source and destination are in one account and Region',
      aSpec({ destinations: [aDestination({ account: SOURCE, region: 'eu-west-1' })] }),
      ['source alias/s3repl-invoices-dr', 'destinations[0] alias/s3repl-invoices-dr-replica'],
    ],
    [
      'none at a side with a given one',
      aSpec({ source: aSource({ kmsKey: given }) }),
      ['destinations[0] alias/s3repl-invoices-dr-replica'],
    ],
    ['none where the source key is shared', toDestination({ kind: 'source' }), ['source alias/s3repl-invoices-dr']],
    [
      'none where an alias is given',
      toDestination({ kind: 'alias', alias: 'alias/theirs' }),
      ['source alias/s3repl-invoices-dr'],
    ],
  ])('are %s', (_, spec, expected) => {
    expect(keySlots(spec).map(({ side, alias }) => `${side.id} ${alias}`)).toEqual(expected);
  });

  it('are found by tag and use, in their Region and account', () => {
    const spec = aSpec();
    const [source, replica] = keySlots(spec);
    const own = ownKey(keyArn(), 'source', spec);
    const other = ownKey(keyArn(SOURCE, 'eu-west-1', 'other'), 'replica', spec);
    const elsewhere = ownKey(keyArn(SOURCE, 'us-east-1', '0'), 'source', spec);
    const foreign = aKey(keyArn(SOURCE, 'eu-west-1', '0'), { aliases: ['alias/s3repl-invoices-dr'] });
    const state = withKeys(elsewhere, foreign, other, own);
    expect(source && keyInSlot(state, source, spec)).toBe(own);
    expect(replica && keyInSlot(state, replica, spec)).toBeUndefined();
    expect(source && keyInSlot(withKeys(other), source, spec)).toBeUndefined();
  });

  it('of several in one slot, the one with the alias counts, else the first by ARN, whatever the order', () => {
    const spec = aSpec();
    const [slot] = keySlots(spec);
    const [a, b, c] = ['a', 'b', 'c'].map((id) =>
      ownKey(keyArn(SOURCE, 'eu-west-1', id), 'source', spec, { aliases: [] }),
    ) as [KeyState, KeyState, KeyState];
    const named = { ...c, aliases: ['alias/s3repl-invoices-dr'] };
    expect(slot && keyInSlot(withKeys(b, c, a), slot, spec)).toBe(a);
    expect(slot && keyInSlot(withKeys(a, b, c), slot, spec)).toBe(a);
    expect(slot && keyInSlot(withKeys(a, named, b), slot, spec)).toBe(named);
  });
});

describe('the key of a side, as an ARN', () => {
  const spec = aSpec();
  const source = ownKey(keyArn(), 'source', spec);
  const replica = ownKey(keyArn(DESTINATION, 'eu-central-1'), 'replica', spec);
  const theirs = aKey(keyArn(DESTINATION, 'eu-central-1', 'theirs'), { aliases: ['alias/theirs'] });
  const sameAlias = aKey(keyArn(DESTINATION, 'us-east-1', 'theirs'), { aliases: ['alias/theirs'] });
  const state = withKeys(sameAlias, source, replica, theirs);

  it.each([
    ['made by us', toDestination({ kind: 'create' }), state, replica.metadata.Arn],
    ['given', toDestination({ kind: 'arn', arn: branded('arn:given') }), state, 'arn:given'],
    ['of an alias of its Region', toDestination({ kind: 'alias', alias: 'alias/theirs' }), state, theirs.metadata.Arn],
    ['of an alias that is not there', toDestination({ kind: 'alias', alias: 'alias/no' }), state, '(no key alias/no)'],
    ['shared with the source', toDestination({ kind: 'source' }), state, source.metadata.Arn],
    [
      'not there yet',
      toDestination({ kind: 'create' }),
      nothing,
      `arn:aws:kms:eu-central-1:${DESTINATION}:key/(new key s3repl-invoices-dr-replica)`,
    ],
    [
      'shared and not there yet',
      toDestination({ kind: 'source' }),
      nothing,
      `arn:aws:kms:eu-west-1:${SOURCE}:key/(new key s3repl-invoices-dr)`,
    ],
  ])('%s', (_, one, observed, expected) => {
    expect(keyArnOf(observed, sideOf(one, 'destinations[0]'), one)).toBe(expected);
  });

  it('an alias is looked up in the side’s Region only', () => {
    const at = { account: DESTINATION, region: branded<Region>('us-east-1') };
    expect(keyByAlias(state, at, 'alias/theirs')).toBe(sameAlias);
    expect(keyByAlias(state, { ...at, region: branded('eu-west-3') }, 'alias/theirs')).toBeUndefined();
  });
});

describe('the stand-in of a key that does not exist', () => {
  it.each(['aws', 'aws-cn', 'aws-us-gov'])('is found in any document, in the partition %s', (partition) => {
    const spec = aSpec({ source: aSource({ partition }), destinations: [aDestination({ partition })] });
    const standIns = keySlots(spec).map(newKeyArn);
    const text = JSON.stringify({ Policy: JSON.stringify({ Resource: standIns, Other: keyArn() }) });
    const found = [...text.matchAll(newKeyPattern)];
    expect(found.map(([standIn]) => standIn)).toEqual(standIns);
    expect(found.map(([, alias]) => alias)).toEqual(['s3repl-invoices-dr', 's3repl-invoices-dr-replica']);
  });

  it('is never taken for a real key', () => {
    expect([...JSON.stringify([keyArn(), 'alias/x', '(new key)']).matchAll(newKeyPattern)]).toEqual([]);
  });
});

describe('the replication role', () => {
  const name = 's3repl-invoices-dr';

  it('has the ARN that it will have: under its path, in the partition', () => {
    expect(replicationRole(nothing, aSpec())).toEqual({ arn: `arn:aws:iam::${SOURCE}:role/${name}`, role: null });
    const spec = aSpec({ source: aSource({ partition: 'aws-cn' }), role: { name, path: '/team/s3/' } });
    expect(replicationRole(nothing, spec).arn).toBe(`arn:aws-cn:iam::${SOURCE}:role/team/s3/${name}`);
  });

  it('is found under another path than ours', () => {
    const role = aRole();
    const arn = `arn:aws:iam::${SOURCE}:role/service-role/${name}`;
    expect(replicationRole(withRoles({ [arn]: role }), aSpec())).toEqual({ arn, role });
  });

  it('is not another one whose name only ends like it, nor one that is gone', () => {
    const observed = withRoles({
      [`arn:aws:iam::${SOURCE}:role/x-${name}`]: aRole(),
      [`arn:aws:iam::${SOURCE}:role/gone/${name}`]: null,
    });
    expect(replicationRole(observed, aSpec())).toEqual({ arn: `arn:aws:iam::${SOURCE}:role/${name}`, role: null });
  });
});
