import { expect, it } from 'vitest';
import { aFolder, type Ended, invoices } from './cli.ts';
import { serving } from './served.ts';

it('two processes that apply one file at the same time: none is wrong, and in the end everything is there once', async () => {
  const folder = aFolder();
  folder.write('repl.yaml', invoices);
  const server = await serving(folder);
  const env = (account: string) => ({
    AWS_ENDPOINT_URL: server.url,
    AWS_ACCESS_KEY_ID: `SANDBOX${account}`,
    AWS_SECRET_ACCESS_KEY: 'any',
  });
  const oneAccount = invoices.replace('222222222222', '111111111111').replace('eu-central-1', 'eu-west-1');
  folder.write('repl.yaml', oneAccount);
  const apply = (): Promise<Ended> => folder.s3repl(['apply', '--yes', '--json'], env('111111111111'));

  const both = await Promise.all([apply(), apply()]);
  for (const { code, lines } of both) {
    const { outcome, error } = lines.at(-1) as { readonly outcome: string; readonly error?: { readonly code: string } };
    expect([code, outcome, error?.code]).toSatisfy(
      ([exit, end, why]) => (exit === 0 && /^(applied|unchanged)$/.test(end)) || (exit === 5 && why === 'stale-plan'),
    );
  }
  expect((await apply()).lines.at(-1)).toMatchObject({ type: 'result' });
  expect((await apply()).lines.at(-1)).toMatchObject({ outcome: 'unchanged', changes: 0 });
  expect(await server.stop()).toBe(0);
});
