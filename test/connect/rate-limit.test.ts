import { CreateKeyCommand, KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { HttpResponse } from '@smithy/core/transport';
import { expect, it } from 'vitest';
import { RateLimits } from '../../src/connect/rate-limit.ts';

/** A clock on which time passes only by sleeping: all sleepers wake up in their order. */
function aClock() {
  let time = 0;
  const sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  return {
    now: () => time,
    sleep: (ms: number) => new Promise<void>((wake) => sleepers.push({ until: time + ms, wake })),
    async passUntilAwake() {
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        sleepers.sort((a, b) => a.until - b.until);
        const next = sleepers.shift();
        if (!next) return;
        time = Math.max(time, next.until);
        next.wake();
      }
    },
  };
}

const here = { account: '111111111111', region: 'eu-west-1' };
const there = { account: '222222222222', region: 'eu-central-1' };

async function sentAt(count: number, service: string, operation: string, where = [here]) {
  const clock = aClock();
  const limits = new RateLimits(clock);
  const sent: number[] = [];
  const all = Array.from({ length: count }, async (_, index) => {
    await limits.turn(service, operation, where[index % where.length] ?? here);
    sent.push(clock.now());
  });
  await clock.passUntilAwake();
  await Promise.all(all);
  return sent;
}

/** The most that were sent within any second. */
function inASecond(sent: readonly number[]): number {
  return Math.max(...sent.map((start) => sent.filter((at) => at >= start && at < start + 1000).length));
}

it.each([
  ['KMS', 'CreateKey', 5],
  ['KMS', 'CreateAlias', 5],
  ['KMS', 'TagResource', 10],
  ['KMS', 'PutKeyPolicy', 15],
  ['IAM', 'CreateRole', 10],
])('%s takes %s %i times a second, and is asked no more often', async (service, operation, most) => {
  const sent = await sentAt(4 * most, service, operation);
  expect(inASecond(sent)).toBe(most);
  expect(sent.filter((at) => at === 0)).toHaveLength(most);
  expect(sent.at(-1)).toBeLessThan(4000);
});

it('a request that comes after a pause does not wait', async () => {
  let time = 0;
  const slept: number[] = [];
  const limits = new RateLimits({ now: () => time, sleep: async (ms) => void slept.push(ms) });
  for (let second = 0; second < 3; second += 1) {
    for (let n = 0; n < 5; n += 1) await limits.turn('KMS', 'CreateKey', here);
    time += 1_100;
  }
  expect(slept).toEqual([]);
});

it('what is read, and S3, are not held back', async () => {
  expect(new Set(await sentAt(300, 'KMS', 'DescribeKey'))).toEqual(new Set([0]));
  expect(new Set(await sentAt(300, 'IAM', 'GetRole'))).toEqual(new Set([0]));
  expect(new Set(await sentAt(300, 'S3', 'PutBucketPolicy'))).toEqual(new Set([0]));
});

it('each account counts for itself; in KMS each Region, in IAM all Regions together', async () => {
  const otherRegion = { ...here, region: 'us-east-1' };
  expect(new Set(await sentAt(10, 'KMS', 'CreateKey', [here, there]))).toEqual(new Set([0]));
  expect(new Set(await sentAt(10, 'KMS', 'CreateKey', [here, otherRegion]))).toEqual(new Set([0]));
  expect((await sentAt(20, 'IAM', 'CreateRole', [here, otherRegion])).filter((at) => at === 0)).toHaveLength(10);
});

it('writes of IAM share one limit, whichever they are', async () => {
  const clock = aClock();
  const limits = new RateLimits(clock);
  const sent: number[] = [];
  const all = Array.from({ length: 20 }, async (_, index) => {
    await limits.turn('IAM', index % 2 ? 'CreateRole' : 'PutRolePolicy', here);
    sent.push(clock.now());
  });
  await clock.passUntilAwake();
  await Promise.all(all);
  expect(inASecond(sent)).toBe(10);
});

it('a client counts every attempt of a call, not only the first', async () => {
  const slept: number[] = [];
  let time = 0;
  const limits = new RateLimits({
    now: () => time,
    sleep: async (ms) => {
      slept.push(ms);
      time += ms;
    },
  });
  let requests = 0;
  const kms = new KMSClient({
    region: here.region,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 3,
    requestHandler: {
      handle: async () => {
        requests += 1;
        const statusCode = requests === 1 ? 500 : 200;
        return { response: new HttpResponse({ statusCode, headers: {}, body: undefined }) };
      },
    },
  });
  kms.middlewareStack.use(limits.plugin(here));
  await kms.send(new CreateKeyCommand({}));
  await kms.send(new ListKeysCommand({}));
  for (let n = 0; n < 4; n += 1) await kms.send(new CreateKeyCommand({}));
  expect(requests).toBe(7);
  expect(slept).toHaveLength(1);
  kms.destroy();
});
