import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateJobCommand } from '@aws-sdk/client-s3-control';
import { expect, it } from 'vitest';
import { clientsOf } from '../sandbox/clients.ts';
import { aSetUp, ending, type People, REPLICA, SOURCE } from './by-hand.ts';
import { endReplication, jobOf, keysOf, put, versionsIn } from './old-objects.ts';

/** A job of somebody else, which waits to be confirmed. */
async function startTheirs({ sandbox }: People): Promise<string> {
  const { iam, s3Control } = clientsOf(sandbox);
  const statement = {
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { Service: 'batchoperations.s3.amazonaws.com' },
  };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'theirs', AssumeRolePolicyDocument }));
  const { JobId = '' } = await s3Control.send(
    new CreateJobCommand({
      ...{ AccountId: '111111111111', Priority: 1, RoleArn: Role?.Arn, ConfirmationRequired: true },
      Description: 's3repl invoices-dr by hand',
      Operation: { S3ReplicateObject: {} },
      Report: { Enabled: false },
      ManifestGenerator: {
        S3JobManifestGenerator: { SourceBucket: `arn:aws:s3:::${SOURCE}`, EnableManifestOutput: false },
      },
    }),
  );
  return JobId;
}

it('--cancel ends a job of ours and no other; --max-objects ends it before anything is copied', async () => {
  const { s3repl, byHand } = aSetUp();
  await s3repl('apply', '--yes');
  const theirs = await byHand(async (people) => {
    await endReplication(people);
    await put(people, keysOf('old-', 100));
    return startTheirs(people);
  });
  await s3repl('apply', '--yes');

  const tooMany = await s3repl('backfill', '--yes', '--max-objects', '99');
  expect(ending(tooMany)).toMatchObject({
    ...{ code: 5, outcome: 'blocked' },
    error: { code: 'too-many-objects', message: expect.stringMatching(/100 objects, but --max-objects allows 99/) },
  });
  await byHand(async ({ sandbox }) => {
    expect(Object.values(sandbox.state.jobs).filter(({ id }) => id !== theirs)).toMatchObject([
      { status: expect.stringMatching(/^Cancell(ing|ed)$/), succeeded: 0 },
    ]);
    expect(versionsIn(sandbox, REPLICA)).toEqual([]);
  });

  const { id } = jobOf(await s3repl('backfill', '--yes', '--no-wait'));
  await byHand(({ sandbox }) => sandbox.clock.sleep(12_000));
  const canceled = await s3repl('backfill', '--cancel', id);
  expect(ending(canceled)).toMatchObject({ code: 0, outcome: 'done', changes: 1, job: { id, status: 'Cancelled' } });
  expect(jobOf(canceled).succeeded).toBeGreaterThan(0);
  expect(jobOf(canceled).succeeded).toBeLessThan(100);
  expect(ending(await s3repl('backfill', '--cancel', id))).toMatchObject({ code: 0, outcome: 'unchanged' });
  await byHand(async ({ sandbox }) => {
    expect(versionsIn(sandbox, REPLICA)).toHaveLength(jobOf(canceled).succeeded);
  });

  for (const [job, code] of [
    [theirs, 'not-our-job'],
    ['no-job', 'no-such-job'],
  ] as const) {
    expect(ending(await s3repl('backfill', '--cancel', job))).toMatchObject({
      code: 3,
      outcome: 'invalid',
      error: { code },
    });
  }
  await byHand(async ({ sandbox }) => expect(sandbox.state.jobs[theirs]).toMatchObject({ id: theirs }));

  const left = await s3repl('backfill', '--yes', '--max-objects', '100');
  expect(ending(left)).toMatchObject({ code: 0, outcome: 'done', job: { succeeded: 100 - jobOf(canceled).succeeded } });
});
