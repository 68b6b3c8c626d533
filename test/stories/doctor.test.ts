import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteBucketPolicyCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import { clientsOf } from '../sandbox/clients.ts';
import { aFolder, invoices } from './cli.ts';

const flags = ['--sandbox', '--source-account', '111111111111', '--source-region', 'eu-west-1'];

async function aSetUp() {
  const folder = aFolder();
  folder.write('repl.yaml', invoices);
  expect((await folder.s3repl(['apply', '--sandbox', '--yes'])).code).toBe(0);
  return folder;
}

describe('s3repl doctor on live accounts', () => {
  it('says before the first apply that the bucket is not there, what creates it, and blames no permission', async () => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices);
    const { code, stdout, stderr } = await folder.s3repl(['doctor', '--sandbox']);
    expect(code).toBe(5);
    expect(stdout).toContain('Source bucket acme-invoices does not exist.');
    expect(stdout).toMatch(/^ {2}run {6}s3repl apply --sandbox$/m);
    expect(stdout).toContain('next: s3repl apply --sandbox');
    expect(stderr).not.toContain('AWS refused');
    const one = await folder.s3repl(['doctor', '--sandbox', '--object', 'a', '--json']);
    expect(one.lines.at(-1)).toMatchObject({ outcome: 'invalid', error: { code: 'no-such-bucket' } });
  });

  it('says nothing of organizations in the sandbox, which has none', async () => {
    const folder = await aSetUp();
    const { stdout } = await folder.s3repl(['doctor', '--sandbox', '--all']);
    expect(stdout).toMatch(/^✔ C30/m);
    expect(stdout).not.toMatch(/control policies/);
  });

  it('finds healthy what apply has made, and saves what it has seen for its owner only', async () => {
    const folder = await aSetUp();
    const live = await folder.s3repl(['doctor', '--sandbox', '--json', '--save-snapshot', 's.json']);
    expect(live.code).toBe(0);
    expect(live.lines.at(-1)).toMatchObject({ command: 'doctor', outcome: 'healthy', sandbox: true });
    const file = join(folder.path, 's.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toMatch(/secret|sessionToken|SANDBOX\d/i);

    const offline = await folder.s3repl(['doctor', '--snapshot', 's.json', '--json']);
    const said = (lines: readonly Record<string, unknown>[]) =>
      lines.filter(({ type }) => type === 'verdict').map(({ sandbox: _sandbox, ...line }) => line);
    expect(said(offline.lines)).toEqual(said(live.lines));
  });

  it('follows a bucket to all it needs without a configuration', async () => {
    const folder = await aSetUp();
    writeFileSync(join(folder.path, 'repl.yaml'), 'this: [is none');
    const args = ['doctor', '--bucket', 'arn:aws:s3:::acme-invoices', ...flags, '--json'];
    const both = await folder.s3repl([...args, '--destination-account', '222222222222']);
    expect(both.lines.at(-1)).toMatchObject({ outcome: 'healthy' });
  });

  it('says the rest where it cannot see the destination account, and calls that unknown', async () => {
    const folder = await aSetUp();
    const { code, lines } = await folder.s3repl(['doctor', '--bucket', 'acme-invoices', ...flags, '--json']);
    expect(code).toBe(6);
    const status = (id: string) => lines.find(({ check }) => check === id)?.status;
    expect(['C01', 'C02', 'C11'].map(status)).toEqual(['ok', 'ok', 'ok']);
    expect(['C05', 'C12', 'C21'].map(status)).toEqual(['unknown', 'unknown', 'unknown']);
  });

  it('names the flags that sign in to the account that it cannot see, in a command that then does', async () => {
    const folder = await aSetUp();
    const { code, stdout } = await folder.s3repl(['doctor', '--bucket', 'acme-invoices', ...flags]);
    expect(code).toBe(6);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'fix Sign in to account 222222222222 as well: run it again with --destination-account 222222222222 --destination-profile PROFILE.',
    );
    const [, command = ''] = /^ {2}next: s3repl (doctor .*)$/m.exec(stdout) ?? [];
    expect(command).toContain('--destination-profile PROFILE');
    const again = await folder.s3repl(command.split(' '));
    expect([again.code, again.stdout]).toEqual([0, expect.not.stringContaining('next:')]);
  });

  it.each(['doctor', 'status'])('of no repl.yaml and no bucket says how %s takes a bucket', async (command) => {
    const folder = aFolder();
    const { code, stdout, stderr } = await folder.s3repl([command, '--sandbox']);
    expect(code).toBe(3);
    expect(`${stdout}${stderr}`.replace(/\s+/g, ' ')).toContain(
      `for a setup without repl.yaml, name its source bucket: s3repl ${command} --bucket NAME`,
    );
    const named = await folder.s3repl([command, '--sandbox', '--config', 'nope.yaml']);
    expect([named.code, named.stdout + named.stderr]).toEqual([3, expect.not.stringContaining('--bucket')]);
  });

  it('says what apply would mend, which then does', async () => {
    const folder = await aSetUp();
    const sandbox = await openSandbox({ directory: join(folder.path, '.s3repl') });
    const { s3 } = clientsOf(sandbox, '222222222222', 'eu-central-1');
    await s3.send(new DeleteBucketPolicyCommand({ Bucket: 'acme-invoices-replica' }));
    await sandbox.close();
    const { code, stdout } = await folder.s3repl(['doctor', '--sandbox']);
    expect(code).toBe(5);
    expect(stdout).toMatch(/^ {2}run {6}s3repl apply --sandbox$/m);
    expect(stdout).toContain('next: s3repl apply --sandbox');
    await folder.s3repl(['apply', '--sandbox', '--yes']);
    expect((await folder.s3repl(['doctor', '--sandbox'])).code).toBe(0);
  });
});
