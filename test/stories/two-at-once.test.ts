import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import { aFolder, type Ended, invoices } from './cli.ts';
import { serving } from './served.ts';

it('two processes that apply one file at the same time: each is right or says why not, and everything is there once', async () => {
  const folder = aFolder('as processes');
  folder.write('repl.yaml', invoices.replace('222222222222', '111111111111').replace('eu-central-1', 'eu-west-1'));
  const server = await serving(folder, ['--sandbox-lag', 'role-visible=0 ms']);
  const env = {
    AWS_ENDPOINT_URL: server.url,
    AWS_ACCESS_KEY_ID: 'SANDBOX111111111111',
    AWS_SECRET_ACCESS_KEY: 'any',
  };
  const apply = (): Promise<Ended> => folder.s3repl(['apply', '--yes', '--json'], env);

  const both = await Promise.all([apply(), apply()]);
  for (const { code, lines } of both) {
    const { outcome, error } = lines.at(-1) as { readonly outcome: string; readonly error?: { readonly code: string } };
    const ended = `${code} ${outcome} ${error?.code ?? ''}`.trim();
    expect(ended).toMatch(/^(0 applied|0 unchanged|5 blocked stale-plan)$/);
  }
  const last = both.every(({ code }) => code === 0) ? /^unchanged$/ : /^(applied|unchanged)$/;
  expect((await apply()).lines.at(-1)?.outcome).toMatch(last);
  expect(await server.stop()).toBe(0);

  const sandbox = await openSandbox({ directory: join(folder.path, '.s3repl') });
  const told = both.flatMap(({ lines }) => lines).filter(({ code }) => code === 'key-left-over');
  expect(Object.keys(sandbox.state.keys)).toHaveLength(2 + told.length);
  expect(Object.keys(sandbox.state.aliases)).toHaveLength(2);
  await sandbox.close();
});
