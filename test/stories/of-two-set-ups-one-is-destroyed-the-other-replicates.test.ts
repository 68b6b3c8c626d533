import { expect, it } from 'vitest';
import { aSetUp, ending } from './by-hand.ts';
import { invoices } from './cli.ts';

it('they share the bucket of the destination and its key', async () => {
  const { folder, s3repl } = aSetUp();
  folder.write(
    'taxes.yaml',
    invoices
      .replace('invoices-dr', 'taxes-dr')
      .replace('bucket: acme-invoices\n', 'bucket: acme-taxes\n')
      .concat('    kmsKey: alias/s3repl-invoices-dr-replica\n'),
  );
  const taxes = ['--config', 'taxes.yaml'];
  await s3repl('apply', '--yes');
  await s3repl('apply', '--yes', ...taxes);
  expect(ending(await s3repl('verify', ...taxes))).toMatchObject({ code: 0, outcome: 'verified' });
  expect(ending(await s3repl('destroy', '--yes'))).toMatchObject({ code: 0, outcome: 'destroyed' });
  expect(ending(await s3repl('verify', ...taxes))).toMatchObject({ code: 0, outcome: 'verified' });
});
