import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Asker, Context } from '../../src/session/context.ts';
import { runApply } from '../run-command.ts';

const person = { asked: [] as string[], leaves: false };
const ask: Asker = {
  confirm: async () => false,
  input: async (message) => {
    person.asked.push(message);
    if (person.leaves) throw Object.assign(new Error('User force closed the prompt'), { name: 'ExitPromptError' });
    return '';
  },
};

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 's3repl-sign-in-'));
  Object.assign(person, { asked: [], leaves: false });
  for (const name of ['AWS_PROFILE', 'AWS_ACCESS_KEY_ID']) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(state, { recursive: true, force: true });
});

function apply(interactive: boolean, sandboxFault: readonly string[]) {
  const output = { write: () => undefined };
  const context: Context = {
    stdout: output,
    stderr: output,
    ...(interactive && { ask }),
    env: {},
    signal: new AbortController().signal,
    use: () => undefined,
  };
  const config = 'docs/examples/invoices.yaml';
  return runApply({ config, yes: true, sandbox: true, state, color: false, flagValues: {}, sandboxFault }, context);
}

const expired = ['PutBucketReplication:1=ExpiredToken'];

describe('an apply whose credentials expire at a write', () => {
  it('asks who is there to sign in again, and goes on after Enter', async () => {
    expect(await apply(true, expired)).toMatchObject({ outcome: 'applied', changes: 9 });
    expect(person.asked).toHaveLength(1);
    expect(person.asked[0]).toContain('the credentials for account 111111111111 (arn:aws:iam::111111111111');
    expect(person.asked[0]).toMatch(/[^.]\. sign in again .*, then press Enter$/);
  });

  it('ends where that person leaves, and does not say that nothing was changed', async () => {
    person.leaves = true;
    await expect(apply(true, expired)).rejects.toMatchObject({
      outcome: 'cancelled',
      message: 'stopped: nobody signed in again',
      fix: expect.stringContaining('continues'),
    });
  });

  it('ends as unauthorized where nobody is there, and the next run finishes', async () => {
    await expect(apply(false, expired)).rejects.toMatchObject({ outcome: 'unauthorized', code: 'credentials-expired' });
    expect(person.asked).toEqual([]);
    expect(await apply(false, [])).toMatchObject({ outcome: 'applied', changes: 1 });
  });
});
