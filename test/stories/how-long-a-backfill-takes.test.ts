import { expect, it } from 'vitest';
import { aSetUp, ending } from './by-hand.ts';
import type { Ended } from './cli.ts';
import { keysOf, makeSourceBucket, put } from './old-objects.ts';

const proposed = ({ lines }: Ended) => lines.find(({ type }) => type === 'backfill');
const warned = ({ lines }: Ended) => lines.filter(({ code }) => code === 'kms-quota');

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
        { region: 'eu-west-1', quota: { perSecond: 100_000, origin: 'published' }, inUse: 0, requests: 1 },
        { region: 'eu-central-1', quota: { perSecond: 20_000, origin: 'published' }, inUse: 0, requests: 1 },
      ],
    },
  });
  expect(warned(quiet)).toEqual([]);

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
