import { expect, it } from 'vitest';
import { prepare } from '../../../src/model/replication/prepare.ts';
import { judgeObject } from '../../../src/model/replication.ts';
import { deny, healthy, plus, snapshotOf, type World } from './world.ts';

/** What becomes of the object of a healthy set-up that was changed. */
function outcomeOf(...changes: readonly ((world: World) => void)[]) {
  const world = healthy();
  for (const change of changes) change(world);
  return judgeObject(prepare(snapshotOf(world)), world.object).map(({ outcome }) => outcome);
}

it.each([
  ['replicates', 'the session of the role by its ID', 'AROAEXAMPLE'],
  ['fails', 'the session of another ID', 'AROAOTHER'],
  ['unknown', 'the session of an ID that could not be read', 'unknown'],
  ['unknown', 'the session of an ID that nobody looked at', undefined],
])('an object %s where a Deny leaves out %s', (outcome, _, roleId) => {
  const butFor = { StringNotLike: { 'aws:userid': 'AROAEXAMPLE:*' } };
  expect(
    outcomeOf((world) => {
      world.role = (role) => ({ ...role, ...(roleId !== undefined && { roleId }) });
      world.dst.policy = plus(world.dst.policy, deny('s3:ReplicateObject', { Principal: '*', Condition: butFor }));
    }),
  ).toEqual([outcome]);
});
