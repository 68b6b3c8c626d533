import { expect, it } from 'vitest';
import { probesOf } from '../../src/model/probes.ts';
import { healthy, rule, snapshotOf, srcKeyArn } from './replication/world.ts';

const tags = { And: { Prefix: 'tax/', Tags: [{ Key: 'team', Value: 'billing' }] } };

it('an object and a delete marker are made up for each enabled rule, as the rule and the source bucket have them', () => {
  const world = healthy();
  world.rules = [
    rule({ Filter: { Prefix: 'a/' } }),
    rule({ ID: 'tagged', Filter: tags }),
    rule({ ID: 'off', Status: 'Disabled' }),
  ];
  expect(probesOf(snapshotOf(world))).toMatchObject([
    { what: 'new-object', rule: 'all', object: { key: 'a/s3repl-probe', encryption: 'SSE-KMS', kmsKey: srcKeyArn } },
    { what: 'delete-marker', rule: 'all', object: { key: 'a/s3repl-probe', deleteMarker: true, kmsKey: null } },
    { what: 'new-object', rule: 'tagged', object: { key: 'tax/s3repl-probe', tags: { team: 'billing' } } },
  ]);
});

it('none are where the rules are not known, and where there are none', () => {
  const [unread, none] = [healthy(), healthy()];
  unread.src.replication = 'unknown';
  none.noConfiguration = true;
  expect([unread, none].map((world) => probesOf(snapshotOf(world)))).toEqual([[], []]);
});
