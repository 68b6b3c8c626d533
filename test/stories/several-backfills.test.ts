import { join } from 'node:path';
import { DeleteBucketReplicationCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, it, onTestFinished } from 'vitest';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import { clientsOf } from '../sandbox/clients.ts';
import { aTerminal, enter } from '../wizard/terminal.ts';
import { aFolder, invoices } from './cli.ts';

const called = (name: string) => invoices.replaceAll('invoices', name);

/** Two configurations that are applied; the first has old objects, and the setup of a third is not there. */
async function threeFiles() {
  const folder = aFolder();
  const names = ['invoices', 'reports'];
  for (const name of [...names, 'logs']) folder.write(`${name}.yaml`, called(name));
  const apply = () =>
    folder.s3repl(['apply', ...names.flatMap((name) => ['--config', `${name}.yaml`]), '--sandbox', '--yes']);
  expect((await apply()).code).toBe(0);
  const sandbox = await openSandbox({ directory: join(folder.path, '.s3repl') });
  const { s3 } = clientsOf(sandbox);
  await s3.send(new DeleteBucketReplicationCommand({ Bucket: 'acme-invoices' }));
  for (const Key of ['a', 'b']) await s3.send(new PutObjectCommand({ Bucket: 'acme-invoices', Key, Body: Key }));
  await sandbox.close();
  expect((await apply()).code).toBe(0);
  return folder;
}

it('each has a job of its own; the table and the exit code say how each has ended', async () => {
  const folder = await threeFiles();
  const ended = await folder.s3repl(['backfill', '--config', '.', '--sandbox', '--yes']);
  expect(ended.code).toBe(5);
  expect(ended.stdout).toMatch(
    /^NAME +OUTCOME +CHANGES +ERROR\ninvoices-dr +done +1\nlogs-dr +blocked +0 {2}bucket .*…\nreports-dr +done +1$/m,
  );
});

it('at a terminal one question is about all of them', async () => {
  const folder = await threeFiles();
  const terminal = aTerminal(folder.path, [
    'backfill',
    '--config',
    'invoices.yaml',
    '--config',
    'reports.yaml',
    '--sandbox',
  ]);
  onTestFinished(() => terminal.kill('SIGKILL'));
  await terminal.asks('Start these jobs, of 2 configurations?');
  terminal.press('y', enter);
  expect(await terminal.ended).toBe(0);
  const text = terminal.text();
  expect(text).toMatch(/invoices-dr +done +1\nreports-dr +done +1\n/);
  expect(text.split('Job of S3 Batch Replication')).toHaveLength(3);
});
