import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Client, Trial } from './client.ts';
import { surpriseOf, trialsOf, tryClient, versionOf } from './try-client.ts';

const trial: Trial = { does: 'something', script: 'true' };
const known: Trial = { ...trial, fails: { saying: 'NotImplemented', because: 'it is not there' } };
const ended = (code: number, stdout = '', stderr = '') => ({ code, stdout, stderr });

it.each([
  ['a trial that succeeds', trial, ended(0, 'anything'), undefined],
  ['a trial that fails', trial, ended(1, '', 'AccessDenied'), 'AccessDenied'],
  ['a trial that prints what it must', { ...trial, prints: 'one\ntwo' }, ended(0, 'one\ntwo\n'), undefined],
  ['a trial that prints something else', { ...trial, prints: 'one' }, ended(0, 'one\ntwo\n'), 'does not work'],
  ['a trial that prints more than nothing', { ...trial, prints: '' }, ended(0, 'uploaded'), 'does not work'],
  ['a known failure', known, ended(1, '', 'NotImplemented'), undefined],
  ['a known failure for another reason', known, ended(1, '', 'AccessDenied'), 'AccessDenied'],
  ['a known failure that works now', known, ended(0), 'works now'],
])('%s', (_, one, end, surprise) => {
  const found = surpriseOf(one, end);
  if (surprise === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(surprise);
});

it('tries each trial in its buckets, and tells which did not end as the table says', async () => {
  const folder = mkdtempSync(join(tmpdir(), 's3repl-try-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const client: Client = {
    name: 'Bash',
    version: 'bash --version',
    settings: 'none',
    prepare: (place) => `echo ${place} > prepared`,
    trials: [
      { does: 'its settings', script: 'grep -qx "$bucket" prepared' },
      { does: 'a pipe that breaks', script: 'false | true' },
      { does: 'its own bucket', places: ['own'], script: 'echo "$bucket"', prints: 'own' },
    ],
  };
  const lines: string[] = [];
  const roomFor = (_: string, place: string) => ({ folder, env: { PATH: process.env.PATH, bucket: place } });
  expect(await tryClient(client, { roomFor }, (line) => lines.push(line))).toBe(3);
  expect(trialsOf(client)).toBe(5);
  expect(lines.map((line) => line.split('\n')[0])).toEqual([
    'Bash, a pipe that breaks (bucket: own) does not work:',
    'Bash, a pipe that breaks (bucket: replicated) does not work:',
  ]);
});

it.each([
  ['echo program 1.60.1-DEV', '1.60'],
  ['echo version 2.3.0 >&2', '2.3'],
  ['no-such-program --version', undefined],
])('the version of %s', async (version, shown) => {
  expect(await versionOf({ name: 'x', version, settings: '', trials: [] })).toBe(shown);
});
