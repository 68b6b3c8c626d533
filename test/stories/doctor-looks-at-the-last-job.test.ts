import { DeleteRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { expect, it } from 'vitest';
import { aSetUp, ending, REPLICA } from './by-hand.ts';
import type { Ended } from './cli.ts';
import { applyWithOldObjects, jobOf, keysOf, put, versionsIn } from './old-objects.ts';

const role = 's3repl-invoices-dr-backfill';

/** The check of jobs, as a line of JSON. */
function c32({ lines }: Ended) {
  return lines.find(({ check }) => check === 'C32');
}

it('doctor says what the job does that copies old objects, what it has not copied, and what is wrong with its role', async () => {
  const { s3repl, byHand } = aSetUp();
  await applyWithOldObjects({ s3repl, byHand }, (people) => put(people, keysOf('old-', 100)));
  expect(c32(await s3repl('doctor'))).toBeUndefined();

  const { id } = jobOf(await s3repl('backfill', '--yes', '--no-wait'));
  await byHand(({ sandbox }) => sandbox.clock.sleep(9_000));
  const during = await s3repl('doctor');
  expect(ending(during)).toMatchObject({ code: 0, outcome: 'healthy' });
  expect(c32(during)).toMatchObject({
    status: 'ok',
    causes: [
      { level: 'note', summary: expect.stringMatching(`^Job ${id} .* is copying .*: \\d+ of 100 done, 0 failed.$`) },
    ],
  });

  // Somebody takes the role's rights away, and then lets S3 alone assume it.
  await byHand(({ iam }) => iam.send(new DeleteRolePolicyCommand({ RoleName: role, PolicyName: role })));
  await byHand(({ sandbox }) => sandbox.clock.sleep(60_000));
  const failed = await s3repl('doctor');
  expect(c32(failed)).toMatchObject({
    status: 'warning',
    causes: [
      {
        summary: expect.stringMatching(`^Job ${id} .* with failures: 100 of 100 done, [1-9]\\d* failed\\.$`),
        fix: expect.stringContaining('s3repl backfill --status failed'),
      },
      {
        summary: expect.stringContaining('may not use s3:InitiateReplication'),
        fix: expect.stringContaining('Run s3repl backfill: it writes the policy of the role again'),
        fixedByApply: false,
      },
    ],
  });
  await byHand(({ iam }) =>
    iam.send(
      new UpdateAssumeRolePolicyCommand({
        RoleName: role,
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        }),
      }),
    ),
  );
  await byHand(({ sandbox }) => sandbox.clock.sleep(20_000));
  expect(c32(await s3repl('doctor'))?.causes).toContainEqual(
    expect.objectContaining({
      summary: expect.stringContaining('does not let S3 Batch Operations (batchoperations.s3.amazonaws.com) assume it'),
      fix: expect.stringContaining('Run s3repl backfill'),
    }),
  );

  expect(ending(await s3repl('backfill', '--yes'))).toMatchObject({ code: 0, outcome: 'done' });
  await byHand(async ({ sandbox }) => expect(versionsIn(sandbox, REPLICA)).toHaveLength(100));
  expect(c32(await s3repl('doctor'))).toBeUndefined();
});
