import { expect, it } from 'vitest';
import { expiringKeyMaterial } from '../../../src/model/replication/key-material.ts';
import { listEnabledRules } from '../../../src/model/replication/prepare.ts';
import { type Change, prepared, withDefault } from '../changed-probes.ts';
import { dstKeyArn, other, source, srcKeyArn, type World } from './world.ts';

/** The keys whose material expires soon, by what is said of them. */
function warningsIn(...changes: readonly Change[]) {
  const all = prepared(...changes);
  return expiringKeyMaterial(all, listEnabledRules(all));
}
const until =
  (which: 'srcKey' | 'dstKey', date: string, more: object = {}): Change =>
  (world) => {
    const { metadata } = world[which];
    if (metadata === 'unknown') throw new Error('the key was read');
    world[which].metadata = { ...metadata, ValidTo: new Date(date).toISOString(), ...more };
  };
const placeOf = (account: string, arn: string) => ({
  arn,
  path: ['accounts', account, 'keys', arn, 'metadata', 'ValidTo'],
});

it('key material that expires is told with the key, the day, what to do, and where', () => {
  expect(warningsIn(until('srcKey', '2026-12-24T00:00:00Z'))).toEqual([
    {
      check: 'C19',
      summary: `The imported key material of key ${srcKeyArn} expires on 2026-12-24. From then on the key cannot be used, and new objects fail to replicate.`,
      fix: 'Import the same key material again before that date, with a later expiration date or with none (kms:ImportKeyMaterial).',
      evidence: placeOf(source, srcKeyArn),
    },
  ]);
  expect(warningsIn(until('dstKey', '2026-12-24T00:00:00Z')).map(({ evidence }) => evidence)).toEqual([
    placeOf(other, dstKeyArn),
  ]);
});

const unread =
  (which: 'srcKey' | 'dstKey', metadata: 'unknown'): Change =>
  (world: World) => {
    world[which].metadata = metadata;
  };

const lost: Change = (world) => {
  world.sourceKeys = { [srcKeyArn]: null };
};
const byAlias = withDefault('aws:kms', 'alias/src');

it.each<[string, readonly Change[], number]>([
  ['does not expire', [], 0],
  ['expires in 90 days', [until('srcKey', '2027-02-19T00:00:00Z')], 1],
  ['expires in more', [until('srcKey', '2027-02-19T00:00:01Z')], 0],
  ['of both keys expires', [until('srcKey', '2026-12-24'), until('dstKey', '2026-12-24')], 2],
  ['of a disabled key expires', [until('srcKey', '2026-12-24', { KeyState: 'Disabled' })], 0],
  ['of a key that could not be read may expire', [unread('srcKey', 'unknown'), unread('dstKey', 'unknown')], 0],
  ['would expire of a key that does not exist', [lost], 0],
  ['expires of a key that the default names by an alias', [until('srcKey', '2026-12-24'), byAlias], 1],
  ['expires of a key that is no default', [until('srcKey', '2026-12-24'), withDefault('AES256')], 0],
  ['expires of a key that nobody knows', [until('srcKey', '2026-12-24'), withDefault('aws:kms', 'alias/nobody')], 0],
  [
    'expires where no rule replicates',
    [
      until('srcKey', '2026-12-24'),
      (world) => {
        world.rules = [];
      },
    ],
    0,
  ],
])('key material that %s is told, or not', (_, changes, count) => {
  expect(warningsIn(...changes).length).toBe(count);
});
