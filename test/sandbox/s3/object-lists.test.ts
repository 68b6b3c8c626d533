import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandInput,
  type ListMultipartUploadsCommandOutput,
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { indexOf } from '../../../src/sandbox/s3/bucket-index.ts';
import { keysUnder, pageOf } from '../../../src/sandbox/s3/listing.ts';
import {
  addUpload,
  addVersion,
  latestVersion,
  removeUpload,
  removeVersion,
} from '../../../src/sandbox/s3/object-store.ts';
import { compareUtf8, SortedList } from '../../../src/sandbox/s3/sorted-list.ts';
import type { DeleteMarker, StoredObject, Upload } from '../../../src/sandbox/s3/stored-object.ts';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { recordChanges } from '../../../src/sandbox/store/recorder.ts';
import { type Bucket as BucketState, emptyState, type SandboxState } from '../../../src/sandbox/store/state.ts';
import { branded } from '../../plain.ts';
import { type Clients, clientsOf, refusal, SOURCE } from '../clients.ts';
import { makeBucket } from '../make-bucket.ts';
import { sendRaw } from '../raw-request.ts';

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

  test('a marker with a name that JavaScript objects have is no key that is there', async () => {
    expect((await listed({ KeyMarker: 'constructor', VersionIdMarker: 'x' })).all).toEqual([]);
  });

  test('folders stand among them', async () => {
    await put('d/1', 'd/2', 'e');
    const { Versions, CommonPrefixes } = await listed({ Delimiter: '/' });
    expect([Versions?.map((item) => item.Key), CommonPrefixes]).toEqual([['e'], [{ Prefix: 'd/' }]]);
  });
});

const keyParts = fc.array(fc.constantFrom('a', 'b', '/', 'ä', '\uffed', '\u{1F600}'), { maxLength: 5 });
const text = keyParts.map((parts) => parts.join(''));

test('a list is what a walk through all keys gives', () => {
  const walk = (keys: readonly string[], prefix: string, delimiter: string, after: string) => {
    const bytes = (key: string) => Buffer.from(key);
    const under = keys.filter((key) => key.startsWith(prefix)).toSorted((a, b) => Buffer.compare(bytes(a), bytes(b)));
    const common = (key: string) => {
      const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      return at === -1 ? key : key.slice(0, at + delimiter.length);
    };
    const isListedAlready = (key: string) =>
      after.startsWith(prefix) && common(after) === after && common(key) === after;
    const left = under.filter((key) => Buffer.compare(bytes(key), bytes(after)) > 0 && !isListedAlready(key));
    return [...new Set(left.map(common))];
  };
  fc.assert(
    fc.property(
      fc.uniqueArray(text, { maxLength: 30 }),
      text,
      fc.constantFrom('', '/', 'ä/'),
      text,
      (all, prefix, delimiter, after) => {
        const listed = [...keysUnder(new SortedList(compareUtf8, [...all]), prefix, delimiter, after)];
        expect(listed.map(({ key }) => key)).toEqual(walk(all, prefix, delimiter, after));
      },
    ),
  );
});

test('what is listed of a bucket is what is in it, whatever was added and removed before', () => {
  const step = fc.record({
    key: fc.constantFrom('a', 'a/1', 'b', '\uffed', '\u{1F600}'),
    act: fc.constantFrom('put', 'mark', 'remove', 'begin', 'end'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const state = recordChanges(emptyState(0), () => {});
      const bucket = bucketFor(state);
      indexOf(bucket);
      steps.forEach(({ key, act }, time) => {
        if (act === 'put') addVersion(bucket, objectFor(key, String(time), time));
        if (act === 'mark') addVersion(bucket, markerFor(key, String(time), time));
        const newest = latestVersion(bucket, key);
        if (act === 'remove' && newest !== undefined) removeVersion(bucket, key, newest.versionId);
        if (act === 'begin') addUpload(bucket, uploadFor(key, String(time), time));
        const upload = Object.values(bucket.uploads)[0];
        if (act === 'end' && upload !== undefined) removeUpload(bucket, upload);
      });
      const kept = indexOf(bucket);
      const anew = indexOf({ ...bucket, objects: { ...bucket.objects } });
      const all = <T>(list: SortedList<T>) => Array.from({ length: list.size }, (_, index) => list.at(index));
      for (const list of ['keys', 'current', 'uploads'] as const)
        expect(all<unknown>(kept[list] as SortedList<unknown>)).toEqual(all(anew[list] as SortedList<unknown>));
    }),
  );
});

