import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { aSetUp } from './by-hand.ts';
import { applyWithOldObjects, keysOf, put } from './old-objects.ts';

it('--json has the request, the role, how far it has come and what became of it; --summary has its end', async () => {
  const { folder, s3repl, byHand } = aSetUp();
  await applyWithOldObjects({ s3repl, byHand }, async (people) => {
    await put(people, keysOf('old-', 300));
    // Until S3 has counted the objects.
    await people.sandbox.clock.sleep(2 * 24 * 3_600_000);
  });

  const { code, lines } = await s3repl('backfill', '--yes', '--summary', 'summary.md');
  expect(code).toBe(0);
  const kinds = lines.map(({ type }) => type).filter((type) => type !== 'verdict');
  expect(kinds.filter((type, index) => type !== kinds[index - 1])).toEqual([
    'change',
    'backfill',
    'step',
    'pending',
    'progress',
    'result',
  ]);
  const of = (type: string) => lines.filter((line) => line.type === type);
  expect(of('change')).toMatchObject([
    { step: 'backfill-role', action: 'create', resource: 'role s3repl-invoices-dr-backfill' },
  ]);
  expect(of('backfill')).toMatchObject([
    {
      requests: [
        {
          AccountId: '111111111111',
          Description: expect.stringMatching(/^s3repl invoices-dr [0-9a-f]{12}$/),
          ConfirmationRequired: true,
          RoleArn: 'arn:aws:iam::111111111111:role/s3repl-invoices-dr-backfill',
        },
      ],
      missing: [{ destination: 'acme-invoices-replica', looked: 300, missing: 300 }],
      cost: { currency: 'USD', region: 'us-east-1', jobs: 0.25, manifest: expect.any(Number) },
    },
  ]);
  const progress = of('progress').map(({ status, total, succeeded, failed }) => ({ status, total, succeeded, failed }));
  expect(progress[0]).toEqual({ status: 'Suspended', total: 300, succeeded: 0, failed: 0 });
  expect(progress.at(-1)).toEqual({ status: 'Complete', total: 300, succeeded: 300, failed: 0 });
  const job = { id: of('progress')[0]?.job, status: 'Complete', total: 300, succeeded: 300, failed: 0 };
  expect(lines.at(-1)).toEqual({
    ...{ type: 'result', command: 'backfill', outcome: 'done', changes: 1, job },
    ...{ summary: `all 300 objects were replicated (job ${job.id})`, sandbox: true },
  });
  const summary = readFileSync(join(folder.path, 'summary.md'), 'utf8');
  expect(summary).toContain(`all 300 objects were replicated (job ${job.id})`);
});
