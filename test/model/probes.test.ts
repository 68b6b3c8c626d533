import { expect, it } from 'vitest';
import { probesOf } from '../../src/model/probes.ts';
import { prepare } from '../../src/model/replication/prepare.ts';
import { judgeObject } from '../../src/model/replication.ts';
import { healthy, plus, rule, snapshotOf, source, srcKeyArn, type World } from './replication/world.ts';

const tags = { And: { Prefix: 'tax/', Tags: [{ Key: 'team', Value: 'billing' }] } };

function probesIn(world: World) {
  return probesOf(prepare(snapshotOf(world))).map(({ what, rule: { id }, object }) => ({ what, rule: id, object }));
}

it('an object and a delete marker are made up for each enabled rule, as the rule and the source bucket have them', () => {
  const world = healthy();
  world.rules = [
    rule({ Filter: { Prefix: 'a/' } }),
    rule({ ID: 'tagged', Filter: tags }),
    rule({ ID: 'off', Status: 'Disabled' }),
  ];
  const added = {
    key: 'a/s3repl-probe',
    versionId: null,
    size: 1,
    encryption: 'SSE-KMS',
    kmsKey: srcKeyArn,
    bucketKey: true,
    storageClass: 'STANDARD',
    tags: {},
    deleteMarker: false,
    owner: source,
    replicationStatus: null,
    existedBeforeRule: false,
  };
  const marker = { ...added, size: 0, encryption: 'NONE', kmsKey: null, bucketKey: false, deleteMarker: true };
  expect(probesIn(world)).toEqual([
    { what: 'new-object', rule: 'all', object: added },
    { what: 'delete-marker', rule: 'all', object: marker },
    { what: 'new-object', rule: 'tagged', object: { ...added, key: 'tax/s3repl-probe', tags: { team: 'billing' } } },
  ]);
});

it('none are where the rules are not known, and where there are none', () => {
  const [unread, none] = [healthy(), healthy()];
  unread.src.replication = 'unknown';
  none.noConfiguration = true;
  expect([unread, none].map(probesIn)).toEqual([[], []]);
});

it('a new object has the default retention of a source bucket with Object Lock, and a delete marker none', () => {
  const world = healthy();
  world.src.objectLock = 'Enabled';
  const retentions = () => probesIn(world).map(({ object }) => object.retention);
  world.src.objectLockRetention = { Mode: 'GOVERNANCE', Days: 30 };
  expect(retentions()).toEqual([{ mode: 'GOVERNANCE', until: '2026-12-21T00:00:00.000Z' }, undefined]);
  world.src.objectLockRetention = { Mode: 'COMPLIANCE', Years: 7 };
  expect(retentions()).toEqual([{ mode: 'COMPLIANCE', until: '2033-11-21T00:00:00.000Z' }, undefined]);
  for (const none of [null, 'unknown', {}] as const) {
    world.src.objectLockRetention = none;
    expect(retentions()).toEqual([undefined, undefined]);
  }
});

it('a new object with a default retention fails into a destination without Object Lock', () => {
  const world = healthy();
  Object.assign(world.src, { objectLock: 'Enabled', objectLockRetention: { Mode: 'GOVERNANCE', Days: 1 } });
  world.rolePolicy = plus(world.rolePolicy, {
    ...{ Effect: 'Allow', Resource: '*' },
    Action: ['s3:GetObjectRetention', 's3:GetObjectLegalHold', 's3:PutObjectRetention', 's3:PutObjectLegalHold'],
  });
  const prepared = () => prepare(snapshotOf(world));
  const outcomes = () => probesOf(prepared()).flatMap(({ object }) => judgeObject(prepared(), object));
  expect(outcomes()).toMatchObject([
    { outcome: 'fails', reason: 'DstBucketObjectLockConfigMissing', causes: [{ check: 'C09' }] },
    { outcome: 'replicates' },
  ]);
  expect(outcomes()[0]?.causes[0]?.summary).toMatch(/^New objects get a retention by default/);
  world.src.objectLockRetention = null;
  expect(outcomes().map(({ outcome }) => outcome)).toEqual(['replicates', 'replicates']);
});
