import { describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { OTHER, SOURCE, sessionOf } from '../clients.ts';
import { makeBucket } from '../make-bucket.ts';
import { codeOf, type RawRequest, sendRaw } from '../raw-request.ts';

const KEY = `SANDBOX${SOURCE}`;
const LATER = String(Math.floor(Date.now() / 1000) + 600);

/** A URL of Signature Version 2, as boto3, AWS CLI 1 and s3cmd make it (S3 User Guide, "Signing and authenticating REST requests"). */
const v2 = (more: Record<string, string> = {}, Expires = LATER): RawRequest => ({
  method: 'GET',
  path: '/bucket/key',
  query: { AWSAccessKeyId: KEY, Signature: 'any', Expires, ...more },
  headers: { authorization: '' },
});
/** A URL of Signature Version 4 that was signed in 2026 and is good for `seconds`. */
const v4 = (signed: Date, seconds: number | string, more: Record<string, string> = {}): RawRequest => ({
  method: 'GET',
  path: '/bucket/key',
  query: {
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${KEY}/20261121/eu-west-1/s3/aws4_request`,
    'X-Amz-Date': signed.toISOString().replace(/[-:]|\.\d+/g, ''),
    'X-Amz-Expires': String(seconds),
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': 'any',
    ...more,
  },
  headers: { authorization: '' },
});
const without = (request: RawRequest, name: string): RawRequest => ({
  ...request,
  query: Object.fromEntries(Object.entries(request.query ?? {}).filter(([other]) => other !== name)),
});

async function withObject(): Promise<Sandbox> {
  const sandbox = await openSandbox();
  await makeBucket(sandbox, 'bucket');
  await sendRaw(sandbox, { method: 'PUT', path: '/bucket/key', body: 'content' });
  return sandbox;
}

describe('presigned URLs', () => {
  test('of Version 2 name no Region: the bucket tells it', async () => {
    const sandbox = await withObject();
    expect(await sendRaw(sandbox, v2())).toMatchObject({ status: 200, body: 'content' });
    const header = { authorization: `AWS ${KEY}:any` };
    expect((await sendRaw(sandbox, { method: 'GET', path: '/bucket/key', headers: header })).status).toBe(200);
    expect(codeOf(await sendRaw(sandbox, v2({ AWSAccessKeyId: `SANDBOX${OTHER}` })))).toBe('403 AccessDenied');
    expect(codeOf(await sendRaw(sandbox, v2({ AWSAccessKeyId: 'AKIAUNKNOWN' })))).toBe('403 InvalidAccessKeyId');
  });

  test('of Version 2 are refused where S3 came after 2014 (S3 API Reference, sigv4-auth-using-authorization-header)', async () => {
    const sandbox = await withObject();
    const frankfurt = { method: 'PUT', path: '/frankfurt', region: 'eu-central-1' };
    const LocationConstraint = '<LocationConstraint>eu-central-1</LocationConstraint>';
    const body = `<CreateBucketConfiguration>${LocationConstraint}</CreateBucketConfiguration>`;
    await sendRaw(sandbox, { ...frankfurt, body });
    const answer = await sendRaw(sandbox, { ...v2(), path: '/frankfurt/key' });
    expect([codeOf(answer), answer.body.includes('Please use AWS4-HMAC-SHA256.')]).toEqual([
      '400 InvalidRequest',
      true,
    ]);
  });

  test('of a session bring its token in the query', async () => {
    const sandbox = await withObject();
    const Statement = [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }];
    const keys = await sessionOf(sandbox, 'reader', { inline: { Version: '2012-10-17', Statement } });
    const [id = '', token = ''] = [keys.AccessKeyId, keys.SessionToken];
    const older = { AWSAccessKeyId: id, 'x-amz-security-token': token };
    expect((await sendRaw(sandbox, v2(older))).status).toBe(200);
    const newer = { 'X-Amz-Credential': `${id}/20261121/eu-west-1/s3/aws4_request`, 'X-Amz-Security-Token': token };
    expect((await sendRaw(sandbox, v4(new Date(), 60, newer))).status).toBe(200);
    expect(codeOf(await sendRaw(sandbox, v2({ AWSAccessKeyId: id })))).toBe('403 InvalidAccessKeyId');
  });

  test('are good until they expire (test_s3_presigned_url_expired)', async () => {
    const sandbox = await withObject();
    const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);
    expect((await sendRaw(sandbox, v4(ago(60), 120))).status).toBe(200);
    const fourth = await sendRaw(sandbox, v4(ago(60), 59));
    expect(codeOf(fourth)).toBe('403 AccessDenied');
    for (const part of ['Request has expired', '<X-Amz-Expires>59<', '<Expires>', '<ServerTime>']) {
      expect(fourth.body).toContain(part);
    }
    const second = await sendRaw(sandbox, v2({}, '1700000000'));
    expect([codeOf(second), second.body.includes('<Expires>2023-11-14T22:13:20.000Z<')]).toEqual([
      '403 AccessDenied',
      true,
    ]);
  });

  test.each([
    ['Version 2 without a signature', without(v2(), 'Signature'), '403 AccessDenied'],
    ['Version 2 without an end', without(v2(), 'Expires'), '403 AccessDenied'],
    [
      'Version 4 without a signature',
      without(v4(new Date(), 60), 'X-Amz-Signature'),
      '400 AuthorizationQueryParametersError',
    ],
    [
      'a credential that was encoded twice',
      v4(new Date(), 60, { 'X-Amz-Credential': `${KEY}%2F20261121%2Feu-west-1%2Fs3%2Faws4_request` }),
      '400 AuthorizationQueryParametersError',
    ],
    ['more than a week', v4(new Date(), 604_801), '400 AuthorizationQueryParametersError'],
    ['no number', v4(new Date(), 'soon'), '400 AuthorizationQueryParametersError'],
    ['no date', v4(new Date(), 60, { 'X-Amz-Date': 'today' }), '400 AuthorizationQueryParametersError'],
  ])('that are not complete are refused: %s', async (_, request, answer) => {
    expect(codeOf(await sendRaw(await withObject(), request))).toBe(answer);
  });

  test('may carry headers in the query (test_put_url_metadata_with_sig_s3v4)', async () => {
    const sandbox = await withObject();
    const put = { ...v4(new Date(), 60, { 'x-amz-meta-foo': 'bar' }), method: 'PUT', body: 'new' };
    expect((await sendRaw(sandbox, put)).status).toBe(200);
    const { headers } = await sendRaw(sandbox, { ...v2(), method: 'HEAD' });
    expect(headers['x-amz-meta-foo']).toBe('bar');
  });

  test('are told by their condition keys', async () => {
    const sandbox = await withObject();
    const Condition = { StringEquals: { 's3:signatureversion': 'AWS' } };
    const deny = {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::bucket/*',
      Condition,
    };
    const body = JSON.stringify({ Version: '2012-10-17', Statement: [deny] });
    await sendRaw(sandbox, { method: 'PUT', path: '/bucket', query: { policy: '' }, body });
    expect(codeOf(await sendRaw(sandbox, v2()))).toBe('403 AccessDenied');
    expect((await sendRaw(sandbox, v4(new Date(), 60))).status).toBe(200);
  });
});

describe('a request without a signature is refused in the format of its service', () => {
  const form = { authorization: '', 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  const json = (target: string) => ({ authorization: '', 'x-amz-target': target });
  const XML = '<Code>MissingAuthenticationToken</Code>';
  const JSON_TYPE = '"__type":"MissingAuthenticationTokenException"';
  test.each([
    ['STS', form, 'Action=GetCallerIdentity&Version=2011-06-15', 403, XML, 'https://sts.amazonaws.com/doc/2011-06-15/'],
    ['IAM', form, 'Action=ListRoles&Version=2010-05-08', 403, XML, 'https://iam.amazonaws.com/doc/2010-05-08/'],
    ['KMS', json('TrentService.ListKeys'), '{}', 400, JSON_TYPE, 'Missing Authentication Token'],
    ['CloudWatch', json('GraniteServiceVersion20100801.GetMetricData'), '{}', 400, JSON_TYPE, 'Missing'],
    ['Organizations', json('AWSOrganizationsV20161128.DescribeOrganization'), '{}', 400, JSON_TYPE, 'Missing'],
  ])('%s', async (_, headers, body, status, code, more) => {
    const answer = await sendRaw(await openSandbox(), { method: 'POST', path: '/', headers, body });
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(code);
    expect(answer.body).toContain(more);
  });
});

test('a form that a browser posts is 501, signed as it is in its content (S3 API Reference, POST Object)', async () => {
  const sandbox = await withObject();
  const headers = { authorization: '', 'content-type': 'multipart/form-data; boundary=x' };
  const answer = await sendRaw(sandbox, { method: 'POST', path: '/bucket', headers, body: '--x--' });
  expect([codeOf(answer), answer.body.includes('s3:PostObject')]).toEqual(['501 NotImplemented', true]);
});

test('names that every JavaScript object has are no operations', async () => {
  const sandbox = await withObject();
  const target = (name: string) => ({ 'x-amz-target': name });
  const calls: readonly RawRequest[] = ['constructor', '__proto__', 'toString'].flatMap((name) => [
    { method: 'POST', path: '/', service: 'kms', headers: target(`TrentService.${name}`), body: '{}' },
    { method: 'POST', path: '/', service: 'iam', body: `Action=${name}` },
    { method: 'POST', path: '/', service: 'sts', body: `Action=${name}` },
  ]);
  for (const call of calls) expect((await sendRaw(sandbox, call)).status).toBe(501);
  const query = { constructor: '' };
  expect(await sendRaw(sandbox, { method: 'GET', path: '/bucket/key', query })).toMatchObject({ status: 200 });
});
