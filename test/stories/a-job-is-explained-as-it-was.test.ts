import { CreateBucketCommand, GetBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { aSetUp, ending, type People, REPLICA } from './by-hand.ts';
import { applyWithOldObjects, jobOf, keysOf, put } from './old-objects.ts';

const REPORTS = 'acme-reports';

async function makeBucket({ source }: People): Promise<void> {
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
  await source.send(new CreateBucketCommand({ Bucket: REPORTS, CreateBucketConfiguration }));
}

/** The replica of `a`. */
async function keepOut({ destination }: People): Promise<void> {
  const { Policy = '' } = await destination.send(new GetBucketPolicyCommand({ Bucket: REPLICA }));
  const document = JSON.parse(Policy);
  const Resource = `arn:aws:s3:::${REPLICA}/a`;
  const deny = { Sid: 'KeepOut', Effect: 'Deny', Principal: '*', Action: 's3:ReplicateObject', Resource };
  const changed = JSON.stringify({ ...document, Statement: [...document.Statement, deny] });
  await destination.send(new PutBucketPolicyCommand({ Bucket: REPLICA, Policy: changed }));
}

it('a job that found nothing was made and charged: it is done, not unchanged, and status does not show it as failed', async () => {
  const { folder, s3repl, byHand } = aSetUp();
  await applyWithOldObjects({ s3repl, byHand }, (people) => put(people, ['a', 'b']));
  const ended = await s3repl('backfill', '--yes', '--status', 'completed');
  const { id } = jobOf(ended);
  expect(ending(ended)).toMatchObject({
    ...{ code: 0, outcome: 'done' },
    summary: `no object was replicated: job ${id} found none to replicate with status completed`,
  });
  const { stdout } = await folder.s3repl(['status', '--sandbox']);
  expect(stdout).toMatch(new RegExp(`✔ job +${id} found no object to replicate`));
  expect(stdout).not.toContain('Failed');

  // Another command does not know which status the job looked for.
  const explained = await s3repl('backfill', '--explain', id);
  expect(ending(explained)).toMatchObject({
    ...{ code: 0, outcome: 'done' },
    summary: `no object was replicated: job ${id} found none to replicate`,
  });
  expect(explained.lines).toHaveLength(1);
});

it('a job of a moment ago is waited for where only the list of jobs has it: it is canceled', async () => {
  const { s3repl, byHand } = aSetUp();
  await applyWithOldObjects({ s3repl, byHand }, (people) => put(people, ['a', 'b']));
  const { id } = jobOf(await s3repl('backfill', '--yes', '--no-wait'));
  // As the run that is stopped says: the same command, with --cancel.
  const canceled = await s3repl('backfill', '--yes', '--no-wait', '--status', 'none,failed', '--cancel', id);
  expect(canceled.lines).toContainEqual(expect.objectContaining({ type: 'pending', resource: `job ${id}` }));
  expect(ending(canceled)).toMatchObject({ code: 0, job: { id } });
});

it.each([
  [['--explain', ''], 'use the ID of a job'],
  [['--cancel', '../jobs'], 'use the ID of a job'],
  [['--list', '--out', 'failed.csv'], "'--list' cannot be used with option '--out <file>'"],
  [['--list', '--manifest', 'list.csv'], "'--list' cannot be used with option '--manifest <list>'"],
  [['--no-report', '--full-report'], 'exclude each other'],
])('%j is refused, and not done in part', async (args, why) => {
  const { s3repl } = aSetUp();
  const message = expect.stringContaining(why);
  expect(ending(await s3repl('backfill', ...args))).toMatchObject({ code: 3, error: { message } });
});

it('a report in the bucket of the other account is refused: the job would fail, and be charged', async () => {
  const { s3repl, byHand } = aSetUp();
  await applyWithOldObjects({ s3repl, byHand }, (people) => put(people, ['a']));
  const refused = await s3repl('backfill', '--yes', '--force', '--report', `${REPLICA}/reports`);
  expect(ending(refused)).toMatchObject({
    code: 3,
    error: { code: 'report-elsewhere', message: expect.stringContaining('belongs to account 222222222222') },
  });
  await byHand(async ({ sandbox }) => expect(Object.values(sandbox.state.jobs)).toEqual([]));
});

it('a job that is about to end is not to be watched by the command that would start the next one', async () => {
  const { s3repl, byHand } = aSetUp();
  await applyWithOldObjects({ s3repl, byHand }, (people) => put(people, ['a', 'b']));
  const ended = await s3repl('backfill', '--yes', '--max-objects', '1');
  const [, id = ''] = /job (\S+) would replicate/.exec(JSON.stringify(ended.lines.at(-1))) ?? [];
  expect(ending(await s3repl('backfill', '--explain', id))).toMatchObject({
    code: 3,
    error: { code: 'job-active', fix: 'it is about to end: try again in a minute' },
  });
});

it('lists of jobs and what a job waits for stay in 80 columns', async () => {
  const { s3repl, folder, byHand } = aSetUp();
  await applyWithOldObjects({ s3repl, byHand }, (people) => put(people, keysOf('old-', 12)));
  const watched = await folder.s3repl(['backfill', '--sandbox', '--yes']);
  const listed = await folder.s3repl(['backfill', '--sandbox', '--list']);
  expect(listed.stdout).toMatch(/^[\d-]{10} [\d:]{5} {2}[\da-f-]{36} {2}Complete\n {2}12 of 12 done, 0 failed$/m);
  const lines = [watched, listed].flatMap(({ stdout, stderr }) => `${stdout}\n${stderr}`.split('\n'));
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});

it.each(['SlowDown', 'ExpiredToken'])(
  'a report that is not read for %s does not hide what came of the job, nor ask for another job',
  async (why) => {
    const { s3repl, byHand } = aSetUp();
    await applyWithOldObjects({ s3repl, byHand }, async (people) => {
      await put(people, ['a', 'b']);
      await makeBucket(people);
    });
    await byHand(keepOut);
    const args = ['--yes', '--force', '--report', REPORTS, '--out', 'failed.csv'];
    const ended = await s3repl('backfill', ...args, '--sandbox-fault', `GetObject=${why}`);
    const { id } = jobOf(ended);
    expect(ending(ended)).toMatchObject({
      ...{ code: 6, outcome: 'unknown', job: { failed: 1, succeeded: 1 } },
      error: {
        code: 'report-not-read',
        message: expect.stringMatching(
          /^1 of 2 objects was not replicated .*; s3repl does not know which: .*GetObject/,
        ),
        fix: expect.stringContaining(`s3repl backfill --explain ${id} --out failed.csv --sandbox`),
      },
    });
  },
);
