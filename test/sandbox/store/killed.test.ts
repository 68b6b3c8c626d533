import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { openSandbox } from '../../../src/sandbox/sandbox.ts';
import { drawFrom } from '../../draws.ts';

const writer = fileURLToPath(new URL('writer.js', import.meta.url));

/** Writes buckets until so many are answered, kills the process in the middle of the next, and gives the answered ones. */
async function killedAfter(directory: string, prefix: string, count: number): Promise<string[]> {
  const child = spawn(process.execPath, [writer, directory, prefix], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const answered: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    answered.push(line);
    if (answered.length === count) child.kill('SIGKILL');
  }
  expect(await ended).toEqual([null, 'SIGKILL']);
  return answered;
}

test('a process that is killed while it writes loses nothing that was answered', async () => {
  const directory = mkdtempSync(join(tmpdir(), 's3repl-killed-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const answered: string[] = [];
  // The process ends wherever it is by the time: in a request, in the journal, in a snapshot.
  for (const [round, count] of drawFrom([1, 50, 70, 90], 2).entries()) {
    answered.push(...(await killedAfter(directory, `round-${round}`, count)));
    const { state, close } = await openSandbox({ directory });
    const kept = Object.values(state.buckets).filter(({ tags }) => tags?.length === 40);
    expect(kept.map(({ name }) => name)).toEqual(expect.arrayContaining(answered));
    await close();
  }
});
