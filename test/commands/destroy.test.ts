import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Asker, Context } from '../../src/session/context.ts';
import { runApply, runDestroy } from '../run-command.ts';

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

describe('the approval of destroy', () => {
  it('is the name of the configuration, typed', async () => {
    await runApply({ ...options(), yes: true }, aContext(false).context);
    answer.typed = ' invoices-dr ';
    expect(await runDestroy(options(), aContext(true).context)).toMatchObject({ outcome: 'destroyed', changes: 5 });
    expect(answer.asked).toEqual(['Type the name of the configuration to take it out (invoices-dr):']);
  });

  it.each(['', 'y', 'yes', 'invoices'])('is not "%s": nothing is changed', async (typed) => {
    await runApply({ ...options(), yes: true }, aContext(false).context);
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
    await runApply({ ...options(), yes: true }, aContext(false).context);
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
    await runApply({ ...options(), yes: true }, aContext(false).context);
    const { context, written } = aContext(false);
    await runDestroy({ ...options(), yes: true }, context);
    const text = written.join('');
    const order = ['5  Replication rules', '4  Bucket policies', '3  Replication role', 'Stays', 'Plan: 0 to'];
    const places = order.map((heading) => text.indexOf(heading));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(-1);
    expect(text).toContain('versioning: AWS cannot disable it');
    expect(text).toContain('keys alias/s3repl-invoices-dr');
    const stays = text.slice(text.indexOf('Stays')).split('\n');
    expect(Math.max(...stays.map((line) => line.length))).toBeLessThan(81);
  });
});

describe('--delete-keys', () => {
  it('is refused while anything uses the keys, with what to do; --force does it', async () => {
    await runApply({ ...options(), yes: true }, aContext(false).context);
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
