import { describe, expect, it } from 'vitest';
import { prepare } from '../../../src/model/replication/prepare.ts';
import { judgeObject } from '../../../src/model/replication.ts';
import type { ObjectSnapshot } from '../../../src/model/snapshot.ts';
import { drawFrom } from '../../draws.ts';
import { mutations } from './mutations/mutations.ts';
import { deny, healthy, plus, snapshotOf, source } from './world.ts';

describe('an object that is asked about after others', () => {
  it.each(drawFrom(mutations.map(({ title, change }) => [title, change] as const)))(
    'has the words of one that is asked about alone: %s',
    (_, change) => {
      const world = healthy();
      change(world);
      const { object } = world;
      const prepared = prepare(snapshotOf(world));
      const before: readonly ObjectSnapshot[] = [
        { ...object, key: 'a/b', versionId: 'v0', tags: {}, encryption: 'SSE-S3', kmsKey: null },
        { ...object, key: 'a/b', versionId: 'v0', tags: {} },
      ];
      for (const other of before) judgeObject(prepared, other);
      expect(judgeObject(prepared, object)).toEqual(judgeObject(prepare(snapshotOf(world)), object));
    },
  );
});

it('objects that policies tell apart by more than patterns have an answer each', () => {
  const world = healthy();
  const Resource = ['arn:aws:s3:::dst/hr/*', 'arn:aws:s3:::dst/${aws:PrincipalAccount}/*'];
  world.dst.policy = plus(world.dst.policy, deny('s3:ReplicateObject', { Principal: '*', Resource }));
  const prepared = prepare(snapshotOf(world));
  const outcomesOf = (...keys: readonly string[]) =>
    keys.flatMap((key) => judgeObject(prepared, { ...world.object, key }).map(({ outcome }) => outcome));
  expect(outcomesOf('x', 'hr/x', `${source}/x`, 'y')).toEqual(['replicates', 'fails', 'fails', 'replicates']);
});
