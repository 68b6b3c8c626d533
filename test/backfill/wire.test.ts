/** What goes over the wire to S3 Control: nobody here has an emulator of it, and botocore's model of it is held against the sandbox in test/sandbox/boto.test.ts. */
import type { HttpRequest } from '@smithy/core/transport';
import type { HttpHandlerOptions } from '@smithy/types';
import { expect, it } from 'vitest';
import { requestJobStatus } from '../../src/apply/job-status.ts';
import { send } from '../../src/apply/send.ts';
import { connect } from '../../src/connect/connect.ts';
import { describeJob, listJobs } from '../../src/observe/jobs.ts';
import { jobRequests } from '../../src/plan/backfill-jobs.ts';
import { aSpec, SOURCE } from '../builders.ts';
import { aCloud } from '../crash/cloud.ts';

const role = `arn:aws:iam::${SOURCE}:role/s3repl-invoices-dr-backfill`;

async function aRecorder() {
  const { surroundings } = await aCloud();
  const around = surroundings();
  const sent: HttpRequest[] = [];
  const handle = (request: HttpRequest, options?: HttpHandlerOptions) => {
    if (request.hostname.includes('s3-control')) sent.push(request);
    return around.requestHandler.handle(request, options);
  };
  const connections = await connect(aSpec(), { ...around, requestHandler: { ...around.requestHandler, handle } });
  return { at: connections.get('source'), last: () => sent.at(-1) };
}

const textOf = (request: HttpRequest | undefined) => String(request?.body ?? '').replace(/></g, '>\n<');

it('a job is asked for as the API Reference has it', async () => {
  const { at, last } = await aRecorder();
  const [request] = jobRequests(aSpec(), role, {
    rules: [],
    statuses: ['none', 'failed'],
    createdAfter: new Date('2026-01-01T00:00:00Z'),
    createdBefore: new Date('2026-02-01T12:30:00Z'),
    priority: 10,
  });
  if (request === undefined) throw new Error('no request');
  const input = { ...request, ClientRequestToken: 'token' };
  // The sandbox has no such role: what it answers does not matter here.
  await send<'CreateJob'>(at, { service: 'S3Control', operation: 'CreateJob', input }).catch(() => undefined);
  expect(last()).toMatchObject({
    method: 'POST',
    hostname: `${SOURCE}.s3-control.eu-west-1.amazonaws.com`,
    path: '/v20180820/jobs',
    headers: { 'x-amz-account-id': SOURCE },
  });
  expect(textOf(last())).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <CreateJobRequest xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/">
    <Operation>
    <S3ReplicateObject/>
    </Operation>
    <Report>
    <Enabled>false</Enabled>
    </Report>
    <Priority>10</Priority>
    <RoleArn>arn:aws:iam::111111111111:role/s3repl-invoices-dr-backfill</RoleArn>
    <ConfirmationRequired>true</ConfirmationRequired>
    <ClientRequestToken>token</ClientRequestToken>
    <Description>s3repl invoices-dr 162c5e6d87e2</Description>
    <Tags>
    <member>
    <Key>s3repl</Key>
    <Value>invoices-dr</Value>
    </member>
    </Tags>
    <ManifestGenerator>
    <S3JobManifestGenerator>
    <SourceBucket>arn:aws:s3:::acme-invoices</SourceBucket>
    <EnableManifestOutput>false</EnableManifestOutput>
    <ExpectedBucketOwner>111111111111</ExpectedBucketOwner>
    <Filter>
    <EligibleForReplication>true</EligibleForReplication>
    <CreatedAfter>2026-01-01T00:00:00Z</CreatedAfter>
    <CreatedBefore>2026-02-01T12:30:00Z</CreatedBefore>
    <ObjectReplicationStatuses>
    <member>NONE</member>
    <member>FAILED</member>
    </ObjectReplicationStatuses>
    </Filter>
    </S3JobManifestGenerator>
    </ManifestGenerator>
    </CreateJobRequest>"
  `);
});

it('a job is confirmed, canceled and looked at by its ID, and listed by status', async () => {
  const { at, last } = await aRecorder();
  const id = '11111111-2222-3333-4444-555555555555';
  await requestJobStatus(at, id, 'Ready');
  expect(last()).toMatchObject({
    method: 'POST',
    path: `/v20180820/jobs/${id}/status`,
    query: { requestedJobStatus: 'Ready' },
  });
  await requestJobStatus(at, id, 'Cancelled', 'declined');
  expect(last()?.query).toEqual({ requestedJobStatus: 'Cancelled', statusUpdateReason: 's3repl: declined' });
  expect(await describeJob(at, id)).toBe(null);
  expect(last()).toMatchObject({ method: 'GET', path: `/v20180820/jobs/${id}` });
  expect(await listJobs(at, ['New', 'Active'])).toEqual([]);
  expect(last()).toMatchObject({ method: 'GET', path: '/v20180820/jobs', query: { maxResults: '1000' } });
  expect(last()?.query?.jobStatuses).toEqual(expect.arrayContaining(['New', 'Active']));
});
