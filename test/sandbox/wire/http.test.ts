import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  GetBucketTaggingCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutBucketTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { parseFaults } from '../../../src/sandbox/practice/faults.ts';
import { sandboxCredentials } from '../../../src/sandbox/sandbox.ts';
import { listen } from '../../../src/sandbox/wire/http.ts';
import { OTHER, refusal, SOURCE } from '../clients.ts';
import { aServedSandbox, spoken } from '../served.ts';

/** What SDK clients need that nobody has told of this process. */
function over(url: string, account = SOURCE) {
  return { endpoint: url, region: 'us-east-1', credentials: sandboxCredentials(account), maxAttempts: 1 };
}

function signed(account = SOURCE, service = 's3'): string {
  return `AWS4-HMAC-SHA256 Credential=SANDBOX${account}/20261121/us-east-1/${service}/aws4_request`;
}

describe('over HTTP', () => {
  test('the SDK finds each service, in the account of its access key', async () => {
    const { url } = await aServedSandbox();
    const config = over(url, OTHER);
    await new S3Client(config).send(new CreateBucketCommand({ Bucket: 'bucket' }));
    expect((await new S3Client(config).send(new ListBucketsCommand({}))).Buckets).toHaveLength(1);
    expect((await new S3Client(over(url)).send(new ListBucketsCommand({}))).Buckets).toHaveLength(0);
    expect((await new STSClient(config).send(new GetCallerIdentityCommand({}))).Account).toBe(OTHER);
    expect((await new KMSClient(config).send(new CreateKeyCommand({}))).KeyMetadata?.AWSAccountId).toBe(OTHER);
    expect((await new IAMClient(config).send(new ListRolesCommand({}))).Roles).toEqual([]);
  });

  test('a bucket can be named in the path or in the host', async () => {
    const { url } = await aServedSandbox();
    await new S3Client(over(url)).send(new CreateBucketCommand({ Bucket: 'bucket' }));
    const head = (host: string, path: string) =>
      spoken(url, `HEAD ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${signed()}\r\nConnection: close\r\n\r\n`);
    const { port } = new URL(url);
    for (const [host, path] of [
      [`127.0.0.1:${port}`, '/bucket'],
      [`bucket.localhost:${port}`, '/'],
      ['bucket.s3.us-east-1.amazonaws.com', '/'],
    ] as const)
      expect(await head(host, path), host).toMatch(/^HTTP\/1.1 200 [\s\S]*x-amz-bucket-region: us-east-1/);
    expect(await head(`127.0.0.1:${port}`, '/another')).toMatch(/^HTTP\/1.1 404 /);
  });

  test('an answer to HEAD has no body, also where it is an error', async () => {
    const { url } = await aServedSandbox();
    const head = `HEAD /missing HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${signed()}\r\n`;
    const heard = await spoken(url, `${head}\r\n`, `${head}Connection: close\r\n\r\n`);
    expect(heard.match(/HTTP\/1.1 404/g)).toHaveLength(2);
    expect(heard).not.toContain('<');
    expect(await refusal(new S3Client(over(url)).send(new HeadBucketCommand({ Bucket: 'missing' })))).toBe(
      '404 NotFound',
    );
  });

  test('a body may come in chunks, and after 100 Continue', async () => {
    const { url, sandbox } = await aServedSandbox();
    const request = [
      'PUT /bucket HTTP/1.1',
      'Host: localhost',
      `Authorization: ${signed().replace('us-east-1', 'eu-west-1')}`,
      'Transfer-Encoding: chunked',
      'Expect: 100-continue',
      'Connection: close',
    ].join('\r\n');
    const xml =
      '<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>';
    const chunks = [xml.slice(0, 10), xml.slice(10)].map((part) => `${part.length.toString(16)}\r\n${part}\r\n`);
    const heard = await spoken(url, `${request}\r\n\r\n`, ...chunks, '0\r\n\r\n');
    expect(heard).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK/);
    expect(sandbox.state.buckets.bucket?.region).toBe('eu-west-1');
  });

  test('a body that is too large is refused before it is sent', async () => {
    const { url } = await aServedSandbox();
    const request = `PUT /bucket/key HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${signed()}\r\nContent-Length: 70000000\r\n`;
    expect(await spoken(url, `${request}Expect: 100-continue\r\n\r\n`)).toMatch(/^HTTP\/1.1 400 [\s\S]*EntityTooLarge/);
  });

  test('many requests at once are all answered, and all kept apart', async () => {
    const { url, sandbox } = await aServedSandbox();
    const clients = [SOURCE, OTHER].map((account) => new S3Client(over(url, account)));
    const names = Array.from({ length: 100 }, (_, n) => `bucket-${n}`);
    await Promise.all(names.map((Bucket, n) => (clients[n % 2] as S3Client).send(new CreateBucketCommand({ Bucket }))));
    const owners = names.map((name) => sandbox.state.buckets[name]?.account);
    expect(owners).toEqual(names.map((_, n) => [SOURCE, OTHER][n % 2]));
  });

  test('two writes to the settings of one bucket at once: one is told to come back', async () => {
    const { url } = await aServedSandbox({ latency: 50 });
    const s3 = new S3Client(over(url));
    await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
    const tag = () =>
      refusal(
        s3.send(new PutBucketTaggingCommand({ Bucket: 'bucket', Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] } })),
      );
    expect((await Promise.all([tag(), tag()])).toSorted()).toEqual(['409 OperationAborted', 'accepted']);
  });

  test.each([
    [
      'dynamodb',
      'X-Amz-Target: DynamoDB_20120810.ListTables\r\n',
      '',
      '"__type":"NotImplemented"',
      'dynamodb:ListTables',
    ],
    [
      'autoscaling',
      'Content-Type: application/x-www-form-urlencoded\r\n',
      'Action=DescribeTags',
      '<ErrorResponse><Error>',
      'autoscaling:DescribeTags',
    ],
    [
      'ec2',
      'Content-Type: application/x-www-form-urlencoded\r\n',
      'Action=DescribeVpcs',
      '<Response><Errors><Error>',
      'ec2:DescribeVpcs',
    ],
  ])('%s is not there, and says so in its own format', async (service, header, body, format, operation) => {
    const { url } = await aServedSandbox();
    const authorization = `Authorization: ${signed(SOURCE, service)}\r\n`;
    const rest = `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
    const heard = await spoken(url, `POST / HTTP/1.1\r\nHost: localhost\r\n${authorization}${header}${rest}`);
    expect(heard).toMatch(/^HTTP\/1.1 501 /);
    expect(heard).toContain(format);
    expect(heard).toContain(`The sandbox does not have ${operation}.`);
  });

  test.each([
    ['a page of another site', 'Host: localhost\r\nOrigin: https://example.com\r\n'],
    ['an image in such a page', 'Host: localhost\r\nSec-Fetch-Site: cross-site\r\n'],
    ['a page whose own host name points here', 'Host: example.com\r\n'],
    ['a page whose host name looks like ours', 'Host: localhost.example.com\r\n'],
  ])('%s is turned away', async (_, headers) => {
    const { url } = await aServedSandbox();
    const heard = await spoken(url, `GET /_s3repl/status HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`);
    expect(heard).toMatch(/^HTTP\/1.1 403 /);
  });

  test.each([
    ['clock', '{"sleep":-1}'],
    ['clock', '{"sleep":"1000"}'],
    ['clock', '{"sleep":1e12}'],
    ['clock', 'no JSON'],
    ['role', '{"role":"arn:aws:iam::111111111111:role/r"}'],
    ['none', ''],
  ])('its own path %s with the body %j is refused, and no time passes', async (path, body) => {
    const { url, sandbox, errors } = await aServedSandbox({ ticking: false });
    const before = sandbox.clock.now();
    const answer = await fetch(`${url}/_s3repl/${path}`, { method: 'POST', body });
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('does not know what to do')]);
    expect([sandbox.clock.now(), errors]).toEqual([before, []]);
  });

  test('a path that is none is refused, and nothing breaks', async () => {
    const { url, errors } = await aServedSandbox();
    const heard = await spoken(
      url,
      `GET /%zz HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${signed()}\r\nConnection: close\r\n\r\n`,
    );
    expect(heard).toMatch(/^HTTP\/1.1 400 [\s\S]*InvalidURI/);
    expect(errors).toEqual([]);
  });

  test('a mistake of the sandbox is an internal error, and is told', async () => {
    const broken = new Error('broken');
    const { url, errors } = await aServedSandbox({
      onRequest: () => {
        throw broken;
      },
    });
    expect(await refusal(new S3Client(over(url)).send(new ListBucketsCommand({})))).toBe('500 InternalError');
    expect(errors).toEqual([broken]);
  });

  test('only the loopback address listens, and a port in use is refused', async () => {
    const { url } = await aServedSandbox();
    expect(new URL(url).hostname).toBe('127.0.0.1');
    await expect(listen(Number(new URL(url).port), () => {})).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('a fault, over HTTP', () => {
  async function withFault(fault: string) {
    const faults = parseFaults([fault]);
    const { url } = await aServedSandbox({ fault: (request) => faults.findFault(request) });
    const s3 = new S3Client({ ...over(url), requestHandler: { requestTimeout: 300, throwOnRequestTimeout: true } });
    return { s3, url };
  }

  test.each([
    ['ListBuckets=reset', { code: 'ECONNRESET' }],
    ['ListBuckets=truncated', { code: 'ECONNRESET' }],
    ['ListBuckets=timeout', { name: 'TimeoutError' }],
    ['ListBuckets=SlowDown', { name: 'SlowDown', $metadata: { httpStatusCode: 503 } }],
  ])('%s is what a client sees', async (fault, error) => {
    const { s3 } = await withFault(fault);
    await expect(s3.send(new ListBucketsCommand({}))).rejects.toMatchObject(error);
  });

  test('a lost answer is to a request that was executed', async () => {
    const { s3 } = await withFault('PutBucketTagging=lost-answer');
    const Bucket = 'bucket';
    await s3.send(new CreateBucketCommand({ Bucket }));
    const Tagging = { TagSet: [{ Key: 'a', Value: 'b' }] };
    await expect(s3.send(new PutBucketTaggingCommand({ Bucket, Tagging }))).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
    expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toHaveLength(1);
  });
});

test('the clock goes on with the real one, from where the state is', async () => {
  const { url, sandbox } = await aServedSandbox({ latency: 200 });
  await sandbox.clock.sleep(3_600_000);
  const before = sandbox.clock.now();
  const s3 = new S3Client(over(url));
  for (const _ of [1, 2]) await s3.send(new ListBucketsCommand({}));
  expect(sandbox.clock.now() - before).toBeGreaterThanOrEqual(200);
});
