import { GetRoleCommand, ListGroupsCommand } from '@aws-sdk/client-iam';
import { GenerateRandomCommand } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetBucketWebsiteCommand,
  HeadBucketCommand,
  PutBucketTaggingCommand,
  RestoreObjectCommand,
} from '@aws-sdk/client-s3';
import { GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import type { SandboxFault, SandboxRequest } from '../../../src/sandbox/practice/faults.ts';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { clientsOf, message, OTHER, refusal, SOURCE } from '../clients.ts';
import { sendRaw } from '../raw-request.ts';

const Bucket = 'bucket';

async function withBucket(options: Parameters<typeof openSandbox>[0] = {}): Promise<Sandbox> {
  const sandbox = await openSandbox(options);
  await clientsOf(sandbox, SOURCE, 'us-east-1').s3.send(new CreateBucketCommand({ Bucket }));
  return sandbox;
}
const tagging = (Value: string) => new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: 'a', Value }] } });

describe('each request is named', () => {
  test('with service, operation, account and Region', async () => {
    const seen: SandboxRequest[] = [];
    const sandbox = await withBucket({ onRequest: (request) => seen.push(request) });
    const aws = clientsOf(sandbox, OTHER);
    await refusal(aws.iam.send(new GetRoleCommand({ RoleName: 'x' })));
    await refusal(aws.s3.send(new HeadBucketCommand({ Bucket: 'some-bucket' })));
    expect(seen).toEqual([
      { service: 's3', operation: 'CreateBucket', account: SOURCE, region: 'us-east-1', write: true },
      { service: 'iam', operation: 'GetRole', account: OTHER, region: 'us-east-1', write: false },
      { service: 's3', operation: 'HeadBucket', account: OTHER, region: 'eu-west-1', write: false },
    ]);
  });

  test.each([
    ['GET', '/', {}, 'ListBuckets'],
    ['GET', '/b', { versions: '' }, 'ListObjectVersions'],
    ['DELETE', '/b', { lifecycle: '' }, 'DeleteBucketLifecycle'],
    ['GET', '/b', { metrics: '' }, 'ListBucketMetricsConfigurations'],
    ['GET', '/b', { metrics: '', id: 'x' }, 'GetBucketMetricsConfiguration'],
    ['PUT', '/b/a/key', {}, 'PutObject'],
    ['HEAD', '/b/key', {}, 'HeadObject'],
    ['PUT', '/b/key', { tagging: '' }, 'PutObjectTagging'],
    ['PUT', '/b/key', { partNumber: '1', uploadId: 'x' }, 'UploadPart'],
    ['POST', '/b', { delete: '' }, 'DeleteObjects'],
    ['POST', '/v20180820/jobs', {}, 'CreateJob'],
    ['GET', '/v20180820/jobs/id-1', {}, 'DescribeJob'],
    ['POST', '/v20180820/jobs/id-1/status', { requestedJobStatus: 'Ready' }, 'UpdateJobStatus'],
    ['DELETE', '/v20180820/jobs/id-1/tagging', {}, 'DeleteJobTagging'],
    ['PUT', '/v20180820/jobs/id-1', {}, 'PUT jobs/id-1'],
    ['GET', '/v20180820/accesspoint', {}, 'GET accesspoint'],
  ])('%s %s %o is %s', async (method, path, query, operation) => {
    const seen: string[] = [];
    const sandbox = await openSandbox({ onRequest: (request) => seen.push(request.operation) });
    await sendRaw(sandbox, { method, path, query });
    expect(seen).toEqual([operation]);
  });
});

test('an operation that the sandbox does not have is named in a 501', async () => {
  const sandbox = await withBucket();
  const { s3, kms, iam, sts } = clientsOf(sandbox, SOURCE, 'us-east-1');
  const calls = [
    () => s3.send(new GetBucketWebsiteCommand({ Bucket })),
    () => s3.send(new RestoreObjectCommand({ Bucket, Key: 'k' })),
    () => kms.send(new GenerateRandomCommand({ NumberOfBytes: 1 })),
    () => iam.send(new ListGroupsCommand({})),
    () => sts.send(new GetSessionTokenCommand({})),
  ];
  expect(await Promise.all(calls.map((call) => refusal(call())))).toEqual(Array(5).fill('501 NotImplemented'));
  expect(await Promise.all(calls.map((call) => message(call())))).toEqual(
    ['s3:GetBucketWebsite', 's3:RestoreObject', 'kms:GenerateRandom', 'iam:ListGroups', 'sts:GetSessionToken'].map(
      (name) => `The sandbox does not have ${name}.`,
    ),
  );
  const unknown = await sendRaw(sandbox, {
    method: 'POST',
    path: '/',
    service: 'monitoring',
    body: 'Action=GetMetricData',
  });
  expect([unknown.status, unknown.body.includes('monitoring:GetMetricData')]).toEqual([501, true]);
  const rest = await sendRaw(sandbox, { method: 'GET', path: '/2015-03-31/functions', service: 'lambda' });
  expect([rest.status, JSON.parse(rest.body).message]).toEqual([
    501,
    'The sandbox does not have lambda:GET /2015-03-31/functions.',
  ]);
});

