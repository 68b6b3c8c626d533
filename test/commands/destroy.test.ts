import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import type { Asker, Context } from '../../src/session/context.ts';
import { aSpec, SOURCE } from '../builders.ts';
import { runApply, runDestroy } from '../run-command.ts';
import { makeOurJobRole, putOldObject, startOurJob } from '../sandbox/jobs/our-job.ts';

const answer = { typed: '', asked: [] as string[] };
const ask: Asker = {
  confirm: async () => false,
  input: async (message) => {
    answer.asked.push(message);
    return answer.typed;
  },
};

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 's3repl-destroy-'));
  answer.asked.length = 0;
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

function aContext(interactive: boolean) {
  const written: string[] = [];
  const output = { write: (text: string) => written.push(text) };
  const context: Context = {
    stdout: output,
    stderr: output,
    ...(interactive && { ask }),
    env: {},
    signal: new AbortController().signal,
    use: () => undefined,
  };
  return { context, written };
}

const options = () => ({
  config: 'docs/examples/invoices.yaml',
  sandbox: true,
  state,
  color: false,
  flagValues: {},
  wait: true,
  timeout: 15,
});

/** What `apply` leaves, made once. */
const ready = mkdtempSync(join(tmpdir(), 's3repl-ready-'));
let isMade = false;
afterAll(() => rmSync(ready, { recursive: true, force: true }));

async function setUp(): Promise<void> {
  if (!isMade) await runApply({ ...options(), state: ready, yes: true }, aContext(false).context);
  isMade = true;
  cpSync(ready, state, { recursive: true });
}

describe('the approval of destroy', () => {
  it('is the name of the configuration, typed', async () => {
    await setUp();
    answer.typed = ' invoices-dr ';
    expect(await runDestroy(options(), aContext(true).context)).toMatchObject({ outcome: 'destroyed', changes: 5 });
    expect(answer.asked).toEqual(['Type the name of the configuration to remove it (invoices-dr):']);
  });

  it.each(['', 'y', 'yes', 'invoices'])('is not "%s": nothing is changed', async (typed) => {
    await setUp();
    answer.typed = typed;
    await expect(runDestroy(options(), aContext(true).context)).rejects.toMatchObject({
      outcome: 'cancelled',
      code: 'declined',
    });
    expect(await runApply({ ...options(), yes: true }, aContext(false).context)).toMatchObject({
      outcome: 'unchanged',
    });
  });

  it('is not asked for where there is nothing to take out', async () => {
    expect(await runDestroy(options(), aContext(true).context)).toMatchObject({ outcome: 'unchanged', changes: 0 });
    expect(answer.asked).toEqual([]);
  });

  it('is --yes where nobody can be asked; without it nothing is changed', async () => {
    await setUp();
    await expect(runDestroy(options(), aContext(false).context)).rejects.toMatchObject({
      outcome: 'invalid',
      code: 'no-approval',
    });
    expect(await runDestroy({ ...options(), yes: true }, aContext(false).context)).toMatchObject({
      outcome: 'destroyed',
    });
  });
});

describe('what destroy shows', () => {
  it('is the steps from the last to the first, and what stays', async () => {
    await setUp();
    const { context, written } = aContext(false);
    await runDestroy({ ...options(), yes: true }, context);
    const text = written.join('');
    const order = ['5  Replication rules', '4  Bucket policies', '3  Replication role', 'Stays', 'Plan: 0 to'];
    const places = order.map((heading) => text.indexOf(heading));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(-1);
    expect(text).toContain('versioning, which AWS cannot disable');
    expect(text).toContain('keys alias/s3repl-invoices-dr');
    const stays = text.slice(text.indexOf('Stays')).split('\n');
    expect(Math.max(...stays.map((line) => line.length))).toBeLessThan(81);
  });
});

describe('a backfill that still runs', () => {
  const spec = aSpec();

  async function inSandbox<T>(work: (sandbox: Sandbox) => Promise<T>): Promise<T> {
    const sandbox = await openSandbox({ directory: state });
    try {
      return await work(sandbox);
    } finally {
      await sandbox.close();
    }
  }

  async function backfilling(): Promise<string> {
    await setUp();
    return inSandbox(async (sandbox) => {
      await putOldObject(sandbox, 'a');
      return startOurJob(sandbox, spec, await makeOurJobRole(sandbox, spec));
    });
  }

  const roles = () => inSandbox(async ({ state: { accounts } }) => Object.keys(accounts[SOURCE]?.roles ?? {}));

  it('stops destroy before anything has gone', async () => {
    const id = await backfilling();
    await expect(runDestroy({ ...options(), yes: true }, aContext(false).context)).rejects.toMatchObject({
      outcome: 'blocked',
      code: 'backfill-active',
      message: expect.stringContaining(id),
    });
    expect(await runApply({ ...options(), yes: true }, aContext(false).context)).toMatchObject({
      outcome: 'unchanged',
    });
    expect(await roles()).toContain('s3repl-invoices-dr-backfill');
  });

  it('is canceled with --cancel-backfill, and its role is removed', async () => {
    const id = await backfilling();
    const { context, written } = aContext(false);
    const end = await runDestroy({ ...options(), yes: true, cancelBackfill: true }, context);
    expect(end).toMatchObject({ outcome: 'destroyed', changes: 6 });
    const text = written.join('').replace(/\s+/g, ' ');
    expect(text).toContain('7 Role of S3 Batch Operations');
    expect(text).toMatch(new RegExp(`job ${id} of S3 Batch Operations is [^;]*canceled first`));
    expect(await inSandbox(({ state: { jobs } }) => Promise.resolve(jobs[id]?.status))).toBe('Cancelled');
    expect(await roles()).not.toContain('s3repl-invoices-dr-backfill');
    expect(await runDestroy({ ...options(), yes: true }, aContext(false).context)).toMatchObject({
      outcome: 'unchanged',
    });
  });

  it('is not canceled by somebody who only looks', async () => {
    const id = await backfilling();
    const looking = { ...options(), look: true, cancelBackfill: true };
    expect(await runDestroy(looking, aContext(false).context)).toMatchObject({ outcome: 'planned', changes: 6 });
    expect(await inSandbox(({ state: { jobs } }) => Promise.resolve(jobs[id]?.status))).not.toMatch(/^Cancel/);
  });
});

describe('--delete-keys', () => {
  it('is refused while anything uses the keys, with what to do; --force does it', async () => {
    await setUp();
    const deleting = { ...options(), yes: true, deleteKeys: true, force: true };
    const { context, written } = aContext(false);
    expect(await runDestroy(deleting, context)).toMatchObject({ outcome: 'destroyed', changes: 7 });
    expect(written.join('')).toContain('key-in-use');
    expect(await runDestroy(deleting, aContext(false).context)).toMatchObject({ outcome: 'unchanged' });
  });

  it('is what --force is about', async () => {
    await expect(runDestroy({ ...options(), force: true }, aContext(false).context)).rejects.toMatchObject({
      outcome: 'invalid',
    });
  });
});
