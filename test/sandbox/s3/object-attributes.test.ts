import {
  CopyObjectCommand,
  DeleteObjectTaggingCommand,
  GetObjectAclCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketPolicyCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectTaggingCommand,
  type Tag,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { type Clients, clientsOf, message, OTHER, refusal, SOURCE } from '../clients.ts';
import { makeBucket } from '../make-bucket.ts';

const Bucket = 'bucket';
const Key = 'key';
const ownerId = (account: string) => account.padStart(64, '0');

let sandbox: Sandbox;
let s3: Clients['s3'];

const put = (more: Partial<PutObjectCommandInput> = {}, client = s3) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body: 'content', ...more }));
const setTags = (TagSet: Tag[], VersionId?: string) =>
  s3.send(new PutObjectTaggingCommand({ Bucket, Key, VersionId, Tagging: { TagSet } }));
const tags = async (VersionId?: string) =>
  (await s3.send(new GetObjectTaggingCommand({ Bucket, Key, VersionId }))).TagSet;

beforeEach(async () => {
  sandbox = await openSandbox();
  s3 = clientsOf(sandbox).s3;
  await makeBucket(sandbox, Bucket, { versioning: 'Enabled' });
});

describe('tags', () => {
  test('are put with the object, counted, replaced and deleted', async () => {
    await put({ Tagging: 'tag2=two&tag1=a%20b&empty' });
    expect(await tags()).toEqual([
      { Key: 'empty', Value: '' },
      { Key: 'tag1', Value: 'a b' },
      { Key: 'tag2', Value: 'two' },
    ]);
    const { TagCount } = await s3.send(new HeadObjectCommand({ Bucket, Key }));
    expect(TagCount).toBe(3);
    await setTags([{ Key: 'other', Value: 'x' }]);
    expect(await tags()).toEqual([{ Key: 'other', Value: 'x' }]);
    await s3.send(new DeleteObjectTaggingCommand({ Bucket, Key }));
    expect(await tags()).toEqual([]);
  });

  test('are counted only for who may read them', async () => {
    await put({ Tagging: 'a=1' });
    const deny = {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:GetObjectTagging',
      Resource: `arn:aws:s3:::${Bucket}/*`,
    };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [deny] });
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key }))).TagCount).toBeUndefined();
  });

  test('belong to one version', async () => {
    const first = await put({ Tagging: 'a=1' });
    const second = await put({ Tagging: 'a=2' });
    await setTags([{ Key: 'a', Value: '3' }], first.VersionId);
    expect([await tags(first.VersionId), await tags(second.VersionId)]).toEqual([
      [{ Key: 'a', Value: '3' }],
      [{ Key: 'a', Value: '2' }],
    ]);
  });

  test.each([
    [
      [
        { Key: 'k', Value: '1' },
        { Key: 'k', Value: '2' },
      ],
      'Cannot provide multiple Tags with the same key',
    ],
    [[{ Key: 'a,b', Value: '1' }], 'The TagKey you have provided is invalid'],
    [[{ Key: 'aws:x', Value: '1' }], 'Your TagKey cannot be prefixed with aws:'],
  ])('%j are refused as recorded', async (set, words) => {
    await put();
    expect(await refusal(setTags(set))).toBe('400 InvalidTag');
    expect(await message(setTags(set))).toBe(words);
  });

  test.each(['key1=val1&key1=val2', 'key1=val1,key2=val2'])('the header %s is refused as recorded', async (Tagging) => {
    expect(await refusal(put({ Tagging }))).toBe('400 InvalidArgument');
  });

  test('an object has ten at most', async () => {
    const Tagging = Array.from({ length: 11 }, (_, index) => `k${index}=v`).join('&');
    expect(await refusal(put({ Tagging }))).toBe('400 BadRequest');
  });
});

