import { describe, expect, it } from 'vitest';
import { listEnabledRules, prepare } from '../../../src/model/replication/prepare.ts';
import { isOfUnknownAge, silentCause } from '../../../src/model/replication/silent.ts';
import { judgeObject } from '../../../src/model/replication.ts';
import type { ObjectSnapshot } from '../../../src/model/snapshot.ts';
import { tagged } from '../changed-probes.ts';
import { healthy, rule, snapshotOf, source, type World } from './world.ts';

const path = ['accounts', source, 'buckets', 'src', 'replication', 'Rules', 0];
const ofTeam = { tags: { team: 'a' } };
const byTeam = (world: World) => {
  world.rules = [tagged(ofTeam.tags)];
};
const oddly = (world: World) => {
  world.rules = world.rules.map((one) => ({ ...one, ...{ '<Odd>': 'x' } }));
};
const plain = () => undefined;

function verdictOf(object: Partial<ObjectSnapshot>, change: (world: World) => void = plain) {
  const world = healthy();
  change(world);
  const [verdict] = judgeObject(prepare(snapshotOf(world)), { ...world.object, ...object });
  return verdict;
}

describe('a version without a status, of which nobody knows whether it is older than the rule,', () => {
  const old = 'it is older than rule all, or the rule was .* different then';

  it.each<[string, Partial<ObjectSnapshot>, (world: World) => void, string]>([
    ['was not taken in', {}, plain, old],
    ['may also have got its tags later', ofTeam, byTeam, `${old}, or its tags were added .*`],
  ])('%s', (_, object, change, why) => {
    const verdict = verdictOf({ existedBeforeRule: 'unknown', ...object }, change);
    expect(verdict).toMatchObject({ outcome: 'unknown', reason: null, replica: null, warnings: [] });
    expect(verdict?.causes).toEqual([
      {
        check: 'C36',
        summary: expect.stringMatching(`^a/b\\.txt has no replication status, .*: ${why}\\.$`),
        fix: expect.stringMatching(/^Replicate it with S3 Batch Replication/),
        evidence: { path, unknown: ['whether it is older than the rule'] },
        code: 'age-unknown',
        same: ['age', path],
      },
    ]);
  });

  it.each<[string, Partial<ObjectSnapshot>, boolean]>([
    ['is of unknown age', {}, true],
    ['is not, where its status tells', { replicationStatus: 'PENDING' }, false],
    ['is not, where its status could not be read', { replicationStatus: 'unknown' }, false],
    ['is not, where it is only asked about', { versionId: null }, false],
    ['is not, where it is a delete marker', { deleteMarker: true }, false],
    ['is not, where it may be one', { deleteMarker: 'unknown' }, false],
    ['is not, where its age is known', { existedBeforeRule: false }, false],
  ])('%s', (_, object, expected) => {
    const verdict = verdictOf({ existedBeforeRule: 'unknown', ...object });
    expect(verdict && isOfUnknownAge(verdict)).toBe(expected);
  });

  it.each<[string, Partial<ObjectSnapshot>, (world: World) => void]>([
    ['its tags, by which the rule filters', { tags: 'unknown' }, byTeam],
    ['an element of the rule', {}, oddly],
  ])('may be held back by more that nobody knows: %s', (_, object, change) => {
    const verdict = verdictOf({ existedBeforeRule: 'unknown', ...object }, change);
    expect(verdict?.outcome).toBe('unknown');
    expect(verdict && isOfUnknownAge(verdict)).toBe(false);
  });

  it('is told apart from what is unknown for other reasons too', () => {
    const [cause] = verdictOf({ existedBeforeRule: 'unknown' })?.causes ?? [];
    if (!cause) throw new Error('there is a cause');
    const { code: _, ...another } = cause;
    expect(isOfUnknownAge({ outcome: 'unknown', causes: [cause, another] })).toBe(false);
    expect(isOfUnknownAge({ outcome: 'unknown', causes: [cause, cause] })).toBe(true);
    expect(isOfUnknownAge({ outcome: 'fails', causes: [cause] })).toBe(false);
  });
});

