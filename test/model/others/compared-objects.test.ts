import { expect, it } from 'vitest';
import { classText } from '../../../src/model/classes/class-text.ts';
import type { ObjectClass } from '../../../src/model/object-class.ts';
import { type Compared, compareObjects } from '../../../src/model/others/compared-objects.ts';
import { prepare } from '../../../src/model/replication/prepare.ts';
import type { AccountSnapshot } from '../../../src/model/snapshot.ts';
import {
  byEncryption,
  type Change,
  denyThere,
  encryptionText,
  tagged,
  tagsText,
  withDefault,
} from '../changed-probes.ts';
import { healthy, snapshotOf, source, srcKeyArn } from '../replication/world.ts';
import { all, nothing, ours, rules, secondBucket, theirs, toDst } from './broken-in.ts';

const underHr = { Filter: { Prefix: 'hr/' } };
const ofTeam = (Prefix: string) => ({ Filter: { And: { Prefix, Tags: [{ Key: 'team', Value: 'a' }] } } });
const goneKey = srcKeyArn.replaceAll('1-1', '3-3');
const known =
  (account: Partial<AccountSnapshot>): Change =>
  (world) => {
    world.accounts[source] = account;
  };
const withGoneKey: Change = (world) => {
  world.sourceKeys = { [goneKey]: null, [`${goneKey}/second`]: world.srcKey };
};

const cases: Readonly<Record<string, readonly [before: Change, after: Change]>> = {
  'nothing changes': [nothing, nothing],
  'the default encryption becomes SSE-S3': [nothing, withDefault('AES256')],
  'the default encryption was DSSE-KMS': [withDefault('aws:kms:dsse', srcKeyArn), withDefault('aws:kms', srcKeyArn)],
  'the default encryption is of a key that nobody knows': [withDefault('aws:kms', 'alias/nobody'), nothing],
  'a Deny of some keys comes': [nothing, denyThere(undefined, ['hr/*'])],
  'a Deny of some keys goes': [
    denyThere(undefined, ['hr/*']),
    (world) => {
      world.dst.policy = healthy().dst.policy;
    },
  ],
  'a Deny by encryption comes': [nothing, denyThere(byEncryption)],
  'a Deny by encryption is there while the default encryption changes': [
    denyThere(byEncryption),
    withDefault('AES256'),
  ],
  'a rule of no delete markers stays': [rules(theirs({ DeleteMarkerReplication: { Status: 'Disabled' } })), nothing],
  'a narrower rule comes': [rules(theirs()), rules(theirs(), ours(underHr))],
  'a narrower rule comes, to another bucket': [
    all(secondBucket, rules(theirs())),
    rules(theirs(), ours({ ...underHr, ...toDst({ Bucket: 'arn:aws:s3:::second' }) })),
  ],
  'a narrower rule was there, and changes nothing but its place': [
    rules(theirs(), ours(underHr)),
    rules(ours(underHr), theirs()),
  ],
  'a narrower rule goes': [rules(theirs(), ours(underHr)), rules(theirs())],
  'a rule of other keys comes': [rules(theirs(underHr)), rules(theirs(underHr), ours({ Filter: { Prefix: 'x/' } }))],
  'a rule by tags comes beside one of some keys': [
    rules(theirs(underHr)),
    rules(theirs(underHr), tagged({ team: 'a' }, { ID: 'ours' })),
  ],
  'a rule by tags and a Deny of some keys come beside one of some keys': [
    rules(theirs(underHr)),
    all(rules(theirs(underHr), tagged({ team: 'a' }, { ID: 'ours' })), denyThere(undefined, ['hr/x/*'])),
  ],
  'a rule by tags stays beside one of some keys': [
    rules(theirs(underHr), tagged({ team: 'a' }, { ID: 'ours' })),
    nothing,
  ],
  'two rules have tags in another order': [
    rules(tagged({ a: '1', b: '2' }, { ID: 'theirs' }), tagged({ b: '2', a: '1' }, { ID: 'two', Priority: 2 })),
    nothing,
  ],
  'a rule by tags is as narrow as theirs': [
    rules(theirs(ofTeam('hr/'))),
    rules(theirs(ofTeam('hr/')), ours(ofTeam('hr/'))),
  ],
  'keys of the account do not exist': [withGoneKey, nothing],
  'keys of the account are not known': [known({ keys: 'unknown' }), nothing],
};

function textOf(compared: Compared): string {
  const { what, class: one, plain, before, after, asksKey } = compared;
  const ofClass = `${what} of ${classOf(one)}${classOf(one) === classOf(plain) ? '' : ` among ${classOf(plain)}`}`;
  const changed = JSON.stringify(before) === JSON.stringify(after) ? '' : ` becomes ${objectText(after)}`;
  const asks = asksKey === undefined ? '' : ` and asks for ${keyText(asksKey)}`;
  return `  ${ofClass}: ${objectText(before)}${changed}${asks}`;
}

function classOf({ key, tags, encryption, bucketKey }: ObjectClass): string {
  return [key, ...tagsText(tags), encryptionText({ encryption, bucketKey })].join(', ');
}

function objectText(object: Compared['before']): string {
  const { key, tags, kmsKey, deleteMarker } = object;
  const encrypted = deleteMarker ? 'delete marker' : encryptionText(object);
  return [key, ...tagsText(tags), encrypted, ...(kmsKey === null ? [] : [keyText(kmsKey)])].join(', ');
}

function keyText(arn: string): string {
  return arn.replace(srcKeyArn, 'SRC-KEY').replace(goneKey, 'GONE-KEY');
}

it('the objects that are compared are those of compared-objects.txt', async () => {
  const told = Object.entries(cases).map(([name, [before, after]]) => {
    const [old, planned] = [healthy(), healthy()];
    before(old);
    before(planned);
    after(planned);
    const compared = compareObjects(prepare(snapshotOf(old)), prepare(snapshotOf(planned)));
    return [name, ...compared.map(textOf)].join('\n');
  });
  await expect(`${told.join('\n\n')}\n`).toMatchFileSnapshot('compared-objects.txt');
});

it.each([
  ['nobody knows the accounts', 'unknown'],
  ['nobody knows the account', { [source]: 'unknown' }],
  ['the account is not mentioned', {}],
] as const)('the objects that are compared are those of before where %s afterwards', (_, accounts) => {
  const old = snapshotOf(healthy());
  const compared = compareObjects(prepare(old), prepare({ ...old, accounts }));
  const becomes = compared.filter(({ before, after }) => before.encryption !== after.encryption);
  const names = (some: readonly Compared[]) => new Set(some.map(classText));
  expect(names(compared)).toEqual(names(compareObjects(prepare(old), prepare(old))));
  expect(new Set(becomes.map(({ after }) => after.encryption))).toEqual(new Set(['unknown']));
});

it('no object that is compared has a Bucket Key without SSE-KMS', () => {
  const old = prepare(snapshotOf(healthy()));
  const keyed = compareObjects(old, old).flatMap(({ class: one, before, after }) =>
    [one, before, after].filter(({ bucketKey }) => bucketKey !== false).map(({ encryption }) => encryption),
  );
  expect(new Set(keyed)).toEqual(new Set(['SSE-KMS']));
});
