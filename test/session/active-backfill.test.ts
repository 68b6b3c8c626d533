/** What destroy does about jobs of backfill, in a sandbox in memory. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Connections } from '../../src/connect/connection.ts';
import { observe } from '../../src/observe/observe.ts';
import { cancelActiveJobs, findActiveJobs } from '../../src/session/active-backfill.ts';
import { aPractice, type Practice } from '../apply/in-sandbox.ts';
import { aSpec } from '../builders.ts';
import { describeJob, listJobs, updateStatus } from '../sandbox/jobs/backfilling.ts';
import { makeOurJobRole, putOldObject, startOurJob } from '../sandbox/jobs/our-job.ts';

const spec = aSpec();
let practice: Practice;
let connections: Connections;

beforeEach(async () => {
  practice = await aPractice();
  await practice.apply(spec);
  await putOldObject(practice.sandbox, 'a');
  connections = await practice.connect(spec);
});

const look = () => observe(connections, spec, { backfillRole: true });
const asked = () =>
  practice.requests.filter(({ service }) => service === 's3-control').map(({ operation }) => operation);
const session = (signal = new AbortController().signal) => ({
  ...{ spec, connections, signal },
  surroundings: practice.surroundings,
});
const find = async (cancel = false) => findActiveJobs(session(), await look(), cancel);
const cancel = async (timeoutMs = 900_000, signal?: AbortSignal) =>
  cancelActiveJobs(session(signal), await look(), timeoutMs);
const statusOf = async (id: string) => (await describeJob(practice.sandbox, id)).Status;

async function aJob(): Promise<string> {
  return startOurJob(practice.sandbox, spec, await makeOurJobRole(practice.sandbox, spec));
}

describe('jobs of backfill', () => {
  it('are not asked for where their role is not there', async () => {
    practice.requests.length = 0;
    expect(await find()).toEqual([]);
    expect(asked()).toEqual([]);
  });

  it('block destroy as long as they run, by name, state and progress', async () => {
    const id = await aJob();
    await expect(find()).rejects.toMatchObject({
      outcome: 'blocked',
      code: 'backfill-active',
      message: `a backfill is still running, and needs what s3repl destroy removes: the job ${id} of S3 Batch Operations is Preparing (its list of objects is not ready)`,
      fix: expect.stringContaining('--cancel-backfill'),
    });
    await practice.surroundings.sleep(60_000);
    await expect(find()).rejects.toThrow(`${id} of S3 Batch Operations is Suspended (0 of `);
    expect(await find(true)).toMatchObject([{ id, status: 'Suspended' }]);
  });

  it('are asked for in all states that are not over, and in no other', async () => {
    const id = await aJob();
    await updateStatus(practice.sandbox, id, 'Cancelled');
    await practice.surroundings.sleep(60_000);
    expect(await statusOf(id)).toBe('Cancelled');
    expect(await find()).toEqual([]);
  });

  it('of others are left alone', async () => {
    const role = await makeOurJobRole(practice.sandbox, spec);
    const id = await startOurJob(practice.sandbox, aSpec({ name: 'invoices' }), role);
    expect(await find()).toEqual([]);
    await cancel();
    expect(await statusOf(id)).not.toMatch(/^Cancel/);
  });
});

describe('to cancel jobs', () => {
  it('waits until they are over, and looks no more often than AWS asks for', async () => {
    const id = await aJob();
    practice.requests.length = 0;
    await cancel();
    expect(await statusOf(id)).toBe('Cancelled');
    expect((await listJobs(practice.sandbox)).Jobs).toHaveLength(1);
    expect(asked().slice(0, 4)).toEqual(['ListJobs', 'UpdateJobStatus', 'DescribeJob', 'DescribeJob']);
    const waits = practice.events.filter(({ type }) => type === 'pending');
    expect(waits).toContainEqual({
      type: 'pending',
      resource: `job ${id}`,
      reason: 'S3 Batch Operations to cancel it',
      seconds: 0,
    });
  });

  it('takes one that has ended meanwhile for ended', async () => {
    const id = await aJob();
    practice.meanwhile = async ({ operation }) => {
      if (operation !== 'UpdateJobStatus') return;
      practice.meanwhile = async () => undefined;
      await updateStatus(practice.sandbox, id, 'Cancelled');
      await practice.surroundings.sleep(60_000);
    };
    await cancel();
    expect(await statusOf(id)).toBe('Cancelled');
  });

  it('ends as unknown at the time limit', async () => {
    const id = await aJob();
    await expect(cancel(10_000)).rejects.toMatchObject({
      outcome: 'unknown',
      code: 'backfill-not-over',
      message: `after 0 minutes the job ${id} of S3 Batch Operations is still Cancelling; nothing else was changed`,
    });
  });

  it('ends where somebody stops it', async () => {
    const id = await aJob();
    const stop = new AbortController();
    practice.meanwhile = async ({ operation }) => {
      if (operation === 'DescribeJob') stop.abort();
    };
    await expect(cancel(900_000, stop.signal)).rejects.toMatchObject({
      outcome: 'cancelled',
      message: expect.stringContaining(`while the job ${id} was being canceled`),
    });
  });
});
