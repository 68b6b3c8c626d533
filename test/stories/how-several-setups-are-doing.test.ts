import { join } from 'node:path';
import { DescribeKeyCommand, DisableKeyCommand } from '@aws-sdk/client-kms';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import { clientsOf, OTHER } from '../sandbox/clients.ts';
import { aFolder, invoices } from './cli.ts';

const minuteMs = 60_000;
const names = ['invoices', 'reports'];

function aFolderOfTwo() {
  const folder = aFolder();
  const pairs = folder.below('pairs');
  for (const name of names) pairs.write(`${name}.yaml`, invoices.replaceAll('invoices', name));
  return folder;
}

/** Two setups that replicate; then the key of the second's replicas is disabled. */
async function oneOfTwoFails() {
  const folder = aFolderOfTwo();
  expect((await folder.s3repl(['apply', '--config', 'pairs/', '--sandbox', '--yes'])).code).toBe(0);

  const sandbox = await openSandbox({ directory: join(folder.path, '.s3repl') });
  const { s3 } = clientsOf(sandbox);
  const putEach = async (Key: string) => {
    for (const name of names) await s3.send(new PutObjectCommand({ Bucket: `acme-${name}`, Key, Body: 'content' }));
    await sandbox.clock.sleep(2 * minuteMs);
  };
  await putEach('a');
  const { kms } = clientsOf(sandbox, OTHER, 'eu-central-1');
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/s3repl-reports-dr-replica' }));
  await kms.send(new DisableKeyCommand({ KeyId: KeyMetadata?.KeyId }));
  await putEach('b');
  await sandbox.close();
  return folder;
}

it('a table has the worst first, with what is pending, latency and failures, and the exit code is that of the worst', async () => {
  const folder = await oneOfTwoFails();
  const status = (...more: readonly string[]) => folder.s3repl(['status', '--config', 'pairs/', '--sandbox', ...more]);

  const screen = await status();
  expect(screen.code).toBe(5);
  expect(screen.stdout).toMatch(
    /^NAME +OUTCOME +PENDING +LATENCY +FAILED\nreports-dr +blocked +0 +0 s +1\ninvoices-dr +healthy +0 +0 s +0\n/m,
  );

  const { code, lines } = await status('--json');
  expect(code).toBe(5);
  expect(lines.at(-1)).toMatchObject({
    outcome: 'blocked',
    summary: '1 healthy, 1 blocked',
    configurations: [
      {
        config: 'pairs/invoices.yaml',
        name: 'invoices-dr',
        outcome: 'healthy',
        status: { pending: 0, latencySeconds: 0, failed: 0 },
      },
      {
        config: 'pairs/reports.yaml',
        name: 'reports-dr',
        outcome: 'blocked',
        status: { pending: 0, latencySeconds: 0, failed: 1 },
      },
    ],
  });
  const looks = lines.filter(({ type }) => type === 'configuration');
  expect(looks).toMatchObject([
    { config: 'pairs/invoices.yaml', source: { bucket: 'acme-invoices' }, outcome: 'healthy' },
    { config: 'pairs/reports.yaml', source: { bucket: 'acme-reports' }, outcome: 'blocked' },
  ]);
});

it('--watch of several is refused before anything is read', async () => {
  const { code, lines } = await aFolderOfTwo().s3repl([
    'status',
    '--config',
    'pairs/',
    '--sandbox',
    '--watch',
    '--json',
  ]);
  expect(code).toBe(3);
  expect(lines).toMatchObject([
    {
      type: 'result',
      outcome: 'invalid',
      error: {
        code: 'one-configuration',
        message: expect.stringMatching(/^--watch works on one configuration only/),
        fix: 'run the command once for each of them',
      },
    },
  ]);
});
