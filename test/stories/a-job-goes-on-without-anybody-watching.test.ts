import { expect, it } from 'vitest';
import { aSetUp, ending, SOURCE } from './by-hand.ts';
import { applyWithOldObjects, countBy, jobOf, keysOf, put, versionsIn } from './old-objects.ts';

const many = keysOf('old-', 30);

it('the next run joins it and sees its end; a job for other objects is refused where nobody waits', async () => {
  const { s3repl, byHand } = aSetUp();
  await applyWithOldObjects({ s3repl, byHand }, (people) => put(people, many));

  const started = await s3repl('backfill', '--status', 'none', '--yes', '--no-wait');
  const { id } = jobOf(started);
  expect(ending(started)).toMatchObject({
    ...{ code: 0, outcome: 'started', changes: 1, job: { id: expect.any(String), status: 'New' } },
    next: 's3repl backfill --status none --sandbox',
  });
  expect((await s3repl('backfill', '--list')).lines).toMatchObject([
    { type: 'job', id, status: 'New' },
    { type: 'result', outcome: 'done', summary: '1 job of this configuration, 1 active' },
  ]);
  expect(ending(await s3repl('backfill', '--yes', '--no-wait'))).toMatchObject({
    ...{ code: 5, outcome: 'blocked' },
    error: { code: 'other-job-active', message: expect.stringContaining(id), fix: expect.stringContaining(id) },
  });

  // Nobody has to be asked, as nothing is asked of AWS.
  const joined = await s3repl('backfill', '--status', 'none');
  expect(ending(joined)).toMatchObject({
    ...{ code: 0, outcome: 'done', changes: 0 },
    job: { id, status: 'Complete', total: 30, succeeded: 30, failed: 0 },
  });
  await byHand(async ({ sandbox }) => expect(Object.keys(sandbox.state.jobs)).toEqual([id]));
});

it('a job for other objects waits for its end', async () => {
  const { s3repl, byHand } = aSetUp();
  await applyWithOldObjects({ s3repl, byHand }, (people) => put(people, many));
  const { id } = jobOf(await s3repl('backfill', '--status', 'none', '--yes', '--no-wait'));

  const other = await s3repl('backfill', '--status', 'failed', '--yes');
  expect(ending(other)).toMatchObject({ code: 0, outcome: 'done' });
  const progress = other.lines.filter(({ type }) => type === 'progress').map(({ job, status }) => ({ job, status }));
  expect(progress.slice(0, 2)).toEqual([
    { job: id, status: 'New' },
    { job: id, status: 'Complete' },
  ]);
  expect(jobOf(other).id).not.toBe(id);
  await byHand(async ({ sandbox }) => {
    const [first, second] = Object.values(sandbox.state.jobs);
    expect(first).toMatchObject({ id, succeeded: 30 });
    expect(second?.created).toBeGreaterThan(first?.ended ?? Number.POSITIVE_INFINITY);
    expect(countBy(versionsIn(sandbox, SOURCE), ({ replication = 'NONE' }) => replication)).toEqual({ COMPLETED: 30 });
  });
});
