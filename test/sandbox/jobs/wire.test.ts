/** What clients other than the SDKs send, or the SDKs where they are served. */
import { beforeEach, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { SOURCE } from '../clients.ts';
import { codeOf, sendRaw } from '../raw-request.ts';
import { aServedSandbox, spoken } from '../served.ts';
import { backfillingPair, JOB_ROLE } from './backfilling.ts';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await openSandbox();
  await backfillingPair(sandbox);
});

const bodyWith = (more = '') =>
  `<CreateJobRequest xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/"><Operation><S3ReplicateObject/></Operation>` +
  `<Report><Enabled>false</Enabled></Report><ClientRequestToken>t</ClientRequestToken><Priority>1</Priority><RoleArn>${JOB_ROLE}</RoleArn>` +
  `<ManifestGenerator><S3JobManifestGenerator><SourceBucket>arn:aws:s3:::src</SourceBucket>` +
  `<EnableManifestOutput>false</EnableManifestOutput></S3JobManifestGenerator></ManifestGenerator>${more}</CreateJobRequest>`;
const jobs = { method: 'POST', path: '/v20180820/jobs' };
const headers = { 'x-amz-account-id': SOURCE };

test('the account is in a header, or before the host name', async () => {
  const body = bodyWith();
  expect(codeOf(await sendRaw(sandbox, { ...jobs, body }))).toBe('403 AccessDenied');
  const host = `${SOURCE}.s3-control.eu-west-1.amazonaws.com`;
  const first = await sendRaw(sandbox, { ...jobs, body, headers: { host } });
  const second = await sendRaw(sandbox, { ...jobs, body, headers });
  expect(first.status).toBe(200);
  expect(second.body).toBe(first.body);
  expect(first.body).toMatch(
    /<CreateJobResult xmlns="http:\/\/awss3control\.amazonaws\.com\/doc\/2018-08-20\/"><JobId>[\w-]{36}<\/JobId>/,
  );
});

test('tags are members as the SDKs write them, or S3Tag as in the API reference', async () => {
  const tag = '<Key>a</Key><Value>b</Value>';
  await sendRaw(sandbox, {
    ...jobs,
    headers,
    body: bodyWith(`<Tags><S3Tag>${tag}</S3Tag><member>${tag.replace('a', 'c')}</member></Tags>`),
  });
  const [job] = Object.values(sandbox.state.jobs);
  expect(job?.tags.map(({ Key }) => Key)).toEqual(['a', 'c']);
  expect(codeOf(await sendRaw(sandbox, { ...jobs, headers, body: bodyWith(`<Tags><Tag>${tag}</Tag></Tags>`) }))).toBe(
    '400 MalformedXML',
  );
});

test.each([
  ['no priority', (body: string) => body.replace('<Priority>1</Priority>', '')],
  ['two operations', (body: string) => body.replace('<S3ReplicateObject/>', '<S3ReplicateObject/><LambdaInvoke/>')],
  [
    'a size that is none',
    (body: string) => filtered(body, '<ObjectSizeGreaterThanBytes>-1</ObjectSizeGreaterThanBytes>'),
  ],
  ['a time that is none', (body: string) => filtered(body, '<CreatedAfter>today</CreatedAfter>')],
  [
    'a status that is none',
    (body: string) => filtered(body, '<ObjectReplicationStatuses><member>PENDING</member></ObjectReplicationStatuses>'),
  ],
  ['no XML', () => '{}'],
])('%s is malformed', async (_, change) => {
  const answer = await sendRaw(sandbox, { ...jobs, headers, body: change(bodyWith()) });
  expect(codeOf(answer)).toBe('400 MalformedXML');
  expect(answer.body).toContain('<ErrorResponse><Error>');
});

const filtered = (body: string, filter: string) =>
  body.replace('<EnableManifestOutput>', `<Filter>${filter}</Filter><EnableManifestOutput>`);

test('a served sandbox answers under the host name that the SDKs make, but no web page', async () => {
  const { url } = await aServedSandbox();
  const authorization = `Authorization: AWS4-HMAC-SHA256 Credential=SANDBOX${SOURCE}/20261121/eu-west-1/s3/aws4_request\r\n`;
  const ask = (host: string) =>
    spoken(url, `GET /v20180820/jobs HTTP/1.1\r\nHost: ${host}\r\n${authorization}Connection: close\r\n\r\n`);
  expect(await ask(`${SOURCE}.127.0.0.1`)).toContain('<ListJobsResult');
  expect(await ask(`${SOURCE}.localhost:4599`)).toContain('<ListJobsResult');
  expect(await ask('page.127.0.0.1')).toContain('not web pages');
});