describe('expected bucket owner', () => {
  const get = (sandbox: Sandbox, ExpectedBucketOwner: string) =>
    refusal(
      clientsOf(sandbox, SOURCE, 'us-east-1').s3.send(new GetBucketVersioningCommand({ Bucket, ExpectedBucketOwner })),
    );

  test('must be the owner', async () => {
    const sandbox = await withBucket();
    expect(await get(sandbox, SOURCE)).toBe('accepted');
    expect(await get(sandbox, OTHER)).toBe('403 AccessDenied');
    expect(await get(sandbox, '0000')).toBe('400 InvalidBucketOwnerAWSAccountID');
  });

  test("another account's bucket is 403, whoever is expected", async () => {
    const sandbox = await withBucket();
    const { s3 } = clientsOf(sandbox, OTHER, 'us-east-1');
    expect(await refusal(s3.send(new GetBucketVersioningCommand({ Bucket })))).toBe('403 AccessDenied');
    const head = await sendRaw(sandbox, { method: 'HEAD', path: '/bucket', region: 'us-east-1', account: OTHER });
    expect([head.status, head.headers['x-amz-bucket-region']]).toEqual([403, 'us-east-1']);
  });
});

describe('faults', () => {
  async function tagWith(fault: SandboxFault) {
    let broken = true;
    const sandbox = await withBucket({
      fault: ({ operation }) => (broken && operation === 'PutBucketTagging' ? fault : undefined),
    });
    const { s3 } = clientsOf(sandbox, SOURCE, 'us-east-1');
    const error = await s3.send(tagging('1')).catch((fault: unknown) => fault);
    broken = false;
    const left = await refusal(s3.send(new GetBucketTaggingCommand({ Bucket })));
    return { error, left };
  }

  test('an error in place of the answer: nothing is done', async () => {
    const { error, left } = await tagWith({
      code: 'SlowDown',
      status: 503,
      message: 'Please reduce your request rate.',
    });
    expect(error).toMatchObject({ name: 'SlowDown', $metadata: { httpStatusCode: 503 } });
    expect(left).toBe('404 NoSuchTagSet');
  });

  test('a reset before the request: nothing is done', async () => {
    const { error, left } = await tagWith('reset');
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    expect(left).toBe('404 NoSuchTagSet');
  });

  test('a lost answer: it is done', async () => {
    const { error, left } = await tagWith('lost-answer');
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    expect(left).toBe('accepted');
  });
});

describe('time', () => {
  test('passes at once when slept, and a little with each request', async () => {
    const sandbox = await openSandbox();
    const start = sandbox.clock.now();
    await sandbox.clock.sleep(60_000);
    await refusal(clientsOf(sandbox).s3.send(new HeadBucketCommand({ Bucket })));
    expect(sandbox.clock.now() - start).toBe(60_020);
  });

  test('two writes to one bucket at once: the second is 409 OperationAborted', async () => {
    const sandbox = await withBucket({ latency: 20 });
    const { s3 } = clientsOf(sandbox, SOURCE, 'us-east-1');
    const answers = await Promise.all([refusal(s3.send(tagging('1'))), refusal(s3.send(tagging('2')))]);
    expect(answers.toSorted()).toEqual(['409 OperationAborted', 'accepted']);
    expect(await refusal(s3.send(tagging('3')))).toBe('accepted');
    const reads = [1, 2].map(() => refusal(s3.send(new GetBucketTaggingCommand({ Bucket }))));
    expect(await Promise.all(reads)).toEqual(['accepted', 'accepted']);
  });
});

test('S3 errors carry the request id in header and body', async () => {
  const sandbox = await openSandbox();
  const { headers, body } = await sendRaw(sandbox, { method: 'GET', path: '/nowhere', query: { policy: '' } });
  expect(headers['x-amz-request-id']).toMatch(/^[0-9A-F]{16}$/);
  expect(body).toContain(`<RequestId>${headers['x-amz-request-id']}</RequestId>`);
  expect(body).toContain('<HostId>');
});
