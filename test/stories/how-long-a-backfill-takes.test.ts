import { expect, it } from 'vitest';
import { accountIn } from '../../src/sandbox/store/state.ts';
import { aSetUp, ending } from './by-hand.ts';
import type { Ended } from './cli.ts';
import { applyWithOldObjects, keysOf, makeSourceBucket, put } from './old-objects.ts';

const proposed = ({ lines }: Ended) => lines.find(({ type }) => type === 'backfill');
const warned = ({ lines }: Ended) => lines.filter(({ code }) => code === 'kms-quota');
const unread = ({ lines }: Ended) => lines.filter(({ code }) => code === 'kms-quota-unknown');
const originsOf = (ended: Ended) => JSON.stringify(proposed(ended)).match(/(?<="origin":")\w+/g);

it('the plan of a job says what it cannot be faster than, and warns where others leave little of the KMS quota', async () => {
  const { s3repl, byHand } = aSetUp();
  await byHand(async (people) => {
    await makeSourceBucket(people);
    await put(people, keysOf('old-', 7));
  });
  await s3repl('apply', '--yes');
  await byHand(({ sandbox }) => sandbox.clock.sleep(24 * 3_600_000));

  // More than one object stops the job; what was proposed is there by then.
  const quiet = await s3repl('backfill', '--yes', '--max-objects', '1');
  expect(proposed(quiet)).toMatchObject({
    time: {
      limit: 'S3',
      seconds: 7 / 3500,
      kms: [
        { region: 'eu-west-1', quota: { perSecond: 100_000, origin: 'applied' }, inUse: 0, requests: 1 },
        { region: 'eu-central-1', quota: { perSecond: 20_000, origin: 'applied' }, inUse: 0, requests: 1 },
      ],
    },
  });
  expect(warned(quiet)).toEqual([]);
  expect(unread(quiet)).toEqual([]);

  await byHand(async ({ sandbox: { state } }) => {
    const minute = new Date(state.now - 120_000).toISOString().slice(0, 16);
    state.kmsUse.requests[`${minute} 111111111111 eu-central-1`] = 60 * 19_000;
    // The account of the destination has a quota of its own.
    state.kmsUse.requests[`${minute} 222222222222 eu-west-1`] = 60 * 100_000;
  });
  const busy = await s3repl('backfill', '--yes', '--max-objects', '1');
  expect(warned(busy)).toMatchObject([
    {
      message: expect.stringMatching(
        /^the job may bring account 111111111111 to 9\d % of its KMS requests in eu-central-1/,
      ),
    },
  ]);
  expect(ending(busy)).toMatchObject({ code: 5 });
});

it("goes by the quota that AWS has granted, else by AWS's default, else by what is published, and says what it could not read", async () => {
  const { s3repl, byHand } = aSetUp();
  await applyWithOldObjects({ s3repl, byHand }, (people) => put(people, keysOf('old-', 7)));
  const backfill = (...faults: readonly string[]) =>
    s3repl('backfill', '--yes', '--max-objects', '1', ...faults.flatMap((fault) => ['--sandbox-fault', fault]));

  await byHand(async ({ sandbox }) => {
    accountIn(sandbox.state, '111111111111').kmsRates = { 'eu-central-1': 10 };
  });
  const granted = await backfill();
  expect(proposed(granted)).toMatchObject({ time: { limit: 'eu-central-1', seconds: 1000 } });
  expect(warned(granted)).toMatchObject([{ message: expect.stringContaining("this account's quota") }]);

  const denied = await backfill('GetServiceQuota=AccessDeniedException');
  expect([originsOf(denied), ending(denied).code]).toEqual([['default', 'default'], 5]);
  expect(unread(denied)).toMatchObject([
    {
      message:
        "s3repl does not know how many requests KMS accepts from account 111111111111 in eu-west-1 and eu-central-1 (servicequotas:GetServiceQuota in account 111111111111: AccessDeniedException); the time is based on AWS's default",
      fix: 's3repl permissions --for backfill prints the permission to read it',
    },
  ]);

  const away = await backfill('servicequotas:*=reset');
  expect([originsOf(away), ending(away).code]).toEqual([['published', 'published'], 5]);
  expect(unread(away)).toMatchObject([
    {
      message: expect.stringMatching(
        /\(servicequotas:GetServiceQuota in account 111111111111: .+; servicequotas:GetAWSDefaultServiceQuota in /,
      ),
    },
  ]);
});
