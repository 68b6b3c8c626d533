import { expect, it } from 'vitest';
import { newObject } from '../../../src/model/governed-object.ts';
import { unreadAnnotations } from '../../../src/model/replication/annotations.ts';
import { isOfControls } from '../../../src/model/replication/control-policies.ts';
import { dateText, instantOf } from '../../../src/model/replication/dates.ts';
import { defaultRetentionOf } from '../../../src/model/replication/default-retention.ts';
import { controlText } from '../../../src/model/replication/explain.ts';
import type { BucketSnapshot } from '../../../src/model/snapshot.ts';
import { prepared } from '../changed-probes.ts';
import { deny, healthy, policy, roleArn, snapshotOf, source, type World, without } from './world.ts';

const action = 's3:GetObjectVersionAnnotationForReplication';

function annotationsIn(...changes: readonly ((world: World) => void)[]) {
  const all = prepared(...changes);
  const object = newObject(all.snapshot, { prefix: 'hr/', tags: [] });
  return unreadAnnotations(all, [{ object: { ...object, key: 'plain' } }, { object }]);
}
const denied =
  (more: Parameters<typeof deny>[1]) =>
  (world: World): void => {
    world.src.policy = policy(deny(action, { Principal: '*', ...more }));
  };

it.each<[string, readonly ((world: World) => void)[]]>([
  [
    'the role is not allowed to read',
    [
      (world) => {
        world.rolePolicy = without(world.rolePolicy, action);
      },
    ],
  ],
  ['the role is denied to read of some objects', [denied({ Resource: 'arn:aws:s3:::src/hr/*' })]],
])('annotations that %s are told, once', (_, changes) => {
  expect(annotationsIn(...changes)).toEqual([
    {
      check: 'C11',
      summary: `Annotations of objects do not replicate: role ${roleArn} is not allowed ${action}. The objects replicate without them.`,
      fix: `Where objects have annotations, allow ${action} on arn:aws:s3:::src/* to the role.`,
      evidence: { arn: roleArn, path: ['accounts', source, 'roles', roleArn] },
    },
  ]);
});

const maybe = { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } };
it.each<[string, readonly ((world: World) => void)[]]>([
  ['the role may read them', []],
  ['nobody can say whether the role may', [denied({ Condition: maybe })]],
  [
    'nobody can say whether a Deny keeps the role from them, which no statement allows',
    [
      denied({ Condition: maybe }),
      (world) => {
        world.rolePolicy = without(world.rolePolicy, action);
      },
    ],
  ],
])('annotations are not told where %s', (_, changes) => {
  expect(annotationsIn(...changes)).toEqual([]);
});

it.each([
  [['accounts', source, 'serviceControlPolicies'], true],
  [['accounts', source, 'resourceControlPolicies'], true],
  [['accounts', source, 'serviceControlPolicies', 0], false],
  [['accounts', source, 'roles'], false],
])('the path %j is of control policies: %s', (path, expected) => {
  expect(isOfControls(path)).toBe(expected);
});

it.each([
  [
    { kind: 'unread', of: 'service', account: source },
    `service control policies of account ${source} could not be read`,
  ],
  [
    { kind: 'silent', policy: 'policy 1' },
    'policy 1 does not allow it: if no other policy of its level does, it is denied',
  ],
  [
    { kind: 'denied-by-owner', account: source, action: 's3:PutObject' },
    `a service control policy of account ${source}, which owns the resource, denies s3:PutObject`,
  ],
] as const)('a doubt about control policies is told: %j', (doubt, text) => {
  expect(controlText(doubt)).toBe(text);
});

it.each([
  ['2026-12-24T00:00:00Z', '2026-12-24'],
  ['2026-12-24T08:05:59Z', '2026-12-24 08:05 UTC'],
  [1798070400, '2026-12-24'],
  [' 1798070400.5 ', '2026-12-24 00:00 UTC'],
  [new Date(1798070400000), '2026-12-24'],
  ['2026-13-24', undefined],
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
