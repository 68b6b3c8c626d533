import { expect, it } from 'vitest';
import { newObject } from '../../../src/model/governed-object.ts';
import { unreadAnnotations } from '../../../src/model/replication/annotations.ts';
import { prepared } from '../changed-probes.ts';
import { deny, policy, roleArn, source, type World, without } from './world.ts';

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
