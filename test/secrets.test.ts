import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { humanView } from '../src/show/human-view.ts';
import { jsonView } from '../src/show/json-view.ts';
import { secretsFound } from './found-secrets.ts';

// In two parts: this file is looked through, too.
const secret = ['SANDBOX', 'SECRET'].join('');
const token = ['FQoGZXIv', 'YXdzEBYaD'].join('');

it('a secret is seen in what a process writes, in pieces too', async () => {
  const script = `process.stdout.write('a ${secret.slice(0, 5)}'); setTimeout(() => process.stdout.write('${secret.slice(5)}'), 50)`;
  await promisify(execFile)(process.execPath, ['-e', script]);
  expect(secretsFound()).toHaveLength(1);
  await promisify(execFile)(process.execPath, ['-e', `process.stderr.write('${token}x')`]);
  expect(secretsFound()).toHaveLength(1);
});

it('a secret is seen in what the views write', () => {
  const output = { write: () => undefined };
  const note = { type: 'note', message: `signed in with ${secret}` } as const;
  humanView(output, output, { verbose: false, sandbox: false, color: false, show: 'documents' }).report(note);
  expect(secretsFound()).toHaveLength(1);
  jsonView(output, { verbose: false, sandbox: false }).report({ type: 'warning', code: 'x', message: token });
  expect(secretsFound()).toHaveLength(1);
});

it('a secret is seen in the files of a folder that is removed', async () => {
  const aFolder = () => {
    const folder = mkdtempSync(join(tmpdir(), 's3repl-secrets-'));
    writeFileSync(join(folder, 'plan.json'), `{"x":"${secret}"}`);
    return folder;
  };
  expect(() => rmSync(aFolder(), { recursive: true })).toThrow(/credentials were written/);
  await expect(rm(aFolder(), { recursive: true })).rejects.toThrow(/plan\.json/);
});
