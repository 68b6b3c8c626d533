import { DescribeKeyCommand, DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import { expect, it } from 'vitest';
import { minuteMs } from './alerted.ts';
import { aSetUp, ending } from './by-hand.ts';

it('what failed in the last hour and fails no more is left to backfill, and once that has copied all, there is nothing to do', async () => {
  const { s3repl, byHand } = aSetUp();
  expect(ending(await s3repl('apply', '--yes'))).toMatchObject({ code: 0 });
  await byHand(async ({ sandbox, destinationKeys, put }) => {
    const { KeyMetadata } = await destinationKeys.send(
      new DescribeKeyCommand({ KeyId: 'alias/s3repl-invoices-dr-replica' }),
    );
    const KeyId = KeyMetadata?.KeyId;
    await destinationKeys.send(new DisableKeyCommand({ KeyId }));
    await put('failed');
    await sandbox.clock.sleep(3 * minuteMs);
    await destinationKeys.send(new EnableKeyCommand({ KeyId }));
  });
  expect(ending(await s3repl('status'))).toMatchObject({ code: 5, next: 's3repl doctor --sandbox' });

  await byHand(async ({ sandbox, put }) => {
    await put('arrives');
    await sandbox.clock.sleep(3 * minuteMs);
  });
  expect(ending(await s3repl('status'))).toMatchObject({ code: 5, next: 's3repl backfill --status failed --sandbox' });

  expect(ending(await s3repl('backfill', '--yes', '--status', 'failed'))).toMatchObject({ code: 0 });
  // Of the last hour, so that nobody who looks each hour misses it.
  const after = ending(await s3repl('status'));
  expect(after).toMatchObject({ code: 5, status: { failed: 1 } });
  expect(after).not.toHaveProperty('next');
});
