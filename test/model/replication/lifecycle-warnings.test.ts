import type { LifecycleRule } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { expiringReplicas } from '../../../src/model/replication/lifecycle-warnings.ts';
import { listEnabledRules } from '../../../src/model/replication/prepare.ts';
import { type Change, prepared } from '../changed-probes.ts';
import { other, rule } from './world.ts';

const rules = (...Rules: Partial<LifecycleRule>[]) => ({
  Rules: Rules.map((one): LifecycleRule => ({ Status: 'Enabled', Filter: { Prefix: '' }, ...one })),
});
const inDays = (Days: number) => ({ Expiration: { Days } });
const on = (date: string) => ({ Expiration: { Date: new Date(date) } });
const past = '2026-11-01T00:00:00Z';
const [soon, later] = ['2026-12-01T00:00:00Z', '2026-12-24T08:00:00Z'];
const under = (Prefix: string) => ({ Filter: { Prefix } });
const ofTag = { Filter: { Tag: { Key: 'a', Value: 'b' } } };

/** What is said where replicas and source objects expire, under rules of these prefixes. */
function warningsIn(
  replicas: Partial<LifecycleRule>,
  sources: readonly Partial<LifecycleRule>[] | 'unknown' = [],
  prefixes: readonly string[] = [''],
  change: Change = () => undefined,
) {
  const all = prepared((world) => {
    world.dst.lifecycle = rules(replicas);
    world.src.lifecycle = sources === 'unknown' ? sources : rules(...sources);
    world.rules = prefixes.map((Prefix, index) => rule({ ID: `${index}`, Priority: index, Filter: { Prefix } }));
  }, change);
  return expiringReplicas(all, listEnabledRules(all));
}
const end = ', before source bucket src does.';

