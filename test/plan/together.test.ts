import { describe, expect, it } from 'vitest';
import type { AlertSpec, DestinationSide, SourceSide, Spec } from '../../src/config/spec.ts';
import { worstOf } from '../../src/events/failure.ts';
import { type Configured, conflictsAmong, groupsOf } from '../../src/plan/together.ts';
import { aDestination, aRule, aSource, aSpec, keyArn, SOURCE } from '../builders.ts';
import type { Plain } from '../plain.ts';

interface Change {
  readonly source?: Partial<Plain<SourceSide>>;
  readonly destination?: Partial<Plain<DestinationSide>>;
  readonly role?: Spec['role'];
  readonly alerts?: Plain<AlertSpec>;
}

/** A setup with buckets of its own, save for what the test is about. */
function named(
  name: string,
  { source = {}, destination = {}, role = { name: `s3repl-${name}` }, alerts }: Change = {},
): Configured {
  return {
    config: `${name}.yaml`,
    spec: aSpec({
      name,
      role,
      ...(alerts && { alerts }),
      source: aSource({ bucket: `${name}-source`, ...source }),
      destinations: [aDestination({ bucket: `${name}-replica`, ...destination })],
    }),
  };
}

const key = { kind: 'arn', arn: keyArn(SOURCE, 'eu-west-1', 'shared') } as const;
const shared = { bucket: 'shared', kmsKey: key, account: SOURCE, region: 'eu-west-1' };
const groups = (...configured: readonly Configured[]) =>
  groupsOf(configured).map((group) => group.map(({ spec }) => spec.name));

it('setups with buckets and names of their own have nothing to fight over, and run side by side', () => {
  const all = [named('a'), named('b'), named('c')];
  expect(conflictsAmong(all)).toEqual([]);
  expect(groups(...all)).toEqual([['a'], ['b'], ['c']]);
});

it('one name in other accounts is no conflict: each has a role and keys of its own', () => {
  const prod = named('a');
  const test = named('a', {
    source: { account: '333333333333', bucket: 'test-source' },
    destination: { account: '444444444444', bucket: 'test-replica' },
  });
  expect(conflictsAmong([prod, { ...test, config: 'test.yaml' }])).toEqual([]);
});

const topic = `arn:aws:sns:eu-west-1:${SOURCE}:shared`;
const failuresTo = (topics: readonly string[], events?: string): Plain<AlertSpec> => ({
  ...{ topics, emails: [], failures: true, silence: false, latency: 'off' },
  ...(events && { events }),
});

it('setups whose alerts go to one given topic write its policy one after the other', () => {
  const all = [
    named('a', { alerts: failuresTo([topic]) }),
    named('b', { alerts: failuresTo([], topic) }),
    named('c', { alerts: failuresTo([]) }),
  ];
  expect(conflictsAmong(all)).toEqual([]);
  expect(groups(...all)).toEqual([['a', 'b'], ['c']]);
});