test('a page looks at its own keys and no others', () => {
  const keys = new SortedList(
    compareUtf8,
    Array.from({ length: 20_001 }, (_, index) => `d${index % 20}/k${index}`),
  );
  const looked = vi.spyOn(keys, 'at');
  expect(pageOf(keysUnder(keys, '', '', 'd7/k7'), 10).page).toHaveLength(10);
  expect(pageOf(keysUnder(keys, '', '/', ''), 1000).page).toHaveLength(20);
  expect(looked.mock.calls.length).toBeLessThanOrEqual(11 + 21);
});

test('the order of UTF-8 is not that of UTF-16', () => {
  expect(['\u{1F600}', '￭', 'a', 'ab', ''].toSorted(compareUtf8)).toEqual(['', 'a', 'ab', '￭', '\u{1F600}']);
});

test('a marker inside a folder still shows the folder', () => {
  const keys = new SortedList(compareUtf8, ['a/1', 'a/2', 'b']);
  expect([...keysUnder(keys, '', '/', 'a/1')]).toEqual([
    { key: 'a/', isPrefix: true },
    { key: 'b', isPrefix: false },
  ]);
});

test('keys after a marker that is the prefix itself are listed', async () => {
  await put('a/', 'a/1');
  expect((await list({ Prefix: 'a/', Delimiter: '/', StartAfter: 'a/' })).keys).toEqual(['a/1']);
});

describe('uploads', () => {
  const begin = async (...keys: string[]) => {
    for (const Key of keys) await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  };

  test.each([1, 2, 3])('pages of %i give every upload once', async (MaxUploads) => {
    await begin('b', 'a', 'b', 'a', 'b', 'c');
    const found: (string | undefined)[] = [];
    let markers: Partial<ListMultipartUploadsCommandInput> | undefined = {};
    while (markers !== undefined) {
      const page: ListMultipartUploadsCommandOutput = await s3.send(
        new ListMultipartUploadsCommand({ Bucket, MaxUploads, ...markers }),
      );
      found.push(...(page.Uploads ?? []).map(({ Key, UploadId }) => `${Key} ${UploadId}`));
      markers = page.IsTruncated
        ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
        : undefined;
    }
    expect(found.map((item) => item?.[0])).toEqual(['a', 'a', 'b', 'b', 'b', 'c']);
    expect(new Set(found).size).toBe(6);
  });

  test('who aborts a page and goes on from its marker misses none', async () => {
    await begin('a', 'a', 'a');
    const first = await s3.send(new ListMultipartUploadsCommand({ Bucket, MaxUploads: 1 }));
    const UploadId = first.NextUploadIdMarker;
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: 'a', UploadId }));
    const rest = await s3.send(
      new ListMultipartUploadsCommand({ Bucket, KeyMarker: first.NextKeyMarker, UploadIdMarker: UploadId }),
    );
    expect(rest.Uploads).toHaveLength(2);
  });
});

function bucketFor({ buckets }: SandboxState): BucketState {
  buckets[Bucket] = branded<BucketState>({
    name: Bucket,
    partition: 'aws',
    region: 'eu-west-1',
    account: SOURCE,
    created: 0,
    encryption: { Rules: [] },
    payer: 'BucketOwner',
    objects: {},
    uploads: {},
  });
  return buckets[Bucket];
}

const attributes = {
  owner: SOURCE,
  headers: {},
  metadata: {},
  storageClass: 'STANDARD',
  tags: [],
  acl: 'private',
  encryption: { type: 'SSE-S3' },
} as const;

function objectFor(key: string, versionId: string, lastModified: number): StoredObject {
  const checksum = { algorithm: 'CRC32', value: 'AAAAAA==', type: 'FULL_OBJECT' } as const;
  return {
    ...attributes,
    key,
    versionId,
    lastModified,
    deleteMarker: false,
    size: 0,
    etag: 'e',
    checksum,
    content: '',
  };
}

function markerFor(key: string, versionId: string, lastModified: number): DeleteMarker {
  return { key, versionId, lastModified, owner: SOURCE, deleteMarker: true };
}

function uploadFor(key: string, id: string, initiated: number): Upload {
  return { id, key, initiated, initiator: SOURCE, attributes, parts: {} };
}