describe('replicas that expire', () => {
  it('are told with the rule, what to do, and where', () => {
    expect(warningsIn(inDays(30))).toEqual([
      {
        check: 'C31',
        summary: `Lifecycle rule 1 of destination bucket dst expires replicas 30 days after the object was written${end}`,
        fix: 'Let lifecycle rule 1 expire noncurrent versions only, or as late as the source bucket does, if the copies are to stay.',
        evidence: {
          arn: 'arn:aws:s3:::dst',
          path: ['accounts', other, 'buckets', 'dst', 'lifecycle', 'Rules', 0],
        },
      },
    ]);
  });

  it.each<[string, Partial<LifecycleRule>, string]>([
    ['on the first day', inDays(1), ' expires replicas 1 day after the object was written'],
    ['on a day', on(soon), ' expires replicas as from 2026-12-01'],
    ['at an hour', on(later), ' expires replicas as from 2026-12-24 08:00 UTC'],
    ['by tag', { ...inDays(30), ...ofTag }, ' expires the replicas that its filter of tags or sizes matches 30 days'],
    ['by their size', { ...inDays(30), Filter: { ObjectSizeGreaterThan: 1 } }, ' expires the replicas that its filter'],
    [
      'by the size of few',
      { ...inDays(30), Filter: { ObjectSizeLessThan: 1 } },
      ' expires the replicas that its filter',
    ],
    [
      'by tags',
      { ...inDays(30), Filter: { And: { Tags: [ofTag.Filter.Tag] } } },
      ' expires the replicas that its filter',
    ],
    ['by no tags', { ...inDays(30), Filter: { And: { Prefix: '', Tags: [] } } }, ' expires replicas 30 days after'],
    ['by a rule with a name', { ID: 'short', ...inDays(30) }, 'Lifecycle rule short of destination bucket dst'],
  ])('are told of %s', (_, replicas, text) => {
    expect(warningsIn(replicas).map(({ summary }) => summary)).toEqual([expect.stringContaining(text)]);
  });

  it.each<[string, Parameters<typeof warningsIn>]>([
    ['nothing expires', [{ Expiration: { ExpiredObjectDeleteMarker: true } }]],
    ['the rule is disabled', [{ ...inDays(30), Status: 'Disabled' }]],
    ['only noncurrent versions do', [{ NoncurrentVersionExpiration: { NoncurrentDays: 1 } }]],
    ['they are of other keys', [{ ...inDays(30), ...under('b/') }, [], ['a/']]],
    ['nothing expires, and source objects do', [{ Expiration: { ExpiredObjectDeleteMarker: true } }, [inDays(1)]]],
    ['source objects expire now', [inDays(30), [on('2026-11-21T00:00:00Z')]]],
    [
      'source objects of the same longer prefix expire',
      [{ ...inDays(30), ...under('a/b/') }, [{ ...inDays(1), ...under('a/b/') }], ['a/']],
    ],
    ['source objects expire on the same day', [inDays(30), [inDays(30)]]],
    ['source objects expire earlier', [inDays(30), [inDays(29)]]],
    ['source objects have expired', [inDays(30), [on(past)]]],
    ['source objects have expired, and replicas do later', [on(soon), [on(past)]]],
    ['source objects expire at the same time', [on(soon), [on(soon)]]],
    [
      'source objects of a shorter prefix expire',
      [{ ...inDays(30), ...under('a/b') }, [{ ...inDays(1), ...under('a/') }], ['a/']],
    ],
    ['source objects of the prefix of the rule expire', [inDays(30), [{ ...inDays(1), ...under('a/') }], ['a/']]],
    [
      'source objects of each rule expire',
      [
        inDays(30),
        [
          { ...inDays(1), ...under('a/') },
          { ...inDays(1), Prefix: 'b/', Filter: undefined },
        ],
        ['a/', 'b/'],
      ],
    ],
    ['source objects of the same filter expire', [{ ...inDays(30), ...ofTag }, [{ ...inDays(1), ...ofTag }]]],
    [
      'the configuration of the destination was not read',
      [
        inDays(30),
        [],
        [''],
        (world) => {
          world.dst.lifecycle = 'unknown';
        },
      ],
    ],
    [
      'the destination has none',
      [
        inDays(30),
        [],
        [''],
        (world) => {
          world.dst.lifecycle = null;
        },
      ],
    ],
  ])('are not told where %s', (_, given) => {
    expect(warningsIn(...given)).toEqual([]);
  });

  it.each<[string, Parameters<typeof warningsIn>]>([
    ['source objects expire later', [inDays(30), [inDays(31)]]],
    ['source objects expire on a day to come', [inDays(30), [on(soon)]]],
    ['source objects expire some time after the replicas', [on(soon), [on(later)]]],
    ['source objects expire after days', [on(soon), [inDays(1)]]],
    ['the rule of the source is disabled', [inDays(30), [{ ...inDays(1), Status: 'Disabled' }]]],
    ['source objects expire by tag', [inDays(30), [{ ...inDays(1), ...ofTag }]]],
    ['source objects of a longer prefix expire', [inDays(30), [{ ...inDays(1), ...under('a/') }]]],
    [
      'source objects of another prefix expire',
      [{ ...inDays(30), ...under('a/b/') }, [{ ...inDays(1), ...under('b/') }], ['a/']],
    ],
    ['source objects of one of the rules expire', [inDays(30), [{ ...inDays(1), ...under('a/') }], ['a/', 'b/']]],
    ['only noncurrent source versions expire', [inDays(30), [{ NoncurrentVersionExpiration: { NoncurrentDays: 1 } }]]],
    [
      'the source has none',
      [
        inDays(30),
        [],
        [''],
        (world) => {
          world.src.lifecycle = null;
        },
      ],
    ],
  ])('are told where %s', (_, given) => {
    expect(warningsIn(...given).map(({ summary }) => summary.endsWith(end))).toEqual([true]);
  });

  it('are told beside a source whose configuration was not read', () => {
    expect(warningsIn(inDays(30), 'unknown').map(({ summary }) => summary)).toEqual([
      expect.stringMatching(/written, and the lifecycle configuration of source bucket src was not read\.$/),
    ]);
  });

  it('are told by the rules that replicate there, and once', () => {
    const elsewhere: Change = (world) => {
      const far = { ...rule().Destination, Bucket: 'arn:aws:s3:::second' };
      world.rules = [
        rule({ Filter: { Prefix: 'a/' } }),
        rule({ ID: 'far', Priority: 2, Filter: { Prefix: 'b/' }, Destination: far }),
        rule({ ID: 'too', Priority: 3, Filter: { Prefix: 'c/' } }),
      ];
    };
    expect(warningsIn({ ...inDays(30), ...under('b/') }, [], [''], elsewhere)).toEqual([]);
    expect(warningsIn(inDays(30), [], [''], elsewhere).length).toBe(1);
  });
});