describe('owners and ACLs', () => {
  let theirs: Clients['s3'];
  const acl = async (client = s3) => {
    const { Owner, Grants } = await client.send(new GetObjectAclCommand({ Bucket: 'open', Key }));
    return {
      owner: Owner?.ID,
      grants: Grants?.map((grant) => `${grant.Grantee?.ID ?? grant.Grantee?.URI} ${grant.Permission}`),
    };
  };
  const reading = (client: Clients['s3']) => refusal(client.send(new GetObjectCommand({ Bucket: 'open', Key })));

  async function openTo(ownership: 'BucketOwnerEnforced' | 'BucketOwnerPreferred' | 'ObjectWriter') {
    await makeBucket(sandbox, 'open', { ownership });
    const Statement = {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${OTHER}:root` },
      Action: ['s3:PutObject', 's3:PutObjectAcl'],
      Resource: 'arn:aws:s3:::open/*',
    };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await s3.send(new PutBucketPolicyCommand({ Bucket: 'open', Policy }));
    theirs = clientsOf(sandbox, OTHER).s3;
  }

  test('BucketOwnerEnforced: what others write is the bucket owner’s', async () => {
    await openTo('BucketOwnerEnforced');
    await put({ Bucket: 'open' }, theirs);
    expect(await acl()).toEqual({ owner: ownerId(SOURCE), grants: [`${ownerId(SOURCE)} FULL_CONTROL`] });
    expect([await reading(s3), await reading(theirs)]).toEqual(['accepted', '403 AccessDenied']);
    expect(await refusal(put({ Bucket: 'open', ACL: 'public-read' }))).toBe('400 AccessControlListNotSupported');
    expect(await refusal(put({ Bucket: 'open', ACL: 'bucket-owner-full-control' }))).toBe('accepted');
  });

  test('ObjectWriter: the writer owns it and reads it, the bucket owner does not, and its tags are the bucket’s', async () => {
    await openTo('ObjectWriter');
    await put({ Bucket: 'open' }, theirs);
    expect(await acl(theirs)).toMatchObject({ owner: ownerId(OTHER) });
    expect([await reading(s3), await reading(theirs)]).toEqual(['403 AccessDenied', 'accepted']);
    expect(await refusal(theirs.send(new GetObjectTaggingCommand({ Bucket: 'open', Key })))).toBe('403 AccessDenied');
    await theirs.send(new PutObjectAclCommand({ Bucket: 'open', Key, ACL: 'bucket-owner-full-control' }));
    expect(await reading(s3)).toBe('accepted');
    expect((await acl()).grants).toEqual([`${ownerId(OTHER)} FULL_CONTROL`, `${ownerId(SOURCE)} FULL_CONTROL`]);
  });

  test('BucketOwnerPreferred: the canned ACL hands it over', async () => {
    await openTo('BucketOwnerPreferred');
    await put({ Bucket: 'open' }, theirs);
    expect(await reading(s3)).toBe('403 AccessDenied');
    await put({ Bucket: 'open', ACL: 'bucket-owner-full-control' }, theirs);
    expect((await acl()).owner).toBe(ownerId(SOURCE));
  });

  test('an unknown ACL is refused', async () => {
    await openTo('ObjectWriter');
    expect(await refusal(put({ Bucket: 'open', ACL: 'fake-acl' as 'private' }))).toBe('400 InvalidArgument');
  });
});

test('another account gets what the bucket policy gives it, action by action', async () => {
  const allow = (...Action: string[]) => {
    const Principal = { AWS: `arn:aws:iam::${OTHER}:root` };
    const Statement = {
      Effect: 'Allow',
      Principal,
      Action,
      Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
    };
    return s3.send(
      new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }),
    );
  };
  const { s3: theirs } = clientsOf(sandbox, OTHER);
  const { VersionId } = await put();
  const get = (more: object = {}) => refusal(theirs.send(new GetObjectCommand({ Bucket, Key, ...more })));
  expect(await get()).toBe('403 AccessDenied');
  await allow('s3:GetObject', 's3:PutObject');
  expect([await get(), await get({ VersionId })]).toEqual(['accepted', '403 AccessDenied']);
  expect(await refusal(put({}, theirs))).toBe('accepted');
  expect(await refusal(put({ Tagging: 'a=b' }, theirs))).toBe('403 AccessDenied');
  expect(await get({ Key: 'missing' })).toBe('403 AccessDenied');
  await allow('s3:GetObject', 's3:ListBucket');
  expect(await get({ Key: 'missing' })).toBe('404 NoSuchKey');
});

test('GetObjectAttributes gives what is asked for', async () => {
  await put();
  const ObjectAttributes = ['ETag', 'Checksum', 'ObjectSize', 'StorageClass'] as const;
  const answer = await s3.send(
    new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: [...ObjectAttributes] }),
  );
  expect(answer).toMatchObject({
    ETag: '9a0364b9e99bb480dd25e1f0284c8555',
    ObjectSize: 7,
    StorageClass: 'STANDARD',
    Checksum: { ChecksumType: 'FULL_OBJECT', ChecksumCRC32: expect.any(String) },
  });
});

describe('CopyObject', () => {
  const copy = (more: object = {}) =>
    s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/${Key}`, ...more }));
  const head = () => s3.send(new HeadObjectCommand({ Bucket, Key: 'copy' }));

  test('takes metadata and tags over, but neither storage class nor ACL', async () => {
    const { VersionId } = await put({
      Metadata: { a: 'b' },
      Tagging: 't=v',
      StorageClass: 'STANDARD_IA',
      ContentType: 'text/x',
    });
    const answer = await copy();
    expect(answer.CopySourceVersionId).toBe(VersionId);
    expect(answer.CopyObjectResult?.ETag).toBe('"9a0364b9e99bb480dd25e1f0284c8555"');
    const shown = await head();
    expect(shown).toMatchObject({ Metadata: { a: 'b' }, ContentType: 'text/x', TagCount: 1 });
    expect(shown.StorageClass).toBeUndefined();
  });

  test('replaces them where it is told to', async () => {
    await put({ Metadata: { a: 'b' }, Tagging: 't=v' });
    await copy({ MetadataDirective: 'REPLACE', Metadata: { c: 'd' }, TaggingDirective: 'REPLACE', Tagging: 'x=y&z=' });
    expect(await head()).toMatchObject({ Metadata: { c: 'd' }, TagCount: 2 });
  });

  test('reads an older version, and conditions on the source', async () => {
    const first = await put({ Body: 'first' });
    await put({ Body: 'second, longer' });
    await copy({ CopySource: `${Bucket}/${Key}?versionId=${first.VersionId}` });
    expect((await head()).ContentLength).toBe(5);
    expect(await refusal(copy({ CopySourceIfMatch: 'other' }))).toBe('412 PreconditionFailed');
    expect(await refusal(copy({ CopySourceIfNoneMatch: '*' }))).toBe('412 PreconditionFailed');
  });

  test.each([
    ['nowhere/key', '404 NoSuchBucket'],
    [`${Bucket}/missing`, '404 NoSuchKey'],
    [Bucket, '400 InvalidArgument'],
  ])('of %s is refused as recorded', async (CopySource, code) => {
    expect(await refusal(copy({ CopySource }))).toBe(code);
  });

  test('onto itself needs a change', async () => {
    await put();
    expect(await refusal(copy({ Key }))).toBe('400 InvalidRequest');
    expect(await refusal(copy({ Key, StorageClass: 'STANDARD' }))).toBe('accepted');
    expect(await refusal(copy({ Key, MetadataDirective: 'REPLACE' }))).toBe('accepted');
  });
});

test('a copy needs the tags of its source to be readable, when it has any', async () => {
  const Principal = { AWS: `arn:aws:iam::${OTHER}:root` };
  const Resource = `arn:aws:s3:::${Bucket}/*`;
  const Statement = { Effect: 'Allow', Principal, Action: 's3:GetObject', Resource };
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }));
  await makeBucket(sandbox, 'theirs', { account: OTHER });
  const { s3: theirs } = clientsOf(sandbox, OTHER);
  const copy = (more: object = {}) =>
    refusal(theirs.send(new CopyObjectCommand({ Bucket: 'theirs', Key, CopySource: `${Bucket}/${Key}`, ...more })));
  await put();
  expect(await copy()).toBe('accepted');
  await put({ Tagging: 'a=b' });
  expect(await copy()).toBe('403 AccessDenied');
  expect(await copy({ TaggingDirective: 'REPLACE' })).toBe('accepted');
});
