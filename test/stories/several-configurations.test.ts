import { expect, it } from 'vitest';
import { aFolder, invoices } from './cli.ts';

const noKey = 'arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000';

it('a folder of configurations is applied; the table and the exit code say which of them did not make it', async () => {
  const folder = aFolder();
  const called = (name: string, text = invoices) => text.replaceAll('invoices', name);
  for (const name of ['invoices', 'reports']) folder.write(`${name}.yaml`, called(name));
  folder.write('logs.yml', called('logs').replace('bucket: acme-logs\n', `bucket: acme-logs\n  kmsKey: ${noKey}\n`));

  const applied = await folder.s3repl(['apply', '--config', '.', '--sandbox', '--yes', '--concurrency', '2']);

  expect(applied.code).toBe(5);
  expect(applied.stdout).toMatch(
    /^NAME +OUTCOME +CHANGES +ERROR\ninvoices-dr +applied +9\nlogs-dr +blocked +0 {2}one problem .*…\nreports-dr +applied +9$/m,
  );
  expect(applied.stderr).toContain('[sandbox] ✖ 1 of 3 configurations did not succeed (2 applied, 1 blocked)');

  const plan = await folder.s3repl([
    'plan',
    '--config',
    'reports.yaml',
    '--config',
    'invoices.yaml',
    '--sandbox',
    '--json',
  ]);
  expect(plan.code).toBe(0);
  expect(plan.lines.at(-1)).toEqual({
    type: 'result',
    command: 'plan',
    outcome: 'unchanged',
    changes: 0,
    summary: '2 unchanged',
    configurations: ['reports', 'invoices'].map((name) => ({
      config: `${name}.yaml`,
      name: `${name}-dr`,
      outcome: 'unchanged',
      changes: 0,
    })),
    sandbox: true,
  });

  const init = await folder.s3repl(['init', '--config', 'a.yaml', '--config', 'b.yaml', '--json']);
  expect(init.code).toBe(3);
  expect(init.lines.at(-1)).toMatchObject({ error: { message: expect.stringContaining('one configuration') } });
});
