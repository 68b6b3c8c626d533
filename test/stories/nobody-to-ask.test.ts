import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aFolder, invoices } from './cli.ts';

describe('without a terminal', () => {
  it('apply without --yes changes nothing and names the flag', async () => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices);
    const { code, lines } = await folder.s3repl(['apply', '--sandbox', '--json', '--verbose']);
    expect(code).toBe(3);
    expect(lines.at(-1)).toMatchObject({
      outcome: 'invalid',
      error: { code: 'no-approval', fix: expect.stringContaining('--yes') },
    });
    expect(lines.filter((line) => line.type === 'call' && line.write)).toEqual([]);
  });

  it('a bad file is told line by line before any call, with exit 3', async () => {
    const folder = aFolder();
    folder.write(
      'repl.yaml',
      invoices
        .replace('name: invoices-dr', 'name: Invoices')
        .replace('bucket: acme-invoices\n', 'buckett: acme-invoices\n'),
    );
    const human = await folder.s3repl(['plan', '--sandbox', '--verbose']);
    expect(human.code).toBe(3);
    expect(human.stderr).toMatch(/repl\.yaml:2:7/);
    expect(human.stderr).toMatch(/repl\.yaml:6:3/);
    expect(human.stderr).not.toContain('GetCallerIdentity');
    const { lines } = await folder.s3repl(['plan', '--sandbox', '--json']);
    expect(lines.at(-1)).toMatchObject({ type: 'result', outcome: 'invalid' });
    expect(lines.filter((line) => line.type === 'problem').length).toBeGreaterThanOrEqual(2);
  });

  it('a missing file, an unknown option and an unknown command end with exit 3 and say what to do', async () => {
    const folder = aFolder();
    const missing = await folder.s3repl(['plan']);
    expect(missing).toMatchObject({ code: 3, stderr: expect.stringContaining('there is no repl.yaml') });
    const option = await folder.s3repl(['plan', '--bogus']);
    expect(option).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining("unknown option '--bogus'") });
    const command = await folder.s3repl(['aply', '--json']);
    expect(command.code).toBe(3);
    expect(command.lines.at(-1)).toMatchObject({ type: 'result', outcome: 'invalid', error: { code: 'arguments' } });
  });

  it.each([
    ['plan', 'folder', ['no *.yaml or *.yml file in the folder folder', 'name the folder that has the files']],
    ['permissions', 'folder', ['folder is a directory', 'name a file']],
    ['init', 'folder', ['folder is a directory', 'name a file']],
    ['plan', 'empty.yaml', ['empty.yaml the file is empty', 'begin with docs/examples/minimal.yaml']],
    ['plan', 'comment.yaml', ['comment.yaml the file is empty', 'begin with docs/examples/minimal.yaml']],
    ['plan', 'two.yaml', ['two.yaml:11:1 a second YAML document', 'write one file for each setup']],
    ['init', 'two.yaml', ['two.yaml cannot be read: a second YAML document', 'write one file for each setup']],
    ['plan', 'nowhere.yaml', ['there is no file nowhere.yaml', 's3repl init --config nowhere.yaml']],
  ])('%s --config %s names the file, and what to do', async (command, config, words) => {
    const folder = aFolder();
    folder.below('folder');
    folder.write('empty.yaml', '');
    folder.write('comment.yaml', '# nothing yet\n');
    folder.write('two.yaml', `${invoices}---\nversion: 1\n`);
    const { code, stderr } = await folder.s3repl([command, '--config', config, '--sandbox']);
    expect(code).toBe(3);
    for (const word of words) expect(stderr.replace(/\s+/g, ' ')).toContain(word);
  });

  it('no credentials is exit 4 and says how to give some', async () => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices);
    const { code, lines } = await folder.s3repl(['plan', '--json'], { HOME: folder.path, AWS_PROFILE: 'none' });
    expect(code).toBe(4);
    expect(lines.at(-1)).toMatchObject({ outcome: 'unauthorized', error: { fix: expect.stringContaining('profile') } });
  });

  it('a program that gives no credentials is not waited for when the deadline has passed', async () => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices);
    // It would stay until nobody is there any more to write to it.
    folder.write('gives-none.cjs', 'process.stdin.on("end", () => process.exit()).resume()');
    const program = `"${process.execPath}" "${join(folder.path, 'gives-none.cjs')}"`;
    folder.write('aws-config', `[profile slow]\ncredential_process = ${program}\n`);
    const environment = { AWS_CONFIG_FILE: join(folder.path, 'aws-config'), AWS_PROFILE: 'slow' };
    const { code, lines } = await folder.s3repl(['apply', '--yes', '--json', '--deadline', '4s'], environment);
    expect(code).toBe(1);
    expect(lines.at(-1)).toMatchObject({ outcome: 'failed', error: { code: 'deadline' } });
  });

  it('plan exits 2 with --detailed-exitcode where something differs, and 0 where nothing does', async () => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices);
    expect((await folder.s3repl(['plan', '--sandbox', '--detailed-exitcode'])).code).toBe(2);
    await folder.s3repl(['apply', '--sandbox', '--yes']);
    expect((await folder.s3repl(['plan', '--sandbox', '--detailed-exitcode'])).code).toBe(0);
  });
});

