import { DeleteObjectCommand, DeleteObjectsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { beforeEach, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { type Clients, clientsOf, refusal, sessionOf } from '../clients.ts';
import { makeBucket } from '../make-bucket.ts';
import { sendRaw } from '../raw-request.ts';

const Bucket = 'versioned';
const Key = 'key';

let sandbox: Sandbox;
let s3: Clients['s3'];

beforeEach(async () => {
  sandbox = await openSandbox();
  ({ s3 } = clientsOf(sandbox));
  await makeBucket(sandbox, Bucket, { versioning: 'Enabled' });
  await makeBucket(sandbox, 'plain');
});

const put = (bucket: string) => s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'content' }));
const remove = (IfMatch?: string, more: object = {}, client = s3) =>
  client.send(new DeleteObjectCommand({ Bucket, Key, ...(IfMatch === undefined ? {} : { IfMatch }), ...more }));
const removeAll = (...Objects: { Key: string; VersionId?: string | undefined; ETag?: string | undefined }[]) =>
  s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: Objects as { Key: string }[] } }));

test('what is not modified comes with its ETag and its date (RFC 9110, 15.4.5)', async () => {
  const { ETag = '' } = await put('plain');
  const [get, head] = await Promise.all(
    ['GET', 'HEAD'].map((method) =>
      sendRaw(sandbox, { method, path: '/plain/key', headers: { 'if-none-match': ETag } }),
    ),
  );
  for (const answer of [get, head]) {
    expect(answer).toMatchObject({ status: 304, body: '', headers: { etag: ETag } });
    expect(answer?.headers['last-modified']).toMatch(/GMT$/);
  }
});

test('a deletion with If-Match (S3 User Guide, "How to perform conditional deletes")', async () => {
  expect(await refusal(remove('*'))).toBe('404 NoSuchKey');
  expect(await refusal(remove('"some"'))).toBe('404 NoSuchKey');
  const { ETag } = await put(Bucket);
  expect(await refusal(remove('"other"'))).toBe('412 PreconditionFailed');
  expect(await refusal(remove(ETag))).toBe('accepted');
  // A delete marker is the current version now.
  expect(await refusal(remove('*'))).toBe('412 PreconditionFailed');
  expect(await refusal(remove(ETag))).toBe('404 NoSuchKey');
  expect(await refusal(remove())).toBe('accepted');
});

test('a deletion of several asks for the ETag of each', async () => {
  const { ETag } = await put(Bucket);
  const { Deleted, Errors } = await removeAll({ Key, ETag: '"other"' }, { Key: 'missing', ETag: '*' }, { Key, ETag });
  expect(Errors?.map(({ Code }) => Code)).toEqual(['PreconditionFailed', 'NoSuchKey']);
  expect(Deleted?.map((one) => one.Key)).toEqual([Key]);
});

test('who compares an ETag needs s3:GetObject, too', async () => {
  const { ETag } = await put(Bucket);
  const Statement = [{ Effect: 'Allow', Action: 's3:DeleteObject', Resource: '*' }];
  const keys = await sessionOf(sandbox, 'cleaner', { inline: { Version: '2012-10-17', Statement } });
  const cleaner = clientsOf(sandbox, keys).s3;
  expect(await refusal(remove(ETag, {}, cleaner))).toBe('403 AccessDenied');
  expect(await refusal(remove('*', {}, cleaner))).toBe('accepted');
});

test('a version that is gone counts as deleted, one that never was does not (S3 API Reference, DeleteObjects; test_delete_objects_versioned)', async () => {
  const { VersionId } = await put(Bucket);
  const made = VersionId?.replace(/^./, (first) => (first === 'a' ? 'b' : 'a'));
  const first = await removeAll({ Key, VersionId });
  expect(first.Deleted).toEqual([{ Key, VersionId }]);
  const again = await removeAll({ Key, VersionId }, { Key: 'other', VersionId }, { Key, VersionId: made });
  expect(again.Deleted).toEqual([
    { Key, VersionId },
    { Key: 'other', VersionId },
  ]);
  expect(again.Errors?.map((one) => [one.Code, one.VersionId])).toEqual([['NoSuchVersion', made]]);
  expect(await refusal(remove(undefined, { VersionId }))).toBe('accepted');
});
