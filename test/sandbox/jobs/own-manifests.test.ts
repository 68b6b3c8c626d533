/** Jobs on the versions that somebody has listed. */
import {
  DeleteObjectCommand,
  GetObjectTaggingCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import type { JobManifest, JobManifestFieldName } from '@aws-sdk/client-s3-control';
import { beforeEach, describe, expect, test } from 'vitest';
import { brand } from '../../../src/aws/brand.ts';
import { manifestText } from '../../../src/plan/own-manifest.ts';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { refusal } from '../clients.ts';
import { makeBucket } from '../make-bucket.ts';
import { allow, DST, deny, makeKey, type Pair, policyOf, SRC } from '../replicating.ts';
import { backfillingPair, describeJob, initiates, putOld, runJob, setJobRole, startJob } from './backfilling.ts';

let sandbox: Sandbox;
let pair: Pair;

const LISTS = 'manifests';
const readsLists = allow(`arn:aws:s3:::${LISTS}/own/*`, 's3:GetObject', 's3:GetObjectVersion');
const fields: JobManifestFieldName[] = ['Bucket', 'Key', 'VersionId'];

beforeEach(async () => {
  sandbox = await openSandbox();
  pair = await backfillingPair(sandbox);
  await makeBucket(sandbox, LISTS, { versioning: 'Enabled' });
  await setJobRole(sandbox, initiates, readsLists);
});

/** Uploads a list, and gives it as a job names it. */
async function upload(Body: string, more: Partial<PutObjectCommandInput> = {}, Fields = fields): Promise<JobManifest> {
  const Key = 'own/list.csv';
  const put = new PutObjectCommand({ Bucket: LISTS, Key, Body, ServerSideEncryption: 'AES256', ...more });
  const { ETag } = await pair.s3.send(put);
  return {
    Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields },
    Location: { ObjectArn: `arn:aws:s3:::${LISTS}/${Key}`, ETag },
  };
}

const run = (Manifest: JobManifest) => runJob(sandbox, { Manifest, ManifestGenerator: undefined });

const failedJob = (reason: string) => ({
  ...{ status: 'Failed', total: undefined },
  reason: expect.stringContaining(reason),
});

describe('a job with a manifest of somebody’s own', () => {
  test('replicates exactly the versions that it lists', async () => {
    const keys = ['a b,"c"+d/é%', 'twice', 'twice', 'left out'];
    const [hostile = '', first = '', second = '', left = ''] = await putOld(pair, keys);
    const rows = [
      { key: 'a b,"c"+d/é%', versionId: hostile },
      { key: 'twice', versionId: first },
    ];
    expect(await run(await upload(manifestText({ rows }, brand(SRC))))).toMatchObject({
      ...{ status: 'Complete', total: 2, succeeded: 2, failed: 0 },
    });
    expect(await pair.status(hostile, 'a b,"c"+d/é%')).toBe('COMPLETED');
    expect(await pair.status(first, 'twice')).toBe('COMPLETED');
    expect(await pair.status(second, 'twice')).toBeUndefined();
    expect(await pair.status(left, 'left out')).toBeUndefined();
  });

  test('is described with its manifest', async () => {
    const Manifest = await upload(`${SRC},key,null\n`);
    const id = await startJob(sandbox, { Manifest, ManifestGenerator: undefined });
    const job = await describeJob(sandbox, id);
    expect(job.Manifest).toEqual(Manifest);
    expect(job.ManifestGenerator).toBeUndefined();
  });

  test('needs no right to list', async () => {
    const [version = ''] = await putOld(pair, ['key']);
    await setJobRole(sandbox, initiates, readsLists);
    expect(await run(await upload(`${SRC},key,${version}\n`))).toMatchObject({ succeeded: 1 });
  });

  test('replicates again what is COMPLETED, where it is listed', async () => {
    const version = await pair.put();
    const tags = { Bucket: DST, Key: 'key', Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] } };
    await pair.destination.send(new PutObjectTaggingCommand(tags));
    expect(await run(await upload(`${SRC},key,${version}\n`))).toMatchObject({ succeeded: 1, failed: 0 });
    const { TagSet } = await pair.destination.send(new GetObjectTaggingCommand({ Bucket: DST, Key: 'key' }));
    expect(TagSet).toEqual([]);
  });

  test('fails for the rows that name nothing', async () => {
    const [version = ''] = await putOld(pair, ['key']);
    const rows = ['key,', `gone,${version}`, `key,${version.slice(0, -1)}x`, `key,${version}`];
    expect(await run(await upload(rows.map((row) => `${SRC},${row}\n`).join('')))).toMatchObject({
      ...{ status: 'Complete', total: 4, succeeded: 1, failed: 3 },
      codes: ['InvalidRequest', 'SrcObjectNotFound', 'SrcVersionNotFound'],
    });
  });

  test('fails for all rows of a list without version IDs', async () => {
    await putOld(pair, ['a', 'b']);
    const Manifest = await upload(`${SRC},a\n${SRC},b\n`, {}, ['Bucket', 'Key']);
    expect(await run(Manifest)).toMatchObject({ failed: 2, codes: ['InvalidRequest', 'InvalidRequest'] });
  });

  test('takes the columns as the job names them', async () => {
    const [version = ''] = await putOld(pair, ['key']);
    const columns: JobManifestFieldName[] = ['VersionId', 'Ignore', 'Key', 'Bucket'];
    expect(await run(await upload(`${version},"x,y",key,${SRC}\n`, {}, columns))).toMatchObject({ succeeded: 1 });
  });

  test('may have quotation marks, and no end of the last line', async () => {
    const [first = '', second = ''] = await putOld(pair, ['a"b', 'c']);
    const text = `"${SRC}","a""b","${first}"\r\n\r\n${SRC},c,${second}`;
    expect(await run(await upload(text))).toMatchObject({ total: 2, succeeded: 2 });
  });

  test('reads the version that the job names', async () => {
    const [version = ''] = await putOld(pair, ['key']);
    const { Spec, Location } = await upload(`${SRC},key,${version}\n`);
    const [list] = sandbox.state.buckets[LISTS]?.objects['own/list.csv'] ?? [];
    await upload('something else');
    const older = { Spec, Location: { ...Location, ObjectVersionId: list?.versionId } } as JobManifest;
    expect(await run(older)).toMatchObject({ succeeded: 1 });
  });
});

