import type { LifecycleRule } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { prepare } from '../../src/model/replication/prepare.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { configurationWarnings } from '../../src/model/warnings.ts';
import { failureTopic, measured } from './replication/configuration-changes.ts';
import {
  dstKeyArn,
  healthy,
  inOneAccount,
  other,
  rule,
  snapshotOf,
  source,
  srcKeyArn,
  type World,
} from './replication/world.ts';

/** Warnings of a setup that is healthy but for what is changed about it; it was looked at on 2026-11-21. */
function warningsOf(change: (world: World) => void, more: (snapshot: Snapshot) => Snapshot = (same) => same) {
  const world = healthy();
  world.src.notification = failureTopic;
  world.rules = [rule({ Destination: measured })];
  change(world);
  return configurationWarnings(prepare(more(snapshotOf(world)))).map(
    ({ check, summary, fix }) => `${check} ${summary} ${fix}`,
  );
}

describe('a prefix', () => {
  const withPrefix = (Prefix: string) =>
    warningsOf((w) => {
      w.rules = [rule({ Filter: { Prefix }, Destination: measured })];
    });

  it.each([
    ['*', 'that begin with "*"', 'as "", which matches every key'],
    ['/x/', 'that begin with a slash', 'as "x/",'],
    ['x/*', 'that begin with "x/*"', 'as "x/",'],
    ['//x?y', 'that begin with "//x?y"', 'as "x",'],
  ])('%s is taken literally, and the warning says what to write', (prefix, meaning, fix) => {
    const [warning, ...others] = withPrefix(prefix);
    expect(others).toEqual([]);
    expect(warning).toMatch(/^C28 Rule all has the prefix .* S3 takes a prefix literally/);
    expect(warning).toContain(meaning);
    expect(warning).toContain(fix);
  });

  it.each(['', 'x/', 'a b+c[1]/', 'x/y.z'])('"%s" is no cause for a word', (prefix) => {
    expect(withPrefix(prefix)).toEqual([]);
  });
});

describe('imported key material', () => {
  const until = (ValidTo: unknown, key: 'srcKey' | 'dstKey' = 'dstKey', more: object = {}) =>
    warningsOf((w) => Object.assign(w[key], { metadata: { ...Object(w[key].metadata), ...more, ValidTo } }));

  it.each([
    ['the replicas', 'dstKey', dstKeyArn],
    ['the source objects', 'srcKey', srcKeyArn],
  ] as const)('of the key of %s that expires soon is told with the date', (_, key, arn) => {
    expect(until('2026-12-24T10:30:00.000Z', key)).toEqual([
      expect.stringContaining(`The imported key material of key ${arn} expires on 2026-12-24 10:30 UTC.`),
    ]);
  });

  it('is read as ISO 8601 and as the seconds that the AWS CLI prints', () => {
    expect(until(Date.parse('2026-12-24T00:00:00Z') / 1000)).toEqual([
      expect.stringContaining('expires on 2026-12-24.'),
    ]);
  });

  it('is no cause for a word where it lasts more than 90 days, has no end, or is gone already', () => {
    expect(until('2027-02-19T00:00:00Z')).toHaveLength(1);
    expect(until('2027-02-19T00:00:01Z')).toEqual([]);
    expect(until(undefined)).toEqual([]);
    expect(until('someday')).toEqual([]);
    expect(until('2026-11-01T00:00:00Z', 'dstKey', { KeyState: 'PendingImport' })).toEqual([]);
  });
});

describe('a lifecycle rule of the destination', () => {
  const expiring = (mine: LifecycleRule, ofSource: readonly LifecycleRule[] | 'unknown' = [], prefix = 'tax/') =>
    warningsOf((w) => {
      w.rules = [rule({ Filter: { Prefix: prefix }, Destination: measured })];
      w.dst.lifecycle = { Rules: [mine] };
      w.src.lifecycle = ofSource === 'unknown' ? ofSource : { Rules: ofSource };
    }).filter((text) => !text.includes('could not be read'));
  const days = (Days: number, more: Partial<LifecycleRule> = {}): LifecycleRule => ({
    ...{ ID: 'old', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days } },
    ...more,
  });
  const from = (date: string, more: Partial<LifecycleRule> = {}) =>
    // A snapshot has it as text.
    days(0, { ...more, Expiration: { Date: date as unknown as Date } });

  it.each<[string, LifecycleRule, RegExp, (readonly LifecycleRule[])?]>([
    [
      'after some days',
      days(30),
      /rule old of destination bucket dst expires replicas 30 days after the object was written, before source bucket src does/,
    ],
    ['after a day', days(1), /expires replicas 1 day after/],
    ['as from a date', from('2026-12-24T00:00:00Z'), /expires replicas as from 2026-12-24, before/],
    ['under part of the prefix', days(30, { Filter: { Prefix: 'tax/2026/' } }), /expires replicas/],
    ['with some tag', days(30, { Filter: { Tag: { Key: 'a', Value: 'b' } } }), /the replicas that its filter/],
    ['of some size', days(30, { Filter: { And: { Prefix: 'tax/', ObjectSizeGreaterThan: 9 } } }), /tags or sizes/],
    ['before the source does', days(30), /before source bucket/, [days(31)]],
    ['and the source only a part of them', days(30), /expires/, [days(10, { Filter: { Prefix: 'tax/2026/' } })]],
    ['and the source some with a tag', days(30), /expires/, [days(10, { Filter: { Tag: { Key: 'a', Value: 'b' } } })]],
    ['and the rule of the source is disabled', days(30), /expires/, [days(10, { Status: 'Disabled' })]],
    ['before a date at the source', from('2026-12-24'), /expires/, [from('2026-12-25')]],
  ])('that expires current replicas %s is told', (_, mine, text, ofSource) => {
    expect(expiring(mine, ofSource)).toEqual([expect.stringMatching(text)]);
  });

  it('says so where the lifecycle of the source was not read', () => {
    expect(expiring(days(30), 'unknown')).toEqual([expect.stringContaining('source bucket src was not read')]);
  });

  it.each<[string, LifecycleRule, (readonly LifecycleRule[])?]>([
    ['expires noncurrent versions', { ID: 'n', Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 1 } }],
    ['removes lone delete markers', days(0, { Expiration: { ExpiredObjectDeleteMarker: true } })],
    [
      'moves them to another storage class',
      { Status: 'Enabled', Filter: {}, Transitions: [{ Days: 1, StorageClass: 'GLACIER' }] },
    ],
    ['is disabled', days(1, { Status: 'Disabled' })],
    ['is for other keys', days(1, { Filter: { Prefix: 'logs/' } })],
    ['expires what the source expires as early', days(30), [days(30)]],
    ['expires later than the source', days(60), [days(30, { Prefix: 'tax/' })]],
    [
      'is for the same tags as that of the source',
      days(9, { Filter: { Tag: { Key: 'a', Value: 'b' } } }),
      [days(9, { Filter: { Tag: { Key: 'a', Value: 'b' } } })],
    ],
    ['expires after a date that the source has as well', from('2026-12-24'), [from('2026-12-24')]],
    ['expires what the source expired long ago', days(5), [from('2020-01-01')]],
  ])('that %s is no cause for a word', (_, mine, ofSource) => {
    expect(expiring(mine, ofSource).filter((text) => text.includes('destination bucket'))).toEqual([]);
  });
});

