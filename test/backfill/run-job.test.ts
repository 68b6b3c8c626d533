import { CreateJobCommand, type CreateJobCommandInput, UpdateJobStatusCommand } from '@aws-sdk/client-s3-control';
import { beforeAll, describe, expect, it } from 'vitest';
import { applyChanges } from '../../src/apply/apply.ts';
import type { JobWork } from '../../src/backfill/job-work.ts';
import { runJob } from '../../src/backfill/run-job.ts';
import { connect } from '../../src/connect/connect.ts';
import type { Event } from '../../src/events/event.ts';
import { Failure } from '../../src/events/failure.ts';
import { observe } from '../../src/observe/observe.ts';
import { type JobRequest, jobRequests, usualStatuses } from '../../src/plan/backfill-jobs.ts';
import { planBackfillRole } from '../../src/plan/plan.ts';
import type { SandboxFault, SandboxRequest } from '../../src/sandbox/practice/faults.ts';
import type { SandboxState } from '../../src/sandbox/store/state.ts';
import { aSpec, SOURCE } from '../builders.ts';
import { applyOverOldObjects } from '../crash/backfilling.ts';
import { aCloud, copyOf } from '../crash/cloud.ts';
import { clientsOf } from '../sandbox/clients.ts';

const spec = aSpec();
const role = `arn:aws:iam::${SOURCE}:role/s3repl-invoices-dr-backfill`;
const request = (given: Partial<Parameters<typeof jobRequests>[2]> = {}): JobRequest => {
  const [first] = jobRequests(spec, role, { rules: [], statuses: usualStatuses, priority: 10, ...given });
  if (first === undefined) throw new Error('no request');
  return first;
};

let start: SandboxState;

/** A setup with three old objects, and the role of a job that AWS has known for a while. */
beforeAll(async () => {
  const { sandbox, surroundings } = await aCloud();
  await applyOverOldObjects(spec, { sandbox, run: (one) => one(surroundings()) }, ['a', 'b', 'c']);
  const connections = await connect(spec, surroundings());
  const { changes } = planBackfillRole(await observe(connections, spec, { backfillRole: true }), spec);
  await applyChanges(changes, { connections, surroundings: surroundings(), signal: new AbortController().signal });
  connections.close();
  await sandbox.clock.sleep(60_000);
  start = copyOf(sandbox.state);
});

async function aBackfill(fault: (request: SandboxRequest) => SandboxFault | undefined = () => undefined) {
  const { sandbox, surroundings } = await aCloud(start);
  const stop = new AbortController();
  const events: Event[] = [];
  const looks: number[] = [];
  const around = surroundings((one) => {
    if (one.operation === 'DescribeJob') looks.push(sandbox.clock.now());
    return fault(one);
  });
  const connections = await connect(spec, around);
  const work: JobWork = {
    at: connections.get('source'),
    spec,
    surroundings: { ...around, report: (event) => events.push(event) },
    signal: stop.signal,
    wait: true,
    roleIsNew: false,
  };
  const { s3Control } = clientsOf(sandbox);
  return {
    ...{ sandbox, work, events, looks, stop },
    run: (given: Partial<JobWork> = {}, asked = request()) => runJob(asked, { ...work, ...given }),
    jobs: () => Object.values(sandbox.state.jobs),
    /** Somebody else's run. */
    create: async (asked: JobRequest) => {
      const input: CreateJobCommandInput = { ...asked, ClientRequestToken: 'another', ConfirmationRequired: false };
      return (await s3Control.send(new CreateJobCommand(input))).JobId ?? '';
    },
    /** A run that was killed before it confirmed its job. */
    leave: async (asked: JobRequest, ClientRequestToken = 'killed') =>
      (await s3Control.send(new CreateJobCommand({ ...asked, ClientRequestToken }))).JobId ?? '',
    cancel: (JobId: string) =>
      s3Control.send(new UpdateJobStatusCommand({ AccountId: SOURCE, JobId, RequestedJobStatus: 'Cancelled' })),
  };
}

const refusalOf = async (run: Promise<unknown>): Promise<Failure> => {
  const error: unknown = await run.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure)) throw error;
  return error;
};

