import {
  DeleteObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from 'vitest';
import { keysUnder, utf8Order } from '../../src/sandbox/s3-listing.ts';
import { openSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { type Clients, clientsOf, refusal } from './clients.ts';
import { makeBucket } from './make-bucket.ts';
import { sendRaw } from './raw-request.ts';

const Bucket = 'bucket';
let sandbox: Sandbox;
let s3: Clients['s3'];

const put = async (...keys: string[]) => {
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
};
const list = async (more: Partial<ListObjectsV2CommandInput> = {}) => {
  const answer = await s3.send(new ListObjectsV2Command({ Bucket, ...more }));
  return {
    ...answer,
    keys: answer.Contents?.map((item) => item.Key),
    prefixes: answer.CommonPrefixes?.map((item) => item.Prefix),
  };
};

beforeEach(async () => {
  sandbox = await openSandbox();
  s3 = clientsOf(sandbox).s3;
  await makeBucket(sandbox, Bucket, { versioning: 'Enabled' });
});

test('keys come in the order of their bytes, however they were put', async () => {
  const keys = ['b', 'a/1', 'a', 'ä', '\u{1F600}', '￭', 'B'];
  await put(...keys);
  expect((await list()).keys).toEqual(['B', 'a', 'a/1', 'b', 'ä', '￭', '\u{1F600}']);
});

test('what is deleted is not listed', async () => {
  await put('a', 'b');
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
  expect((await list()).keys).toEqual(['b']);
});

test('a prefix and a delimiter make folders', async () => {
  await put('x', 'd/a', 'd/e/1', 'd/e/2', 'd/f/1');
  expect(await list({ Prefix: 'd/', Delimiter: '/' })).toMatchObject({
    keys: ['d/a'],
    prefixes: ['d/e/', 'd/f/'],
    KeyCount: 3,
    IsTruncated: false,
  });
});

test.each([1, 2, 3])('pages of %i give everything once', async (MaxKeys) => {
  await put('a', 'b/1', 'b/2', 'c', 'd/1');
  const found: (string | undefined)[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await list({
      MaxKeys,
      Delimiter: '/',
      ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
    });
    found.push(...(page.keys ?? []), ...(page.prefixes ?? []));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  expect(found.toSorted()).toEqual(['a', 'b/', 'c', 'd/']);
});

test('the older list goes on by marker', async () => {
  await put('a', 'b', 'c');
  const first = await s3.send(new ListObjectsCommand({ Bucket, MaxKeys: 2 }));
  expect(first.IsTruncated).toBe(true);
  const second = await s3.send(new ListObjectsCommand({ Bucket, Marker: first.Contents?.at(-1)?.Key }));
  expect(second.Contents?.map((item) => item.Key)).toEqual(['c']);
});

test('encoding-type=url writes keys so that XML can hold them', async () => {
  await put('a b/ü');
  const { body } = await sendRaw(sandbox, {
    method: 'GET',
    path: `/${Bucket}`,
    query: { 'list-type': '2', 'encoding-type': 'url' },
  });
  expect(body).toContain('<Key>a%20b/%C3%BC</Key>');
});

test('a wrong max-keys is refused', async () => {
  expect(await refusal(list({ MaxKeys: -1 }))).toBe('400 InvalidArgument');
});

describe('versions', () => {
  const listed = async (more: Partial<ListObjectVersionsCommandInput> = {}) => {
    const answer = await s3.send(new ListObjectVersionsCommand({ Bucket, ...more }));
    return { ...answer, all: [...(answer.Versions ?? []), ...(answer.DeleteMarkers ?? [])] };
  };

  test('the newest comes first and is the latest', async () => {
    await put('k', 'k', 'other');
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
    const { Versions, DeleteMarkers } = await listed({ Prefix: 'k' });
    expect(DeleteMarkers?.map((item) => item.IsLatest)).toEqual([true]);
    expect(Versions?.map((item) => item.IsLatest)).toEqual([false, false]);
    const [newer, older] = Versions ?? [];
    expect(newer?.LastModified?.getTime()).toBeGreaterThanOrEqual(older?.LastModified?.getTime() ?? Number.NaN);
  });

  test.each([1, 2, 3, 4])('pages of %i give every version once', async (MaxKeys) => {
    await put('a', 'a', 'a', 'b', 'c', 'c');
    const found: unknown[] = [];
    let markers: Partial<ListObjectVersionsCommandInput> | undefined = {};
    while (markers !== undefined) {
      const page = await listed({ MaxKeys, ...markers });
      found.push(...page.all.map((item) => `${item.Key} ${item.VersionId}`));
      markers = page.IsTruncated
        ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
        : undefined;
    }
    expect(found).toHaveLength(6);
    expect(new Set(found).size).toBe(6);
  });

  test('folders stand among them', async () => {
    await put('d/1', 'd/2', 'e');
    const { Versions, CommonPrefixes } = await listed({ Delimiter: '/' });
    expect([Versions?.map((item) => item.Key), CommonPrefixes]).toEqual([['e'], [{ Prefix: 'd/' }]]);
  });
});

test('the order of UTF-8 is not that of UTF-16', () => {
  expect(['\u{1F600}', '￭', 'a', 'ab', ''].toSorted(utf8Order)).toEqual(['', 'a', 'ab', '￭', '\u{1F600}']);
});

test('a marker inside a folder still shows the folder', () => {
  expect(keysUnder(['a/1', 'a/2', 'b'], '', '/', 'a/1')).toEqual([
    { key: 'a/', isPrefix: true },
    { key: 'b', isPrefix: false },
  ]);
});