it.each<[string, Partial<ObjectSnapshot>]>([
  ['the replication status', { replicationStatus: 'unknown' }],
  ['whether it is older than the rule', { existedBeforeRule: 'unknown', replicationStatus: 'unknown' }],
  ['whether it is older than the rule', { existedBeforeRule: 'unknown', versionId: null }],
  ['the storage class', { storageClass: 'unknown' }],
  ['the storage class', { archiveStatus: 'unknown' }],
])('what decides and could not be read is told: %s', (what, object) => {
  const verdict = verdictOf(object);
  expect(verdict?.outcome).toBe('unknown');
  expect(verdict?.causes.map(({ summary }) => summary)).toContain(
    `${what} of object a/b.txt could not be read, and it decides.`,
  );
});

it.each<[string, Partial<ObjectSnapshot>]>([
  ['of a version whose status tells its age', { existedBeforeRule: 'unknown', replicationStatus: 'COMPLETED' }],
  ['of a delete marker, which has no storage class', { deleteMarker: true, storageClass: 'unknown' }],
])('nothing is told %s', (_, object) => {
  expect(verdictOf(object)?.causes).toEqual([]);
});

describe('a version with the tags of the rule, and no status,', () => {
  it.each<[string, Partial<ObjectSnapshot>, (world: World) => void, string | null]>([
    ['got them later', ofTeam, byTeam, 'tagged-later'],
    ['did not, where it is archived', { ...ofTeam, storageClass: 'GLACIER' }, byTeam, 'archived'],
    ['did not, where it is older than the rule', { ...ofTeam, existedBeforeRule: true }, byTeam, 'existing-object'],
    ['did not, where it has a status', { ...ofTeam, replicationStatus: 'PENDING' }, byTeam, null],
    ['did not, where it is only asked about', { ...ofTeam, versionId: null }, byTeam, null],
    ['did not, where the rule asks for none', ofTeam, plain, null],
    [
      'did not, where the rule has an element that nobody knows',
      ofTeam,
      (world) => {
        byTeam(world);
        oddly(world);
      },
      null,
    ],
    [
      'did not, where another rule takes it without',
      ofTeam,
      (world) => {
        const second = { ...rule().Destination, Bucket: 'arn:aws:s3:::second' };
        world.rules = [tagged(ofTeam.tags), rule({ ID: 'second', Priority: 2, Destination: second })];
      },
      null,
    ],
  ])('%s', (_, object, change, reason) => {
    const verdict = verdictOf(object, change);
    expect(verdict?.reason).toBe(reason);
  });

  it('is told what to do', () => {
    expect(verdictOf(ofTeam, byTeam)?.causes).toMatchObject([
      {
        check: 'C28',
        summary: expect.stringMatching(/^a\/b\.txt has the tags that rule all wants and no replication status/),
        fix: expect.stringMatching(/with its tags in the same request/),
        evidence: { path },
      },
    ]);
  });
});

it('a reason is known again by rule, encryption, storage class, and whether a slash is missing', () => {
  const world = healthy();
  world.rules = [rule({ Filter: { Prefix: '/a/' } })];
  const [one] = listEnabledRules(prepare(snapshotOf(world)));
  const object: ObjectSnapshot = { ...world.object, archiveStatus: 'ARCHIVE_ACCESS' };
  expect(silentCause('archived', object, one)).toEqual({
    check: 'C29',
    summary: expect.stringMatching(/archived \(ARCHIVE_ACCESS\)/),
    fix: expect.stringMatching(/^Restore the object/),
    evidence: { path },
    same: ['archived', path, 'SSE-KMS', 'ARCHIVE_ACCESS', true],
  });
  expect(silentCause('version-delete', { ...world.object, key: '/b' }, one)).toEqual({
    check: 'C33',
    summary: expect.stringMatching(/the deletion of a version \(\/b\)\.$/),
    fix: expect.stringMatching(/^Delete the version/),
    evidence: { path },
    same: ['version-delete', path, 'SSE-KMS', 'STANDARD', false],
  });
  const { same } = silentCause('filter', world.object, undefined);
  expect(same).toEqual(['filter', undefined, 'SSE-KMS', 'STANDARD', undefined]);
});