describe('a saved plan', () => {
  it('is readable by its owner only, is applied as it is, and is refused once AWS has changed', async () => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices.replace('acme-invoices-replica', '${REPLICA}'));
    const env = { REPLICA: 'acme-invoices-replica' };
    expect((await folder.s3repl(['plan', '--sandbox', '--out', 'a.plan'], env)).code).toBe(0);
    expect((await folder.s3repl(['plan', '--sandbox', '--out', 'b.plan'], env)).code).toBe(0);
    expect(statSync(join(folder.path, 'a.plan')).mode & 0o777).toBe(0o600);

    const applied = await folder.s3repl(['apply', 'a.plan', '--sandbox', '--yes', '--json'], env);
    expect(applied.lines.at(-1)).toMatchObject({ outcome: 'applied' });
    const stale = await folder.s3repl(['apply', 'b.plan', '--sandbox', '--yes', '--json'], env);
    expect(stale.code).toBe(5);
    expect(stale.lines.at(-1)).toMatchObject({ outcome: 'blocked', error: { code: 'stale-plan' } });
  });

  it('shows who it signs in as before it is applied, but no external ID, and is refused once somebody changed that', async () => {
    const folder = aFolder();
    const role = 'arn:aws:iam::111111111111:role/s3repl-setup';
    const access = `access: { assumeRole: "${role}", externalId: "\${NPM_TOKEN}" }`;
    folder.write('repl.yaml', invoices.replace('eu-west-1\n', `eu-west-1\n  ${access}\n`));
    const env = { NPM_TOKEN: 'an-external-id-of-ours' };
    const planned = await folder.s3repl(['plan', '--sandbox', '--out', 'a.plan'], env);
    expect(planned.code, planned.stderr).toBe(0);
    const text = readFileSync(join(folder.path, 'a.plan'), 'utf8');
    expect(text).toContain('${NPM_TOKEN}');

    const other = 'arn:aws:iam::111111111111:role/another';
    folder.write('edited.plan', text.replace(role, other));
    const edited = await folder.s3repl(['apply', 'edited.plan', '--sandbox', '--yes'], env);
    expect(edited.code).toBe(3);
    expect(edited.stderr).toContain('edited.plan was changed after it was saved');

    const applied = await folder.s3repl(['apply', 'a.plan', '--sandbox', '--yes'], env);
    expect(applied.code, applied.stderr).toBe(0);
    const said = applied.stderr.replace(/\s+/g, ' ');
    expect(said).toContain(
      `The plan a.plan signs in to source, account 111111111111, with the default credentials, the role ${role}, an external ID`,
    );
    const again = await folder.s3repl(['apply', 'a.plan', '--sandbox', '--yes', '--json'], env);
    expect(again.lines).toContainEqual({
      type: 'sign-in',
      side: 'source',
      account: '111111111111',
      assumeRole: role,
      sandbox: true,
    });
    for (const { stdout, stderr } of [planned, edited, applied, again])
      expect(stdout + stderr).not.toContain(env.NPM_TOKEN);
    expect(text).not.toContain(env.NPM_TOKEN);
  });

  it('is refused where it is no plan', async () => {
    const folder = aFolder();
    folder.write('no.plan', '{"version":1}');
    const { code, lines } = await folder.s3repl(['apply', 'no.plan', '--sandbox', '--yes', '--json']);
    expect(code).toBe(3);
    expect(lines.at(-1)).toMatchObject({ error: { code: 'plan-file' } });
  });
});