describe('two files are refused that would undo each other', () => {
  const conflict = (first: Configured, second: Configured) => {
    const [found, ...more] = conflictsAmong([first, { ...second, config: 'second.yaml' }]);
    expect(more).toEqual([]);
    expect(found?.where).toBe('second.yaml');
    return found?.message;
  };

  it('one name and account, and alarms: their names are made of it', () => {
    const given = { source: { kmsKey: key }, destination: { kmsKey: key }, alerts: failuresTo([]) };
    const other = { ...given, source: { ...given.source, bucket: 'other' }, role: { name: 'other' } };
    expect(conflict(named('a', given), named('a', { ...other, destination: { kmsKey: key, bucket: 'else' } }))).toBe(
      `undoes what a.yaml does: both are about the alarms s3repl.a.* in account ${SOURCE} (give each its own name)`,
    );
  });

  it('one name and source bucket', () => {
    const twice = { source: { bucket: 'one' } };
    expect(conflict(named('a', twice), named('a', twice))).toBe(
      'undoes what a.yaml does: both are about the rules s3repl.a.* of bucket one (give each its own name)',
    );
  });

  it('one name in one account: the inline policy of the role', () => {
    const other = named('a', { source: { bucket: 'x' }, destination: { bucket: 'y', region: 'eu-west-3' } });
    expect(conflict(named('a'), other)).toContain(
      'the inline policy s3repl-a of role s3repl-a in account 111111111111',
    );
  });

  it('one name and one destination account: the new key', () => {
    const other = named('a', { source: { account: '333333333333', bucket: 'x' }, destination: { bucket: 'y' } });
    expect(conflict(named('a'), other)).toContain('alias/s3repl-a-replica in account 222222222222, eu-central-1');
  });

  it('two roles for one source bucket', () => {
    const source = { source: { bucket: 'one', kmsKey: key } };
    expect(conflict(named('a', source), named('b', source))).toMatch(
      /the replication role of bucket one, s3repl-a there and s3repl-b here \(a bucket has one role for all its rules: /,
    );
  });

  it('one priority twice', () => {
    const role = { name: 'shared' };
    const change = (destination: string) => ({
      role,
      source: { bucket: 'one', kmsKey: key },
      destination: { bucket: destination, rules: [aRule({ priority: 7 })] },
    });
    expect(conflict(named('a', change('x')), named('b', change('y')))).toContain(
      'priority 7 of bucket one (write another priority, or none)',
    );
  });

  it('two new default keys for one bucket', () => {
    const destination = { bucket: 'one' };
    expect(conflict(named('a', { destination }), named('b', { destination }))).toContain(
      'the new default key of bucket one, one of a there and one of b here (let one of them create the key',
    );
  });

  it('two default keys, two Bucket Key settings, and two places of one bucket', () => {
    const other = { kind: 'arn', arn: keyArn(SOURCE, 'eu-west-1', 'other') } as const;
    const first = named('a', { destination: shared });
    expect(conflict(first, named('b', { destination: { ...shared, kmsKey: other } }))).toContain('the default key of');
    expect(conflict(first, named('b', { destination: { ...shared, bucketKey: false } }))).toContain(
      'the Bucket Key of bucket shared, on there and off here (write the same in both)',
    );
    expect(conflict(first, named('b', { destination: { ...shared, region: 'eu-west-3' } }))).toContain(
      'account 111111111111, eu-west-1 there and account 111111111111, eu-west-3 here',
    );
  });
});

it('whoever comes third is told of the first, each two files once, and nobody of itself', () => {
  const role = { name: 'shared' };
  const source = { bucket: 'one', kmsKey: key };
  const rules = [aRule({ priority: 7 }), aRule({ id: 'more', priority: 7 })];
  const twice = (name: string) => named(name, { role, source, destination: { rules } });
  expect(conflictsAmong([twice('a')])).toEqual([]);
  const told = conflictsAmong([twice('a'), twice('b'), twice('c')]);
  expect(told.map(({ where, message }) => `${where} ${message.split(':')[0]}`)).toEqual([
    'b.yaml undoes what a.yaml does',
    'c.yaml undoes what a.yaml does',
  ]);
});

it('of one source bucket, role and key there may be several setups that leave their priorities open', () => {
  const one = { role: { name: 'shared' }, source: { bucket: 'one', kmsKey: key } };
  expect(conflictsAmong([named('a', one), named('b', one)])).toEqual([]);
});

it('an alias and an ARN may be one key, and replicas under the key of the source have the one that it has', () => {
  const alias = { kind: 'alias', alias: 'alias/shared' } as const;
  const byAlias = named('a', { destination: { ...shared, kmsKey: alias } });
  expect(conflictsAmong([byAlias, named('b', { destination: shared })])).toEqual([]);
  expect(conflictsAmong([byAlias, named('b', { destination: { ...shared, bucketKey: false } })])).toHaveLength(1);
  const source = { kmsKey: key, account: SOURCE, region: 'eu-west-1' };
  const asSource = named('c', { source, destination: { ...shared, kmsKey: { kind: 'source' } } });
  expect(conflictsAmong([named('b', { destination: shared }), asSource])).toEqual([]);
  const other = { kind: 'arn', arn: keyArn(SOURCE, 'eu-west-1', 'other') } as const;
  const another = named('d', { destination: { ...shared, kmsKey: other } });
  expect(conflictsAmong([asSource, another]).map(({ message }) => message)).toEqual([
    expect.stringContaining('the default key of bucket shared'),
  ]);
});

describe('setups that write a document in common run one after the other', () => {
  it('of one destination bucket, one source bucket, or one that is both', () => {
    const role = { name: 'shared' };
    const source = { bucket: 'shared', kmsKey: key };
    expect(groups(named('a', { destination: shared }), named('b'), named('c', { destination: shared }))).toEqual([
      ['a', 'c'],
      ['b'],
    ]);
    expect(groups(named('a', { role, source }), named('b', { role, source }))).toEqual([['a', 'b']]);
    expect(groups(named('a', { destination: shared }), named('b', { source }))).toEqual([['a', 'b']]);
  });

  it('of one role', () => {
    const role = { name: 'shared' };
    expect(groups(named('a', { role }), named('b', { role }))).toEqual([['a', 'b']]);
    const elsewhere = { role, source: { account: '333333333333' } };
    expect(groups(named('a', { role }), named('b', elsewhere))).toEqual([['a'], ['b']]);
  });

  it('of one given key, also where it is an additional one; an alias may stand for any given key of its Region', () => {
    const given = { source: { kmsKey: key } };
    const additional = { source: { additionalKmsKeys: [key.arn] } };
    const other = { source: { kmsKey: { kind: 'arn', arn: keyArn(SOURCE, 'eu-west-1', 'other') } as const } };
    const alias = { source: { kmsKey: { kind: 'alias', alias: 'alias/x' } as const } };
    expect(groups(named('a', given), named('b', additional))).toEqual([['a', 'b']]);
    expect(groups(named('a', given), named('b', other))).toEqual([['a'], ['b']]);
    expect(groups(named('a', given), named('b', other), named('c', alias))).toEqual([['a', 'b', 'c']]);
    const inRegion = { source: { ...alias.source, region: 'eu-west-3' } };
    const inAccount = { source: { ...alias.source, account: '333333333333' } };
    expect(groups(named('a', alias), named('b', inRegion), named('c', inAccount), named('d', given))).toEqual([
      ['a', 'd'],
      ['b'],
      ['c'],
    ]);
  });

  it('where one has something in common with two that have not', () => {
    const both = named('c', { source: { kmsKey: key }, destination: { ...shared, bucket: 'b-replica' } });
    expect(groups(named('a', { source: { kmsKey: key } }), named('b'), both, named('d'))).toEqual([
      ['a', 'b', 'c'],
      ['d'],
    ]);
  });

  it('also by a document that only an earlier one of them writes, and in the order of their files', () => {
    const first = named('a', { source: { kmsKey: key }, destination: { bucket: 'first' } });
    const second = named('b', { source: { kmsKey: key } });
    expect(groups(first, second, named('c', { destination: { bucket: 'first' } }))).toEqual([['a', 'b', 'c']]);
    const last = named('d', { source: { kmsKey: key }, destination: { bucket: 'b-replica' } });
    const third = named('c', { source: { kmsKey: key } });
    expect(groups(first, named('b'), third, last)).toEqual([['a', 'b', 'c', 'd']]);
  });
});

it('the worst of several outcomes: 130, 4, 1, 5, 6, 3, 2, and of successes the one that did the most', () => {
  const order = ['cancelled', 'unauthorized', 'failed', 'blocked', 'unknown', 'invalid', 'differs', 'applied'] as const;
  for (const [index, worst] of order.entries())
    expect(worstOf(['unchanged', ...order.slice(index).toReversed()])).toBe(worst);
  expect(worstOf(['unchanged', 'unchanged'])).toBe('unchanged');
});
