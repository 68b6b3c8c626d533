import { expect, it } from 'vitest';
import { probesOf } from '../../src/model/probes.ts';
import { prepare } from '../../src/model/replication/prepare.ts';
import { healthy, rule, snapshotOf, source, srcKeyArn, type World } from './replication/world.ts';

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
