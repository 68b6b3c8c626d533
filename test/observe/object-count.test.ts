import { Readable } from 'node:stream';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { type HttpRequest, HttpResponse } from '@smithy/core/transport';
import { describe, expect, it } from 'vitest';
import { connect } from '../../src/connect/connect.ts';
import { Failure } from '../../src/events/failure.ts';
import { countObjects } from '../../src/observe/object-count.ts';
import type { SandboxFault } from '../../src/sandbox/practice/faults.ts';
import { aPractice, type Practice } from '../apply/in-sandbox.ts';
import { aSpec, SOURCE } from '../builders.ts';
import { clientsOf } from '../sandbox/clients.ts';

const dayMs = 24 * 3_600_000;

/** A setup with two objects, at noon. */
async function withObjects(): Promise<Practice> {
  const practice = await aPractice();
  const { clock } = practice.sandbox;
  await clock.sleep(dayMs - (clock.now() % dayMs) + dayMs / 2);
  await practice.apply(aSpec());
  for (const Key of ['a', 'b'])
    await clientsOf(practice.sandbox, SOURCE).s3.send(
      new PutObjectCommand({ Bucket: aSpec().source.bucket, Key, Body: 'x' }),
    );
  return practice;
}

async function counted(practice: Practice, deadline?: AbortSignal) {
  const spec = aSpec();
  const connections = await connect(spec, { ...practice.surroundings, ...(deadline && { deadline }) });
  try {
    const now = new Date(practice.sandbox.clock.now());
    return await countObjects(connections.get('source'), spec.source.bucket, now);
  } finally {
    connections.close();
  }
}

/** Answers CloudWatch's requests with what goes wrong. */
function failing(practice: Practice, fault: SandboxFault): Practice {
  practice.fault = ({ service }) => (service === 'monitoring' ? fault : undefined);
  return practice;
}

describe('the number of objects of a bucket', () => {
  it('is unknown until S3 reports it, and then the newest, with its time', async () => {
    const practice = await withObjects();
    const { clock } = practice.sandbox;
    expect(await counted(practice)).toBe('unknown');
    await clock.sleep(dayMs);
    const midnight = new Date(Math.floor(clock.now() / dayMs) * dayMs);
    expect(await counted(practice)).toEqual({ count: 2, asOf: midnight });
    await clock.sleep(dayMs);
    expect(await counted(practice)).toEqual({ count: 2, asOf: new Date(midnight.getTime() + dayMs) });
  });

  it('takes one request, in the Region of the bucket, and is asked over three days', async () => {
    const practice = await withObjects();
    await practice.sandbox.clock.sleep(5 * dayMs);
    const { objectCounts = {} } = practice.sandbox.state.buckets[aSpec().source.bucket] ?? {};
    const [, ...newer] = Object.keys(objectCounts).sort().toReversed();
    const [newest = ''] = Object.keys(objectCounts).sort().toReversed();
    practice.requests.length = 0;
    expect(await counted(practice)).toMatchObject({ asOf: new Date(newest) });
    const asked = practice.requests.filter(({ service }) => service === 'monitoring');
    expect(asked.map(({ operation, region }) => [operation, region])).toEqual([['GetMetricData', 'eu-west-1']]);
    // S3 may report late: two days are still in time, four are not.
    delete objectCounts[newest];
    for (const day of newer.slice(0, 2)) delete objectCounts[day];
    expect(await counted(practice)).toMatchObject({ asOf: new Date(newer[2] ?? '') });
    for (const day of newer.slice(2, 3)) delete objectCounts[day];
    expect(await counted(practice)).toBe('unknown');
  });

  it.each<[string, SandboxFault]>([
    ['may not be read', { code: 'AccessDeniedException', status: 400 }],
    ['is not there in this Region', { code: 'UnknownOperationException', status: 404 }],
    ['cannot be read because AWS is broken', { code: 'InternalServiceFault', status: 500 }],
    ['cannot be read because the network is', 'truncated'],
  ])('that %s is unknown', async (_, fault) => {
    expect(await counted(failing(await withObjects(), fault))).toBe('unknown');
  });

  it('is an error where the credentials are refused, and where something answers in place of AWS', async () => {
    const refused = failing(await withObjects(), { code: 'UnrecognizedClientException', status: 400 });
    await expect(counted(refused)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    const practice = await withObjects();
    const { requestHandler } = practice.sandbox;
    const page = () =>
      new HttpResponse({ statusCode: 200, headers: {}, body: Readable.from(['<html>Sign in</html>']) });
    const surroundings = {
      ...practice.surroundings,
      requestHandler: {
        ...requestHandler,
        handle: async (request: HttpRequest) =>
          request.hostname.startsWith('monitoring.') ? { response: page() } : requestHandler.handle(request),
      },
    };
    await expect(counted({ ...practice, surroundings })).rejects.toMatchObject({ code: 'not-aws' });
  });

  it('that the deadline breaks off is the failure of the deadline', async () => {
    const deadline = new AbortController();
    const practice = await withObjects();
    practice.meanwhile = async ({ service }) => {
      if (service === 'monitoring') deadline.abort(new Failure('failed', 'deadline', 'the time is up'));
    };
    await expect(counted(practice, deadline.signal)).rejects.toMatchObject({ code: 'deadline' });
  });
});