describe('replicas without owner override', () => {
  const { AccessControlTranslation: _, ...plain } = measured;
  const withAcls = (ownership: World['dst']['ownership'], change: (world: World) => void = () => {}) =>
    warningsOf((w) => {
      w.rules = [rule({ Destination: plain })];
      w.dst.ownership = ownership;
      change(w);
    });

  it.each(['ObjectWriter', 'BucketOwnerPreferred', null] as const)(
    'belong to the source account where Object Ownership of the destination is %s',
    (ownership) => {
      expect(withAcls(ownership)).toEqual([
        expect.stringMatching(
          new RegExp(
            `^C16 Replicas in bucket dst belong to source account ${source}: rule all .* Account ${other} may not`,
          ),
        ),
      ]);
    },
  );

  it('are no cause for a word where ACLs are off, nobody knows, the rule overrides, or there is one account', () => {
    expect(withAcls('BucketOwnerEnforced')).toEqual([]);
    expect(withAcls('unknown')).toEqual([]);
    expect(
      withAcls('ObjectWriter', (w) => {
        w.rules = [rule({ Destination: measured })];
      }),
    ).toEqual([]);
    expect(
      withAcls('ObjectWriter', (w) => {
        inOneAccount(w);
        w.src.notification = null;
      }).filter((text) => text.startsWith('C16')),
    ).toEqual([]);
  });

  const block = { BlockPublicAcls: true };
  const aclsOn =
    (change: (world: World) => void = () => {}) =>
    (w: World) => {
      w.src.ownership = 'ObjectWriter';
      w.dst.publicAccessBlock = block;
      change(w);
    };

  it('may fail where the destination blocks public ACLs and the source does not', () => {
    expect(withAcls('ObjectWriter', aclsOn())).toContainEqual(
      expect.stringMatching(/^C10 Objects of bucket src with a public ACL may fail .* bucket dst/),
    );
  });

  it.each<[string, (world: World) => void]>([
    [
      'the source blocks them as well',
      aclsOn((w) => {
        w.src.publicAccessBlock = block;
      }),
    ],
    [
      'the source has ACLs off',
      aclsOn((w) => {
        w.src.ownership = 'BucketOwnerEnforced';
      }),
    ],
    [
      'the destination blocks none',
      aclsOn((w) => {
        w.dst.publicAccessBlock = { BlockPublicPolicy: true };
      }),
    ],
    [
      'the destination has ACLs off',
      aclsOn((w) => {
        w.dst.ownership = 'BucketOwnerEnforced';
      }),
    ],
    [
      'nobody knows what the source blocks',
      aclsOn((w) => {
        w.src.publicAccessBlock = 'unknown';
      }),
    ],
  ])('do not where %s', (_, change) => {
    expect(withAcls('ObjectWriter', change).filter((text) => text.startsWith('C10'))).toEqual([]);
  });

  it('may fail by the block of the whole account, and do not where the source account has one', () => {
    const withBlock =
      (account: string) =>
      (snapshot: Snapshot): Snapshot => {
        const accounts = Object.entries(Object(snapshot.accounts)).map(([id, all]) => [
          id,
          id === account ? { ...Object(all), publicAccessBlock: block } : all,
        ]);
        return { ...snapshot, accounts: Object.fromEntries(accounts) };
      };
    const told = (account: string, ofDestination: World['dst']['publicAccessBlock']) =>
      warningsOf((w) => {
        w.rules = [rule({ Destination: plain })];
        w.src.ownership = 'ObjectWriter';
        w.dst.ownership = 'ObjectWriter';
        w.dst.publicAccessBlock = ofDestination;
      }, withBlock(account)).filter((text) => text.startsWith('C10'));
    expect(told(other, null)).toHaveLength(1);
    expect(told(source, block)).toEqual([]);
  });
});
