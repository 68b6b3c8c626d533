import { expect, it } from 'vitest';
import { newObject } from '../../../src/model/governed-object.ts';
import { dateText, instantOf } from '../../../src/model/replication/dates.ts';
import { defaultRetentionOf } from '../../../src/model/replication/default-retention.ts';
import { prepare } from '../../../src/model/replication/prepare.ts';
import { judgeObject } from '../../../src/model/replication.ts';
import type { BucketSnapshot } from '../../../src/model/snapshot.ts';
import { healthy, other, plus, snapshotOf } from './world.ts';

it.each([
  ['2026-12-24T00:00:00Z', '2026-12-24'],
  ['2026-12-24T08:05:59Z', '2026-12-24 08:05 UTC'],
  [1798070400, '2026-12-24'],
  [' 1798070400.5 ', '2026-12-24 00:00 UTC'],
  [new Date(1798070400000), '2026-12-24'],
  ['1798070400', '2026-12-24'],
  ['1798070460.25', '2026-12-24 00:01 UTC'],
  ['2026-13-24', undefined],
  ['on 2026-12-24', undefined],
  [['2026-12-24'], undefined],
  ['24 December 2026', undefined],
  ['soon', undefined],
  ['v1798070400', undefined],
  ['1798070400s', undefined],
  [null, undefined],
])('the instant %j is told as %j', (value, text) => {
  const instant = instantOf(value);
  expect(instant === undefined ? undefined : dateText(instant)).toBe(text);
});

it.each<[string, BucketSnapshot['objectLockRetention'], string | undefined]>([
  ['days', { Mode: 'GOVERNANCE', Days: 30 }, '2026-12-21T00:00:00.000Z'],
  ['years', { Mode: 'GOVERNANCE', Years: 2 }, '2028-11-21T00:00:00.000Z'],
  ['no mode', { Days: 30 } as BucketSnapshot['objectLockRetention'], undefined],
  ['more years than there are dates for', { Mode: 'GOVERNANCE', Years: 1_000_000 }, undefined],
  ['nothing', null, undefined],
  ['what could not be read', 'unknown', undefined],
  ['what nobody looked at', undefined, undefined],
])('new objects get a retention by default of %s', (_, objectLockRetention, until) => {
  const world = healthy();
  world.source = (bucket) => ({ ...bucket, ...(objectLockRetention !== undefined && { objectLockRetention }) });
  expect(defaultRetentionOf(snapshotOf(world))).toEqual(
    until === undefined ? {} : { retention: { mode: 'GOVERNANCE', until } },
  );
});

it('new objects that get a retention by default fail where the destination has no Object Lock', () => {
  const world = healthy();
  world.src.objectLock = 'Enabled';
  const Action = ['s3:GetObjectRetention', 's3:GetObjectLegalHold'];
  world.rolePolicy = plus(world.rolePolicy, { Effect: 'Allow', Action, Resource: '*' });
  world.source = (bucket) => ({ ...bucket, objectLockRetention: { Mode: 'GOVERNANCE', Days: 1 } });
  const all = prepare(snapshotOf(world));
  const object = newObject(all.snapshot, { prefix: '', tags: [] });
  const [verdict] = judgeObject(all, object);
  expect(verdict?.causes).toMatchObject([
    {
      check: 'C09',
      summary:
        'New objects get a retention by default in source bucket src, and destination bucket dst has no Object Lock.',
      same: ['by default', ['accounts', other, 'buckets', 'dst', 'objectLock']],
    },
  ]);
  expect(judgeObject(all, { ...object, retention: null })[0]?.warnings).toMatchObject([
    { check: 'C09', same: ['of the bucket', ['accounts', other, 'buckets', 'dst', 'objectLock']] },
  ]);
  expect(judgeObject(all, { ...object, versionId: 'v1' })[0]?.causes).toMatchObject([
    { check: 'C09', same: ['of an object', ['accounts', other, 'buckets', 'dst', 'objectLock']] },
  ]);
});
