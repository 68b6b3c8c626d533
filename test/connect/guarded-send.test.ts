import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Socket } from 'node:net';
import { ListKeysCommand } from '@aws-sdk/client-kms';
import { GetBucketPolicyCommand, ListObjectVersionsCommand, type S3Client } from '@aws-sdk/client-s3';
import type { HttpHandlerOptions } from '@smithy/types';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { connect } from '../../src/connect/connect.ts';
import type { Surroundings } from '../../src/connect/surroundings.ts';
import { Failure } from '../../src/events/failure.ts';
import { openSandbox, sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { explain } from '../../src/session/explain.ts';
import { aDestination, aSpec, SOURCE } from '../builders.ts';
import { branded } from '../plain.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const spec = aSpec({ destinations: [aDestination({ account: SOURCE })] });
const over = new Failure('failed', 'deadline', 'the deadline has passed');

/** A sandbox that stops answering when told; it notes which requests were broken off. */
async function aCloud(given: Partial<Surroundings> = {}) {
  const sandbox = await openSandbox();
  const cloud = { isSilent: false, requests: 0, brokenOff: 0 };
  const deadline = new AbortController();
  const handle = (request: Parameters<typeof sandbox.requestHandler.handle>[0], options?: HttpHandlerOptions) => {
    cloud.requests += 1;
    if (!cloud.isSilent) return sandbox.requestHandler.handle(request);
    return new Promise<never>((_, reject) => {
      const signal = options?.abortSignal as AbortSignal;
      const breakOff = () => {
        cloud.brokenOff += 1;
        reject(Object.assign(new Error('Request aborted'), { name: 'AbortError' }));
      };
      if (signal.aborted) breakOff();
      else signal.addEventListener('abort', breakOff);
    });
  };
  const surroundings: Surroundings = {
    report: () => undefined,
    env: process.env,
    requestHandler: { ...sandbox.requestHandler, handle },
    credentialsFor: () => async () => sandboxCredentials(SOURCE),
    now: sandbox.clock.now,
    sleep: sandbox.clock.sleep,
    deadline: deadline.signal,
    ...given,
  };
  return { cloud, surroundings, pass: () => deadline.abort(over) };
}

describe('the deadline', () => {
  it('breaks off a request under way, and no further one is sent', async () => {
    const { cloud, surroundings, pass } = await aCloud();
    const connections = await connect(spec, surroundings);
    const { kms, s3 } = connections.get('source');
    cloud.isSilent = true;
    const before = cloud.requests;
    const call = kms.send(new ListKeysCommand({}));
    await vi.waitFor(() => expect(cloud.requests).toBe(before + 1));
    pass();
    await expect(call).rejects.toBe(over);
    await vi.waitFor(() => expect(cloud.brokenOff).toBe(1));
    cloud.isSilent = false;
    await expect(s3.send(new GetBucketPolicyCommand({ Bucket: 'none' }))).rejects.toBe(over);
    await expect(
      connections.get('source').inRegion(branded('us-east-1')).kms.send(new ListKeysCommand({})),
    ).rejects.toBe(over);
    expect(cloud.requests).toBe(before + 1);
    connections.close();
  });

  it('does not hold what is put in order after it, and has a limit of its own', async () => {
    const { cloud, surroundings, pass } = await aCloud();
    const connections = await connect(spec, surroundings);
    pass();
    const { s3 } = connections.get('source');
    const list = (abortSignal: AbortSignal) =>
      s3.send(new ListObjectVersionsCommand({ Bucket: 'none' }), { abortSignal });
    await expect(list(new AbortController().signal)).rejects.toMatchObject({ name: 'NoSuchBucket' });
    cloud.isSilent = true;
    const grace = new AbortController();
    const call = list(grace.signal);
    grace.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    connections.close();
  });

  it('ends the wait for credentials that do not come', async () => {
    const { surroundings, pass } = await aCloud({ credentialsFor: () => () => new Promise(() => {}) });
    const call = connect(spec, surroundings);
    pass();
    await expect(call).rejects.toBe(over);
  });
});

describe('silence', () => {
  /** A server that stops in the middle of its first answers. */
  async function silentAt(stop: (answer: ServerResponse) => void) {
    let requests = 0;
    const server = createServer((request, answer) => {
      request.resume().on('end', () => {
        requests += 1;
        if (requests > 1 && requests <= 3) return stop(answer);
        const body =
          requests === 1
            ? `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${SOURCE}:user/me</Arn><UserId>me</UserId><Account>${SOURCE}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`
            : '{"Version":"2012-10-17","Statement":[]}';
        answer.writeHead(200, { 'content-length': body.length }).end(body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return { count: () => requests };
  }

  it.each<[string, (answer: ServerResponse) => void]>([
    ['before an answer', () => undefined],
    ['in the middle of an answer', (answer) => answer.writeHead(200, { 'content-length': 40 }).write('{"Version":')],
  ])('%s is waited for 30 seconds, and then the call is sent again', async (_, stop) => {
    const { count } = await silentAt(stop);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: false });
    // The time that a socket says nothing is measured by Node itself.
    vi.spyOn(Socket.prototype, 'setTimeout').mockImplementation(function (this: Socket, ms: number, told?: () => void) {
      if (told && ms > 0) setTimeout(told, ms);
      return this;
    });
    const surroundings: Surroundings = {
      report: () => undefined,
      env: process.env,
      credentialsFor: () => async () => sandboxCredentials(SOURCE),
      now: () => 0,
      sleep: async () => undefined,
    };
    const connections = await connect(spec, surroundings);
    const s3: S3Client = connections.get('source').s3;
    let ended = false;
    const call = s3
      .send(new GetBucketPolicyCommand({ Bucket: 'acme' }))
      .then(({ Policy }) => Policy, explain)
      .finally(() => {
        ended = true;
      });
    for (let second = 0; second < 29; second += 1) await pass(1_000);
    expect(count()).toBe(2);
    for (let second = 0; !ended && second < 100; second += 1) await pass(1_000);
    expect(await call).toBe('{"Version":"2012-10-17","Statement":[]}');
    expect(count()).toBe(4);
    connections.close();
  });

  /** Time passes, and what happens on the sockets meanwhile does. */
  async function pass(ms: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(ms);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
});
