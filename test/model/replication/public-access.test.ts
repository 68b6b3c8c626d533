import { expect, it } from 'vitest';
import { prepare } from '../../../src/model/replication/prepare.ts';
import { judgeObject } from '../../../src/model/replication.ts';
import type { Verdict } from '../../../src/model/verdict.ts';
import { healthy, inOneAccount, other, policy, rule, snapshotOf, type World } from './world.ts';

const marker = { encryption: 'NONE', kmsKey: null, bucketKey: false, deleteMarker: true } as const;

function outcomeOf(...changes: readonly ((world: World) => void)[]) {
  const world = healthy();
  for (const change of changes) change(world);
  world.dst.publicAccessBlock = { RestrictPublicBuckets: true };
  const [verdict] = judgeObject(prepare(snapshotOf(world)), world.object);
  return [verdict?.outcome, ...(verdict?.causes.map(({ check }) => check) ?? [])];
}
const isPublic = (world: World) => {
  world.dst.policy = policy({ Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::dst/*' });
};

it.each<[string, readonly ((world: World) => void)[], readonly string[]]>([
  ['shuts the role off from another account', [isPublic], ['fails', 'C12']],
  ['shuts nobody of its own account off', [inOneAccount, isPublic], ['replicates']],
  ['shuts nobody off by a policy that names the role', [], ['replicates']],
  [
    'shuts nobody off without a policy, which then does not allow',
    [
      (world) => {
        world.dst.policy = null;
      },
    ],
    ['fails', 'C12'],
  ],
  [
    'is not told where the policy could not be read, which decides',
    [
      (world) => {
        world.dst.policy = 'unknown';
      },
    ],
    ['unknown', 'C13'],
  ],
])('a bucket that restricts public policies %s', (_, changes, expected) => {
  expect(outcomeOf(...changes)).toEqual(expected);
});

it('a bucket that restricts public policies stops objects and delete markers by codes of their own, and no other bucket', () => {
  const world = healthy();
  isPublic(world);
  world.dst.publicAccessBlock = { RestrictPublicBuckets: true };
  const open = { ...world.dst, publicAccessBlock: null };
  world.accounts = { [other]: { buckets: { dst: world.dst, open }, publicAccessBlock: null } };
  world.rules = [rule(), rule({ ID: 'open', Destination: { ...rule().Destination, Bucket: 'arn:aws:s3:::open' } })];
  const prepared = prepare(snapshotOf(world));
  const isShutOff = (one: Verdict) => one.causes.some(({ check }) => check === 'C12');
  const stopped = [{}, marker].map((more) =>
    judgeObject(prepared, { ...world.object, ...more })
      .filter(isShutOff)
      .map(({ rule: id, reason }) => [id, reason]),
  );
  expect(stopped).toEqual([[['all', 'DstPutObjectNotPermitted']], [['all', 'DstDelObjNotPermitted']]]);
});
