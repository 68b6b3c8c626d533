import { expect, it } from 'vitest';
import { aSetUp, ending } from './by-hand.ts';
import { invoices } from './cli.ts';

it.each([
  ['source', true, invoices.concat('    bucketKey: false\n')],
  ['destination', false, invoices.replace('bucket: acme-invoices\n', 'bucket: acme-invoices\n  bucketKey: false\n')],
])('at the %s: objects arrive, and keep the Bucket Key that they were written with', async (_, atSource, config) => {
  const { s3repl, byHand } = aSetUp(config);
  await s3repl('apply', '--yes');
  expect(ending(await s3repl('verify'))).toMatchObject({ code: 0, outcome: 'verified' });
  await byHand(async ({ put }) => {
    const { source, replica } = await put('invoice');
    expect([source.BucketKeyEnabled ?? false, replica?.BucketKeyEnabled ?? false]).toEqual([atSource, atSource]);
  });
});
