import { describe, expect, it } from 'vitest';
import { prepare } from '../../../src/model/replication/prepare.ts';
import { judgeObject } from '../../../src/model/replication.ts';
import type { ObjectSnapshot } from '../../../src/model/snapshot.ts';
import { causeJson } from '../../../src/show/cause-json.ts';
import { verdictsOf } from '../verdicts-of.ts';
import { deny, healthy, plus, policy, rule, snapshotOf } from './world.ts';

describe('verdicts', () => {
  it('are one for each destination, by its own rule of the highest priority', () => {
    const world = healthy();
    const elsewhere = { ...rule().Destination, Bucket: 'arn:aws:s3:::gone' };
    world.rules = [
      rule({ ID: 'low' }),
      rule({ ID: 'high', Priority: 7 }),
      rule({ ID: 'gone', Priority: 3, Destination: elsewhere }),
    ];
    const verdicts = verdictsOf(snapshotOf(world), world.object);
    expect(verdicts.map((one) => [one.rule, one.destination, one.outcome])).toEqual([
      ['high', 'arn:aws:s3:::dst', 'replicates'],
      ['gone', 'arn:aws:s3:::gone', 'fails'],
    ]);
  });

  it('are one without a rule where none governs', () => {
    const world = healthy();
    world.rules = [];
    expect(verdictsOf(snapshotOf(world), world.object)).toMatchObject([
      { object: 'a/b.txt', versionId: 'v1', rule: null, destination: null, reason: 'no-rule', replica: null },
    ]);
  });

  it('leave a FAILED version alone where another destination explains it', () => {
    const world = healthy();
    world.object.replicationStatus = 'FAILED';
    world.dst.versioning = 'Suspended';
    expect(verdictsOf(snapshotOf(world), world.object)[0]?.reason).toBe('DstBucketUnversioned');
  });

  it('repair nothing of a FAILED version at a destination that did not make it fail, and say so', () => {
    const world = healthy();
    world.object.replicationStatus = 'FAILED';
    const elsewhere = { ...rule().Destination, Bucket: 'arn:aws:s3:::none' };
    world.rules = [rule(), rule({ ID: 'none', Destination: elsewhere })];
    const snapshot = JSON.parse(JSON.stringify(snapshotOf(world)).replace('"dst":{', '"none":null,"dst":{'));
    const [first, second] = verdictsOf(snapshot, world.object);
    expect(second).toMatchObject({ rule: 'none', outcome: 'fails', reason: 'DstBucketNotFound' });
    expect(first).toMatchObject({ rule: 'all', outcome: 'replicates' });
    expect(first?.warnings).toMatchObject([
      {
        check: 'C36',
        summary: 'a/b.txt FAILED earlier, as it did not reach another destination.',
        same: ['not elsewhere'],
      },
    ]);
  });

  it('say that a version has replicated already where its successor would fail', () => {
    const world = healthy();
    world.object.replicationStatus = 'COMPLETED';
    world.dst.versioning = 'Suspended';
    expect(verdictsOf(snapshotOf(world), world.object)[0]?.warnings).toMatchObject([
      {
        check: 'C36',
        summary: expect.stringMatching(/^a\/b\.txt was replicated/),
        same: ['replicated already'],
      },
    ]);
  });

  it('point to the statement that decides', () => {
    const world = healthy();
    world.dst.policy = plus(world.dst.policy, deny('s3:ReplicateObject', { Principal: '*' }));
    expect(verdictsOf(snapshotOf(world), world.object)[0]?.causes.map(causeJson)).toMatchObject([
      {
        check: 'C30',
        evidence: {
          sid: 'No',
          path: 'accounts["222222222222"].buckets.dst.policy.Statement[1]',
          arn: 'arn:aws:s3:::dst',
        },
      },
    ]);
  });

  it('are the same for an object alone and among others of a prepared snapshot', () => {
    const world = healthy();
    world.object.bucketKey = false;
    world.dst.policy = plus(world.dst.policy, deny('s3:*', { Principal: '*', Resource: 'arn:aws:s3:::dst/*/secret*' }));
    world.rolePolicy = plus(world.rolePolicy, deny('s3:GetObjectVersionAcl', { Resource: 'arn:aws:s3:::src/a/?' }));
    const snapshot = snapshotOf(world);
    const prepared = prepare(snapshot);
    const keys = ['a/1', 'b/1', 'x/secret', 'x/secret/y', 'secret', 'a/b', 'a/bc', 'a/', 'x/y/secret.txt', 'b/1'];
    for (const object of keys.map((key) => ({ ...world.object, key }))) {
      expect(judgeObject(prepared, object)).toEqual(verdictsOf(snapshot, object));
    }
    const outcomes = keys.map((key) => judgeObject(prepared, { ...world.object, key })[0]?.reason);
    expect(new Set(outcomes)).toEqual(new Set(['SrcGetAclNotPermitted', null, 'DstPutObjectNotPermitted']));
  });

  it('of an object that meets nothing say nothing about one, or a rule, that differs in anything but its name', () => {
    const world = healthy();
    world.src.ownership = 'ObjectWriter';
    world.rolePolicy = plus(world.rolePolicy, deny('s3:ReplicateTags'));
    const destination = { ...rule().Destination, Bucket: 'arn:aws:s3:::dst' };
    world.rules = [
      rule({ ID: 'plain', Priority: 1, Filter: { Prefix: 'a/' } }),
      rule({
        ID: 'class',
        Priority: 2,
        Filter: { Prefix: 'b/' },
        Destination: { ...destination, StorageClass: 'GLACIER' },
      }),
      rule({
        ID: 'gone',
        Priority: 3,
        Filter: { Prefix: 'c/' },
        Destination: { ...destination, Bucket: 'arn:aws:s3:::gone' },
      }),
      rule({
        ID: 'foreign',
        Priority: 4,
        Filter: { Prefix: 'd/' },
        Destination: { ...destination, Account: '3'.repeat(12) },
      }),
    ];
    const snapshot = snapshotOf(world);
    const prepared = prepare(snapshot);
    const different: readonly Partial<ObjectSnapshot>[] = [
      ...['a/', 'b/', 'c/', 'd/'].map((prefix) => ({ key: `${prefix}1` })),
      { kmsKey: 'unknown' },
      { encryption: 'SSE-S3', kmsKey: null },
      { owner: '3'.repeat(12) },
      { tags: { a: 'b' } },
      { storageClass: 'STANDARD_IA' },
      { retention: { mode: 'COMPLIANCE', until: '2030-01-01' } },
      { deleteMarker: true },
    ];
    expect(judgeObject(prepared, { ...world.object, key: 'a/0' })).toMatchObject([{ outcome: 'replicates' }]);
    const verdicts = different.map((more) => {
      const object = { ...world.object, key: 'a/2', ...more };
      const verdict = judgeObject(prepared, object);
      expect(verdict).toEqual(verdictsOf(snapshot, object));
      return JSON.stringify(verdict.map(({ outcome, warnings, replica }) => [outcome, warnings.length, replica]));
    });
    expect(new Set(verdicts).size).toBeGreaterThan(7);
  });

  it('depend on versions and tags where a policy does', () => {
    const world = healthy();
    const Condition = { StringEquals: { 's3:ExistingObjectTag/secret': 'yes' } };
    world.src.policy = policy(deny('s3:GetObjectVersion*', { Principal: '*', Condition }));
    const prepared = prepare(snapshotOf(world));
    const reasons = [{}, { secret: 'yes' }, { secret: 'no' }].map(
      (tags) => judgeObject(prepared, { ...world.object, tags })[0]?.reason,
    );
    // AWS lists the key for the action that reads the ACL, and not for the one that reads the bytes.
    expect(reasons).toEqual([null, 'SrcGetAclNotPermitted', null]);
  });
});
