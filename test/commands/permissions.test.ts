import { expect, it } from 'vitest';
import { aFolder, invoices } from '../stories/cli.ts';

it('prints policies that mean what they say, also where a prefix has characters that nobody sees', async () => {
  const folder = aFolder();
  folder.write('repl.yaml', `${invoices}    rules: [ { id: a, prefix: "t\\u200bx\\U000e0041/" } ]\n`);
  const resource = 'arn:aws:s3:::acme-invoices/t\u200bx\u{e0041}/.s3repl-canary/*';
  const document = await folder.s3repl(['permissions', '--for', 'verify', '--account', '111111111111']);
  expect(document.stdout).not.toMatch(/[\u200b\u{e0041}]/u);
  const { Statement } = JSON.parse(document.stdout) as { Statement: readonly { Resource: unknown }[] };
  expect(Statement.map(({ Resource }) => Resource)).toContain(resource);

  const { stdout, lines } = await folder.s3repl(['permissions', '--for', 'verify', '--json']);
  expect(stdout).not.toMatch(/[\u200b\u{e0041}]/u);
  expect(JSON.stringify(lines[0])).toContain(resource);
});
