import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/model/replication/finding.ts';
import { attemptUnderEachHost } from '../../../src/model/replication/judge.ts';
import { prepare, rulesIn } from '../../../src/model/replication/prepare.ts';
import { causeJson, evidenceJson } from '../../../src/show/cause-json.ts';
import { marker } from './mutations/mutation.ts';
import { mutations } from './mutations/mutations.ts';
import { deny, dstKeyArn, healthy, other, plus, rule, snapshotOf, type World } from './world.ts';

/** All that S3 would meet in a setup that was changed in one way. */
function findingsOf(title: string) {
  return findingsAfter((world) => mutations.find((one) => one.title === title)?.change(world));
}

function findingsAfter(change: (world: World) => void) {
  const world = healthy();
  change(world);
  const prepared = prepare(snapshotOf(world));
  const book = rulesIn(prepared.source.value, []);
  const [[first] = []] = book === null || book === 'unknown' ? [] : book.byDestination;
  return first && attemptUnderEachHost(prepared, world.object, first).findings;
}

const replicaKey = { EncryptionConfiguration: { ReplicaKmsKeyID: dstKeyArn } };

function evidenceIn(finding: Finding | undefined) {
  return finding && evidenceJson(finding.cause.evidence);
}

describe('an attempt', () => {
  it.each([
    's3:PutObjectRetention allowed by both: nothing to warn about',
    'whether the role may read the retention is not known, and there is none',
    's3:ReplicateTags denied by the role, an untagged object',
    'no s3:ReplicateTags for a tagged object',
    'no override, and no right to one',
    'Object Lock at both, in one account',
    'SSE-S3 stays SSE-S3, without any KMS right',
    'plaintext to a bucket without default encryption',
    'plaintext to a bucket with aws/s3 as default, in one account, a key that nobody has read',
    'SSE-C blocking is off',
    'whether the role may read the tags is not known, and there are none',
    'the AWS managed key for replicas, in one account',
    'an object of another account, Bucket owner enforced',
    'a public statement, restricted by nothing',
  ])('meets nothing at all: %s', (title) => {
    expect(findingsOf(title)).toEqual([]);
  });

  it.each([
    ['versioning of the source is off', 'arn:aws:s3:::src', 'accounts["111111111111"].buckets.src.versioning'],
    ['versioning of the destination suspended', 'arn:aws:s3:::dst', 'accounts["222222222222"].buckets.dst.versioning'],
  ])('tells where: %s', (title, arn, path) => {
    expect(evidenceIn(findingsOf(title)?.[0])).toEqual({ arn, path });
  });

  it.each<[string, (world: World) => void]>([
    ['an object', () => undefined],
    ['a delete marker', marker],
  ])('is not refused by a Deny for other accounts, where nobody knows the owner of the bucket: %s', (_, change) => {
    const found = findingsAfter((world) => {
      change(world);
      world.accounts = { [other]: { buckets: {} } };
      world.rules = [rule({ Destination: { ...replicaKey, Bucket: 'arn:aws:s3:::dst' } })];
      const Condition = { StringNotEquals: { 'aws:ResourceAccount': [other] } };
      world.rolePolicy = plus(world.rolePolicy, deny('s3:Replicate*', { Condition }));
    });
    expect(found).toMatchObject([{ effect: 'unknown', cause: { check: 'C05' } }]);
  });

  it('of an override, to a bucket of somebody else, meets only that', () => {
    const found = findingsAfter((world) => {
      world.destination = () => 'unknown';
      world.accounts = { [other]: { notOwned: ['dst'] } };
    });
    expect(found).toMatchObject([{ effect: 'stops', cause: { check: 'C05' } }]);
  });

  it.each(['the key of the object', 'the key of an object, which is said to have none'])(
    'does not know %s',
    (title) => {
      expect(findingsOf(title)?.[0]).toMatchObject({ effect: 'unknown', cause: { check: 'C23' } });
      expect(evidenceIn(findingsOf(title)?.[0])).toEqual({
        path: 'objects',
        unknown: ['the key of object a/b.txt'],
      });
    },
  );

  it.each([
    ['the source key was deleted', 'stops', 'C19'],
    ['the Region of the destination', 'unknown', 'C05'],
    ['the state of the destination key', 'unknown', 'C20'],
    ['no destination bucket policy', 'stops', 'C12'],
    ['whether an SSE-S3 object may be read by the other right', 'unknown', 'C11'],
    ['the bucket policy lacks s3:ReplicateObject', 'stops', 'C13'],
    ['a key of another account, for a bucket of the source account', 'unknown', 'C20'],
  ])('finds, of %s, something that %s it (%s)', (title, effect, check) => {
    expect(findingsOf(title)?.map((one) => [one.effect, one.cause.check])).toContainEqual([effect, check]);
  });

  it('is refused by the role alone in one account, where a bucket needs no policy (C13, not C12)', () => {
    expect(findingsOf('no s3:ReplicateObject, in one account')).toMatchObject([{ cause: { check: 'C13' } }]);
  });

  it('says what about Bucket Keys is contested', () => {
    const [contested] = findingsOf('a Bucket Key at the destination only, object form only') ?? [];
    expect(contested?.cause.summary).toMatch(
      /^AWS's sources disagree \(.*\) about the encryption context .*, in bucket dst with one: by/,
    );
    const sources = ['S3 User Guide, replication-config-for-kms-objects', 'S3 User Guide, bucket-key'];
    expect(contested?.cause.evidence.sources).toEqual(sources);
  });

  it('says that whether there is a Bucket Key was not read', () => {
    const unread = findingsOf('the Bucket Key of the object, where the role may use one form of the source') ?? [];
    expect(evidenceIn(unread.find(({ effect }) => effect === 'unknown'))).toEqual({
      path: 'accounts["111111111111"].buckets.src.encryption',
      unknown: ['whether a/b.txt and the default encryption of bucket src use a Bucket Key'],
    });
  });

  it('says what about SSE-S3 is contested', () => {
    const found = findingsOf('SSE-S3 denied, an SSE-S3 object');
    expect(found?.map((one) => ({ ...one, cause: causeJson(one.cause) }))).toMatchObject([
      { effect: 'warns', cause: { check: 'C30', evidence: { sources: ['rules.md 1.2 M22', 'rules.md 1.5 (11)'] } } },
    ]);
  });
});