describe('a manifest that cannot be read fails the job', () => {
  test.each(['s3:GetObject', 's3:GetObjectVersion'])('where the role has no %s', async (action) => {
    const rights = [readsLists.Action].flat().filter((one) => one !== action);
    await setJobRole(sandbox, initiates, allow(`arn:aws:s3:::${LISTS}/own/*`, ...rights));
    const outcome = await run(await upload(`${SRC},key,null\n`));
    expect(outcome).toMatchObject(failedJob('Reading the manifest is forbidden: AccessDenied'));
  });

  test('where the policy of the bucket denies it', async () => {
    const Policy = policyOf({ ...deny(`arn:aws:s3:::${LISTS}/*`, 's3:GetObject'), Principal: '*' });
    const Manifest = await upload(`${SRC},key,null\n`);
    await pair.s3.send(new PutBucketPolicyCommand({ Bucket: LISTS, Policy }));
    expect(await run(Manifest)).toMatchObject(failedJob('Reading the manifest is forbidden: AccessDenied'));
  });

  test('where it has changed since', async () => {
    const Manifest = await upload(`${SRC},key,null\n`);
    await upload(`${SRC},other,null\n`);
    expect(await run(Manifest)).toMatchObject(failedJob('The ETag of'));
  });

  test('where it is not there any more', async () => {
    const Manifest = await upload(`${SRC},key,null\n`);
    await pair.s3.send(new DeleteObjectCommand({ Bucket: LISTS, Key: 'own/list.csv' }));
    expect(await run(Manifest)).toMatchObject(failedJob('does not exist'));
  });

  test('where it is under a KMS key', async () => {
    const SSEKMSKeyId = await makeKey(sandbox);
    const Manifest = await upload(`${SRC},key,null\n`, { ServerSideEncryption: 'aws:kms', SSEKMSKeyId });
    expect(await run(Manifest)).toMatchObject(failedJob('with SSE-KMS are not supported'));
  });

  test.each<[what: string, text: string, reason: string, columns?: JobManifestFieldName[]]>([
    [
      'has no column for the key',
      `${SRC},v\n`,
      'Required fields are missing in the schema: Key',
      ['Bucket', 'VersionId'],
    ],
    ['has a row that is too short', `${SRC},a,v\n${SRC},b\n`, 'row 2 does not have the columns Bucket,Key,VersionId'],
    ['has a misplaced quotation mark', `${SRC},"a"b,v\n`, 'row 1 does not have the columns'],
    ['names two buckets', `${SRC},a,v\n${DST},a,v\n`, 'row 2 names another bucket'],
    ['has a key that is not URL-encoded', `${SRC},100%,v\n`, 'row 1 has a key that is not URL-encoded'],
    ['is empty', '\n', 'it has no row'],
    ['is about a bucket that does not exist', 'nowhere,a,v\n', 'Bucket nowhere does not exist'],
    ['is about a bucket that does not replicate', `${LISTS},a,v\n`, 'has no replication configuration'],
  ])('where it %s', async (_, text, reason, columns = fields) => {
    expect(await run(await upload(text, {}, columns))).toMatchObject(failedJob(reason));
  });
});

test('a manifest that is no object is refused at once', async () => {
  const Manifest = await upload('x');
  const Location = { ObjectArn: `arn:aws:s3:::${LISTS}`, ETag: 'x' };
  const start = startJob(sandbox, { Manifest: { ...Manifest, Location }, ManifestGenerator: undefined });
  expect(await refusal(start)).toBe('400 BadRequestException');
});
