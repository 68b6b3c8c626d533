import { type BucketLocationConstraint, CreateBucketCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { inPlaceOf } from '../in-place-of.ts';
import { Account } from './account.ts';
import { describeWithMoto, type Moto } from './moto.ts';
import { aConfig, callsOf, DESTINATION, folderWith, resultOf, SOURCE } from './s3repl.ts';

/** Milliseconds that the last run waited for what moto does not give back, by a clock that goes on by eight times each pause, at once. */
let waited = 0;
inPlaceOf.readBack = (real, spec, connections, surroundings, ...rest) => {
  waited = 0;
  const now = () => waited;
  const sleep = async (ms: number) => {
    waited += 8 * ms;
  };
  return real(spec, connections, { ...surroundings, now, sleep }, ...rest);
};

describeWithMoto(
  'against moto as people have it',
  (moto) => {
    test('apply ends with one line: what moto does not give back is unknown', async () => {
      const folder = await folderWith(aConfig(), moto);
      const first = await folder.s3repl('apply', '--yes', '--json');
      expect(first.exit, first.stderr + first.stdout).toBe(6);
      expect(resultOf(first)).toMatchObject({
        outcome: 'unknown',
        error: {
          code: 'not-kept',
          message: `s3repl sent everything, but ${moto.url} does not return it as sent (replication configuration of bucket acme-orders): s3repl cannot tell what is in place`,
        },
      });
      // An emulator gets less time than AWS.
      expect(waited).toBeGreaterThan(15_000);
      expect(waited).toBeLessThanOrEqual(20_000);

      const again = await folder.s3repl('plan', '--json');
      const warned = again.lines.filter(({ type }) => type === 'warning').map(({ code }) => code);
      expect(warned).toContain('requester-pays-unknown');
      expect(warned).toContain('not-like-s3');

      const removed = await folder.s3repl('destroy', '--yes', '--json');
      expect(removed.exit, removed.stderr + removed.stdout).toBe(0);
    }, 120_000);

    test.each<[string, string, BucketLocationConstraint, string]>([
      ['source', SOURCE, 'eu-west-1', 'acme-orders'],
      ['destination', DESTINATION, 'eu-central-1', 'acme-orders-replica'],
    ])(
      'where the %s bucket is there, apply ends before the first write',
      async (_, account, region, bucket) => {
        await moto.reset();
        await createBucket(moto, account, region, bucket);
        const folder = await folderWith(aConfig(), moto);
        const first = await folder.s3repl('apply', '--yes', '--json', '--verbose');
        expect(first.exit, first.stderr + first.stdout).toBe(6);
        expect(resultOf(first)).toMatchObject({
          outcome: 'unknown',
          error: {
            code: 'not-like-s3',
            message: `${moto.url} does not answer as S3 does (GetBucketRequestPayment of ${bucket}): s3repl cannot tell whether it stores what s3repl writes; nothing was changed`,
          },
        });
        expect(callsOf(first).filter(({ write }) => write)).toEqual([]);
      },
      120_000,
    );

    test('--force writes anyway, and ends with what moto does not give back', async () => {
      await moto.reset();
      await createBucket(moto, SOURCE, 'eu-west-1', 'acme-orders');
      const folder = await folderWith(aConfig(), moto);
      const forced = await folder.s3repl('apply', '--yes', '--force', '--json', '--verbose');
      expect(resultOf(forced)).toMatchObject({ outcome: 'unknown', error: { code: 'not-kept' } });
      expect(callsOf(forced).filter(({ write }) => write)).not.toEqual([]);
    }, 120_000);
  },
  'plain',
);

async function createBucket(moto: Moto, account: string, region: BucketLocationConstraint, bucket: string) {
  const there = await Account.signIn(moto, account);
  const where = { LocationConstraint: region };
  await there.s3(region).send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: where }));
}