describe('a job', () => {
  it('is asked for, confirmed with its number of objects, and watched to its end', async () => {
    const { run, jobs, events } = await aBackfill();
    const asked: number[] = [];
    const job = await run({ approveCount: async (objects) => void asked.push(objects) });
    expect(job).toMatchObject({ status: 'Complete', total: 3, succeeded: 3, failed: 0 });
    expect(asked).toEqual([3]);
    expect(jobs()).toHaveLength(1);
    const seen = events.flatMap((event) => (event.type === 'progress' ? [event.status] : []));
    expect(seen).toEqual(['Suspended', 'Complete']);
  });

  it('is looked at no more than once in 30 seconds', async () => {
    const { run, looks } = await aBackfill();
    await run();
    const pauses = looks.slice(1).map((time, index) => time - (looks[index] ?? 0));
    expect(pauses.length).toBeGreaterThan(1);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(30_000);
  });

  it('that is under way with the same request is joined, and confirmed if nobody did', async () => {
    const { run, leave, jobs } = await aBackfill();
    const id = await leave(request());
    expect(await run()).toMatchObject({ id, status: 'Complete', succeeded: 3 });
    expect(jobs()).toHaveLength(1);
  });

  it('is asked for once where the answer to CreateJob is lost', async () => {
    let lost = false;
    const { run, jobs } = await aBackfill(({ operation }) => {
      if (operation !== 'CreateJob' || lost) return undefined;
      lost = true;
      return 'lost-answer';
    });
    expect(await run()).toMatchObject({ status: 'Complete' });
    expect(jobs()).toHaveLength(1);
  });

  it('waits for another one of the configuration', async () => {
    const { run, create, jobs } = await aBackfill();
    const other = await create(request({ statuses: ['failed'] }));
    expect(await run()).toMatchObject({ status: 'Complete', succeeded: 3 });
    const [first, second] = jobs().toSorted((a, b) => a.created - b.created);
    expect(first?.id).toBe(other);
    expect(second?.created).toBeGreaterThanOrEqual(first?.ended ?? Number.POSITIVE_INFINITY);
  });

  it('is refused where another one is under way and nobody waits', async () => {
    const { run, create, jobs } = await aBackfill();
    const other = await create(request({ statuses: ['none'] }));
    const { outcome, code, message } = await refusalOf(run({ wait: false }));
    expect([outcome, code]).toEqual(['blocked', 'other-job-active']);
    expect(message).toContain(other);
    expect(jobs()).toHaveLength(1);
  });

  it('is refused where another one waits to be confirmed and nobody does', async () => {
    const { run, leave, jobs } = await aBackfill();
    const other = await leave(request({ statuses: ['none'] }));
    const { outcome, code, fix } = await refusalOf(run());
    expect([outcome, code]).toEqual(['blocked', 'other-job-unconfirmed']);
    expect(fix).toContain(`--cancel ${other}`);
    expect(jobs().map(({ status }) => status)).toEqual(['Suspended']);
  });

  it('is canceled where there are more objects than allowed, before one is copied', async () => {
    const { run, jobs, sandbox } = await aBackfill();
    const { outcome, code, message } = await refusalOf(run({ maxObjects: 2 }));
    expect([outcome, code]).toEqual(['blocked', 'too-many-objects']);
    expect(message).toMatch(/3 objects.*allows 2/);
    await sandbox.clock.sleep(60_000);
    expect(jobs()).toMatchObject([{ status: 'Cancelled', succeeded: 0 }]);
    expect((await run({ maxObjects: 3 })).status).toBe('Complete');
  });

  it('is canceled after a no to its number of objects', async () => {
    const { run, jobs, sandbox } = await aBackfill();
    const no = async () => {
      throw new Failure('cancelled', 'declined', 'declined');
    };
    expect((await refusalOf(run({ approveCount: no }))).code).toBe('declined');
    await sandbox.clock.sleep(60_000);
    expect(jobs()).toMatchObject([{ status: 'Cancelled', succeeded: 0 }]);
  });

  it('goes on after Ctrl-C, and the next run joins it', async () => {
    const { run, jobs, stop, work } = await aBackfill();
    const sleep = async (ms: number) => {
      await work.surroundings.sleep(ms);
      if (jobs()[0]?.status === 'Ready' || jobs()[0]?.status === 'Suspended') stop.abort();
    };
    const { outcome, message, fix } = await refusalOf(run({ surroundings: { ...work.surroundings, sleep } }));
    const [job] = jobs();
    expect(outcome).toBe('cancelled');
    expect(message).toMatch(new RegExp(`job ${job?.id} waits to be confirmed`));
    expect(fix).toContain(`--cancel ${job?.id}`);
    expect(await run({ signal: new AbortController().signal })).toMatchObject({ id: job?.id, status: 'Complete' });
    expect(jobs()).toHaveLength(1);
  });

  it('goes on at the deadline, whose end is unknown', async () => {
    const { run, stop, work } = await aBackfill();
    const sleep = async () => stop.abort(new Failure('failed', 'deadline', 'the deadline of 1 min has passed'));
    const { outcome, code } = await refusalOf(run({ surroundings: { ...work.surroundings, sleep } }));
    expect([outcome, code]).toEqual(['unknown', 'deadline']);
  });

  it('is left at once where nobody waits and it needs no confirmation, else once it is confirmed', async () => {
    const { run, jobs, sandbox } = await aBackfill();
    const free = { ...request(), ConfirmationRequired: false };
    expect(await run({ wait: false }, free)).toMatchObject({ id: jobs()[0]?.id, status: 'New' });
    await sandbox.clock.sleep(60_000);
    expect(jobs()).toMatchObject([{ status: 'Complete', succeeded: 3 }]);
    const held = await aBackfill();
    expect((await held.run({ wait: false, maxObjects: 3 })).total).toBe(3);
    await held.sandbox.clock.sleep(60_000);
    expect(held.jobs()).toMatchObject([{ status: 'Complete', succeeded: 3 }]);
  });

  it('that found nothing is over, and the next one is another', async () => {
    const { run, jobs } = await aBackfill();
    await run();
    expect(await run()).toMatchObject({ status: 'Failed', reasons: [{ reason: expect.stringMatching(/no keys/) }] });
    await run();
    expect(jobs()).toHaveLength(3);
  });

  it('is asked for again where AWS does not know the role yet', async () => {
    const { run, jobs, sandbox, events } = await aBackfill();
    const made = Object.values(sandbox.state.accounts[SOURCE]?.roles ?? {}).find(({ arn }) => arn === role);
    if (made === undefined) throw new Error('no role');
    Object.assign(made, { visibleAt: sandbox.clock.now() + 12_000 });
    expect(await run()).toMatchObject({ status: 'Complete', succeeded: 3 });
    expect(jobs().map(({ status }) => status)).toEqual(['Failed', 'Complete']);
    expect(events).toContainEqual(expect.objectContaining({ type: 'warning', code: 'role-not-known-yet' }));
    Object.assign(made, { visibleAt: Number.MAX_SAFE_INTEGER });
    expect((await run()).status).toBe('Failed');
    expect(jobs()).toHaveLength(4);
  });

  it('ends with what AWS refuses, by name', async () => {
    const refusing = (code: string) =>
      aBackfill(({ operation }) => (operation === 'CreateJob' ? { code, status: 400 } : undefined));
    const same = await refusing('IdempotencyException');
    expect((await refusalOf(same.run())).code).toBe('same-token');
    const denied = await refusing('AccessDenied');
    await expect(denied.run()).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(denied.jobs()).toHaveLength(0);
  });

  it('is refused where the account has six active ones, which are named', async () => {
    const { run, leave } = await aBackfill();
    for (const n of [1, 2, 3, 4, 5, 6]) await leave({ ...request(), Description: `theirs ${n}` }, `of theirs ${n}`);
    const { code, message } = await refusalOf(run());
    expect(code).toBe('too-many-jobs');
    expect(message).toMatch(/theirs 6.*theirs 1/);
  });

  it('is refused by name where AWS has too many, of other Regions perhaps', async () => {
    const { run, work } = await aBackfill();
    const refusal = Object.assign(new Error('Slow down'), { name: 'TooManyRequestsException' });
    const send = work.at.s3Control.send.bind(work.at.s3Control) as (command: object) => Promise<unknown>;
    // The SDK would try again, with pauses.
    const refusing = async (command: object) => {
      if (command instanceof CreateJobCommand) throw refusal;
      return send(command);
    };
    Object.assign(work.at.s3Control, { send: refusing });
    const { outcome, code, message } = await refusalOf(run());
    expect([outcome, code]).toEqual(['blocked', 'too-many-jobs']);
    expect(message).toContain('perhaps in other Regions');
  });

  it('that AWS does not know after five minutes is told', async () => {
    const { run } = await aBackfill(({ operation }) =>
      operation === 'DescribeJob' ? { code: 'NotFoundException', status: 400 } : undefined,
    );
    expect((await refusalOf(run())).code).toBe('job-unknown');
  });
});
