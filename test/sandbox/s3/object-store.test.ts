import { HttpRequest } from '@smithy/core/transport';
import { beforeEach, describe, expect, test } from 'vitest';
import { identify } from '../../../src/sandbox/iam/identity.ts';
import {
  addVersion,
  findVersion,
  latestVersion,
  putReplica,
  updateVersion,
  versionsOf,
} from '../../../src/sandbox/s3/object-store.ts';
import { answerS3 } from '../../../src/sandbox/s3/s3.ts';
import type { DeleteMarker, StoredObject } from '../../../src/sandbox/s3/stored-object.ts';
import { openSandbox, type Sandbox, sandboxCredentials } from '../../../src/sandbox/sandbox.ts';
import type { Bucket } from '../../../src/sandbox/store/state.ts';
import { readCall } from '../../../src/sandbox/wire/route.ts';
import { SOURCE } from '../clients.ts';
import { makeBucket } from '../make-bucket.ts';

let sandbox: Sandbox;

function bucketNamed(name: string): Bucket {
  const bucket = sandbox.state.buckets[name];
  if (bucket === undefined) throw new Error(`no bucket ${name}`);
  return bucket;
}

function object(versionId: string, lastModified: number, more: Partial<StoredObject> = {}): StoredObject {
  return {
    key: 'key',
    versionId,
    lastModified,
    deleteMarker: false,
    owner: SOURCE,
    headers: {},
    metadata: { a: 'b' },
    storageClass: 'STANDARD',
    tags: [],
    acl: 'private',
    encryption: { type: 'SSE-S3' },
    size: 0,
    etag: 'etag',
    checksum: { algorithm: 'CRC32', value: 'AAAAAA==', type: 'FULL_OBJECT' },
    content: '',
    ...more,
  };
}

const ids = (bucket: Bucket) => versionsOf(bucket, 'key').map((version) => version.versionId);

beforeEach(async () => {
  sandbox = await openSandbox();
  await makeBucket(sandbox, 'src', { versioning: 'Enabled' });
  await makeBucket(sandbox, 'dst', { versioning: 'Enabled' });
});

describe('replicas', () => {
  test('fact 50: keep version id, time, ETag, checksum and metadata, and change what they are told to', () => {
    const source = object('v1', 1000, { replication: 'PENDING' });
    const encryption = { type: 'SSE-KMS', keyArn: 'arn', bucketKey: false, context: {} } as const;
    const replica = putReplica(bucketNamed('dst'), source, { owner: '222222222222', encryption });
    expect(replica).toEqual({ ...source, owner: '222222222222', encryption, replication: 'REPLICA' });
    expect(findVersion(bucketNamed('dst'), 'key', 'v1')).toEqual(replica);
    expect(source.replication).toBe('PENDING');
  });

  test('fact 63: an older replica comes to lie below what is there', () => {
    const dst = bucketNamed('dst');
    addVersion(dst, object('direct', 2000));
    putReplica(dst, object('older', 1000), {});
    putReplica(dst, object('newer', 3000), {});
    expect(ids(dst)).toEqual(['older', 'direct', 'newer']);
    expect(latestVersion(dst, 'key')?.versionId).toBe('newer');
  });

  test('fact 56: a delete marker is replicated with its version id', () => {
    const marker: DeleteMarker = { key: 'key', versionId: 'm', lastModified: 1, owner: SOURCE, deleteMarker: true };
    const replica = putReplica(bucketNamed('dst'), marker, { storageClass: 'GLACIER', owner: '222222222222' });
    expect(replica).toEqual({ ...marker, owner: '222222222222', replication: 'REPLICA' });
  });

  test('put twice, there is one', () => {
    const dst = bucketNamed('dst');
    addVersion(dst, object('direct', 2000));
    putReplica(dst, object('v1', 1000), {});
    putReplica(dst, object('v1', 1000), { tags: [{ Key: 'a', Value: 'b' }] });
    expect(ids(dst)).toEqual(['v1', 'direct']);
    expect(findVersion(dst, 'key', 'v1')).toMatchObject({ tags: [{ Key: 'a', Value: 'b' }] });
  });
});

