import type { ReplicationRule } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import type { Exclusion } from '../../src/model/object-class.ts';
import { probesOf } from '../../src/model/probes.ts';
import {
  byClass,
  byEncryption,
  type Change,
  denyThere,
  prepared,
  probesIn,
  tagged,
  tagsText,
  textOf,
  withDefault,
} from './changed-probes.ts';
import { deny, plus, rule, srcKeyArn } from './replication/world.ts';

describe('classes of objects by key, tags and what a statement names together', () => {
  const by = (changes: readonly Change[]) =>
    probesIn(changes)
      .filter(({ statement }) => statement?.place.sid === 'No')
      .map(textOf);
  const plain = 'SSE-KMS with Bucket Key';

  it('has no statement, no further keys and any tag where no document tells objects apart', () => {
    const [first, ...others] = probesIn([]);
    expect(first && [textOf(first), first.class.key, first.asked, first.more, 'statement' in first]).toEqual([
      `s3repl-probe, s3repl=probe, ${plain}`,
      '*',
      false,
      [],
      false,
    ]);
    expect(new Set(others.map(textOf))).toEqual(new Set(['s3repl-probe, SSE-KMS without Bucket Key']));
  });

  it('varies keys and tags alone, and then together', () => {
    expect(by([denyThere(byClass, ['hr/*', 'legal/*'])])).toEqual([
      `hr/s3repl-probe, ${plain}`,
      'delete marker, hr/s3repl-probe, NONE',
      `s3repl-probe, class=hr, ${plain}`,
      `s3repl-probe, class=s3repl-probe, ${plain}`,
      `hr/s3repl-probe, class=hr, ${plain}`,
      `hr/s3repl-probe, class=s3repl-probe, ${plain}`,
    ]);
  });

  it('varies encryption with the tags and the keys of the same statement', () => {
    const Condition = { StringEquals: { ...byClass.StringEquals, ...byEncryption.StringEquals } };
    const together = by([withDefault('aws:kms:dsse', srcKeyArn), denyThere(Condition, ['hr/*'])]);
    expect(together.filter((one) => one.includes('SSE-S3'))).toEqual([
      's3repl-probe, class=hr, SSE-S3',
      's3repl-probe, class=s3repl-probe, SSE-S3',
      'hr/s3repl-probe, SSE-S3',
      'hr/s3repl-probe, class=hr, SSE-S3',
      'hr/s3repl-probe, class=s3repl-probe, SSE-S3',
    ]);
  });

  it('varies the Bucket Key with the keys that an encryption context names', () => {
    const context = { StringLike: { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::src/hr/*' } };
    const denied: Change = (world) => {
      world.rolePolicy = plus(world.rolePolicy, deny('kms:Decrypt', { Condition: context }));
    };
    const keys = by([denied]).filter((one) => !one.startsWith('delete marker'));
    expect(keys).toEqual([`hr/s3repl-probe, ${plain}`, 'hr/s3repl-probe, SSE-KMS without Bucket Key']);
    expect(by([denied, withDefault('AES256')])).toEqual([
      'hr/s3repl-probe, SSE-S3',
      'delete marker, hr/s3repl-probe, NONE',
    ]);
  });

  it('gives any tag to the keys of a statement on tags, unless the rule selects by tags', () => {
    const denied = denyThere(undefined, ['hr/*'], 's3:ReplicateTags');
    expect(by([denied]).at(-1)).toBe(`hr/s3repl-probe, s3repl=probe, ${plain}`);
    const selected: Change = (world) => {
      world.rules = [tagged({ team: 'a' })];
    };
    expect(by([denied, selected])).toEqual([`hr/s3repl-probe, team=a, ${plain}`]);
    expect(probesIn([denied, selected]).filter(({ object: { tags } }) => tagsText(tags).join() !== 'team=a')).toEqual(
      [],
    );
  });

  it('names the keys and tags as the statement does, with a key for each further pattern', () => {
    const named = probesIn([denyThere({ StringLike: { 's3:RequestObjectTag/class': 'h*' } }, ['hr/*', 'legal/*'])]);
    const last = named.at(-2);
    expect(last && [last.class.key, last.class.tags, last.more]).toEqual([
      'hr/*',
      { class: 'h*' },
      [{ pattern: 'legal/*', key: 'legal/s3repl-probe' }],
    ]);
  });
});

describe('probes of several rules are of one kind', () => {
  const kindsOf = (rules: readonly ReplicationRule[], exclusions: readonly Exclusion[] = [], ...changes: Change[]) => {
    const all = prepared(...changes, (world) => {
      world.rules = [...rules];
    });
    return new Set(probesOf(all, () => exclusions).map(({ kind }) => kind())).size;
  };
  const teams = [tagged({ team: 'a' }), tagged({ team: 'b' }, { ID: 'b', Priority: 2 })];
  const why = 'test data';

  it.each<[string, number, readonly Exclusion[], Change[]]>([
    ['whatever the tags where no document names a tag', 1, [], []],
    ['whatever the tags where objects are left out by key', 1, [{ key: 'hr/*', why }], []],
    [
      'but not where objects are left out by tags',
      2,
      [
        { key: 'hr/*', why },
        { tags: { hr: 'yes' }, why },
      ],
      [],
    ],
    ['but not where a statement names a tag', 2, [], [denyThere(byClass)]],
  ])('%s', (_, kinds, exclusions, changes) => {
    expect(kindsOf(teams, exclusions, ...changes)).toBe(kinds);
  });

  it('but not where one has tags and another none, and not where other objects are left out', () => {
    const bare = rule({ ID: 'bare', Priority: 0, DeleteMarkerReplication: { Status: 'Disabled' } });
    expect(kindsOf([...teams, bare])).toBe(2);
    const all = prepared();
    const kindsUnder = (exclusions: readonly Exclusion[]) => probesOf(all, () => exclusions).map(({ kind }) => kind());
    expect(kindsUnder([])).toEqual(probesOf(all).map(({ kind }) => kind()));
    expect(kindsUnder([{ encryption: 'SSE-C', why }])).not.toEqual(kindsUnder([]));
  });

  it('each rule has the classes of its own destination', () => {
    const Destination = { ...rule().Destination, Bucket: 'arn:aws:s3:::dst2' };
    const rules: Change = (world) => {
      world.rules = [rule(), rule({ ID: 'second', Destination })];
      world.rolePolicy = plus(world.rolePolicy, deny('s3:ReplicateObject', { Resource: 'arn:aws:s3:::dst2/hr/*' }));
    };
    const keys = probesIn([rules]).map((one) => `${one.rule.id} ${one.object.key}`);
    expect(new Set(keys)).toEqual(new Set(['all s3repl-probe', 'second hr/s3repl-probe', 'second s3repl-probe']));
  });
});