test('a version is changed in its place', () => {
  const src = bucketNamed('src');
  for (const id of ['v1', 'v2']) addVersion(src, object(id, 1000));
  const first = findVersion(src, 'key', 'v1');
  if (first !== undefined) updateVersion(src, first, { replication: 'FAILED' });
  expect(versionsOf(src, 'key').map((version) => version.replication)).toEqual(['FAILED', undefined]);
});

describe('who watches is told', () => {
  let told: string[];

  async function send(method: string, path: string, query: Record<string, string> = {}, body = '', headers = {}) {
    const { accessKeyId } = sandboxCredentials(SOURCE);
    const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261121/eu-west-1/s3/aws4_request`;
    const request = { method, hostname: 's3', path, query, body, headers: { authorization, ...headers } };
    const call = await readCall(new HttpRequest(request));
    return answerS3({
      state: sandbox.state,
      call,
      caller: identify(sandbox.state, 's3', call),
      now: sandbox.state.now,
      roleVisible: 0,
      watch: {
        newVersion: (bucket, version) => told.push(`${bucket.name} ${version.key} ${version.deleteMarker}`),
        noteChange: (bucket, version, part) => told.push(`${bucket.name} ${version.key} ${part}`),
        settingsChanged: () => undefined,
      },
    });
  }

  beforeEach(() => {
    told = [];
  });

  test('of new versions, copies and delete markers, but not of versions that are deleted', async () => {
    await send('PUT', '/src/k', {}, 'content');
    await send('PUT', '/src/copy', {}, '', { 'x-amz-copy-source': 'src/k' });
    const { headers } = await send('DELETE', '/src/k');
    await send('DELETE', '/src/k', { versionId: headers['x-amz-version-id'] ?? '' });
    await send('POST', '/src', { delete: '' }, '<Delete><Object><Key>copy</Key></Object></Delete>');
    expect(told).toEqual(['src k false', 'src copy false', 'src k true', 'src copy true']);
  });

  test('of a completed upload', async () => {
    const started = await send('POST', '/src/k', { uploads: '' });
    const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(String(started.body))?.[1] ?? '';
    const { headers } = await send('PUT', '/src/k', { uploadId, partNumber: '1' }, 'content');
    const xml = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${headers.etag}</ETag></Part></CompleteMultipartUpload>`;
    expect(told).toEqual([]);
    await send('POST', '/src/k', { uploadId }, xml);
    expect(told).toEqual(['src k false']);
  });

  test('of changed tags, and of deleted ones', async () => {
    await send('PUT', '/src/k', {}, 'content');
    await send('PUT', '/src/k', { tagging: '' }, '<Tagging><TagSet></TagSet></Tagging>');
    await send('DELETE', '/src/k', { tagging: '' });
    expect(told.slice(1)).toEqual(['src k tags', 'src k tags']);
  });

  test('of retention and legal hold', async () => {
    await makeBucket(sandbox, 'locked', { locked: true });
    await send('PUT', '/locked/k', {}, 'content');
    await send('PUT', '/locked/k', { 'legal-hold': '' }, '<LegalHold><Status>OFF</Status></LegalHold>');
    const until = '<RetainUntilDate>2099-01-01T00:00:00Z</RetainUntilDate>';
    await send('PUT', '/locked/k', { retention: '' }, `<Retention><Mode>GOVERNANCE</Mode>${until}</Retention>`);
    expect(told.slice(1)).toEqual(['locked k legal-hold', 'locked k retention']);
  });

  test('of a changed ACL', async () => {
    await makeBucket(sandbox, 'acls', { ownership: 'ObjectWriter' });
    await send('PUT', '/acls/k', {}, 'content');
    await send('PUT', '/acls/k', { acl: '' }, '', { 'x-amz-acl': 'bucket-owner-read' });
    expect(told.slice(1)).toEqual(['acls k acl']);
  });
});
