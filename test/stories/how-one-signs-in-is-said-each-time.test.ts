import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ending } from './by-hand.ts';
import { aFolder, invoices } from './cli.ts';

const withProfile = invoices.replace(
  '  bucket: acme-invoices\n',
  '  bucket: acme-invoices\n  access: { profile: prod }\n',
);
const values = [
  ...['--name', 'invoices-dr', '--source-account', '111111111111', '--source-region', 'eu-west-1'],
  ...['--source-bucket', 'acme-invoices', '--no-source-bucket-key', '--destination-account', '222222222222'],
  ...['--destination-region', 'eu-central-1', '--destination-bucket', 'acme-invoices-replica'],
];

describe('--profile and --destination-profile', () => {
  it('are signed in with where the file names none', async () => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices);
    const home = { HOME: folder.path, AWS_CONFIG_FILE: join(folder.path, 'none') };
    const both = await folder.s3repl(['plan', '--json', '--profile', 'mine'], home);
    expect(ending(both)).toMatchObject({
      code: 4,
      error: { code: 'profile-missing', message: expect.stringContaining('with the profile mine') },
    });
    folder.write('repl.yaml', withProfile);
    const equal = await folder.s3repl(['plan', '--json', '--profile', 'prod'], home);
    expect(ending(equal)).toMatchObject({ code: 4, error: { message: expect.stringContaining('the profile prod') } });
  });

  it.each([
    ['plan'],
    ['apply', '--yes'],
    ['doctor'],
    ['verify'],
    ['backfill', '--yes'],
    ['destroy', '--yes'],
    ['permissions', '--from-live'],
    ['init', '--yes'],
  ])('never win over the file: %s ends with exit 3, which names both', async (...command) => {
    const folder = aFolder();
    folder.write('repl.yaml', withProfile);
    const { code, stderr } = await folder.s3repl([...command, '--sandbox', '--profile', 'other', '--verbose']);
    expect(code).toBe(3);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('the profile here is "prod", but --profile says "other"');
    expect(stderr).toMatch(command[0] === 'init' ? /repl\.yaml:source\.access\.profile/ : /repl\.yaml:7:22/);
    expect(stderr).not.toContain('GetCallerIdentity');
    expect(readFileSync(join(folder.path, 'repl.yaml'), 'utf8')).toBe(withProfile);
  });

  it('are repeated in what to run next, as are values that were given', async () => {
    const folder = aFolder();
    const given = [...values, '--profile', 'prod', '--destination-profile', 'dr'];
    const { lines } = await folder.s3repl(['plan', '--sandbox', '--json', ...given]);
    expect(lines.at(-1)).toMatchObject({
      outcome: 'planned',
      next: `s3repl apply --profile prod --destination-profile dr --sandbox ${values.join(' ')}`,
    });
  });

  it('but not an external ID, which is as good as a password', async () => {
    const folder = aFolder();
    const access = ['--source-access-assume-role', 'arn:aws:iam::111111111111:role/set-up'];
    const secret = ['--source-access-external-id', 'known-to-two'];
    const { lines } = await folder.s3repl(['plan', '--sandbox', '--json', ...values, ...access, ...secret]);
    const { next } = lines.at(-1) as { next: string };
    expect(next).toContain('--source-access-external-id EXTERNAL_ID');
    expect(next).not.toContain('known-to-two');
  });

  it('are answers of init, which writes them down', async () => {
    const folder = aFolder();
    const ended = await folder.s3repl(['init', '--sandbox', '--yes', ...values, '--profile', 'prod']);
    expect(ended.code).toBe(0);
    expect(readFileSync(join(folder.path, 'repl.yaml'), 'utf8')).toMatch(/^ {4}profile: prod$/m);
  });

  it('without a file doctor takes them too, and no two for one account', async () => {
    const folder = aFolder();
    const doctor = ['doctor', '--json', '--bucket', 'acme-invoices', '--profile', 'mine'];
    const home = { HOME: folder.path, AWS_CONFIG_FILE: join(folder.path, 'none') };
    expect(ending(await folder.s3repl(doctor, home))).toMatchObject({ code: 4, error: { code: 'profile-missing' } });
    const two = await folder.s3repl([...doctor, '--source-access-profile', 'other'], home);
    expect(ending(two)).toMatchObject({
      code: 3,
      error: { code: 'profile', message: expect.stringMatching(/"other".*"mine"/) },
    });
  });

  it('are names', async () => {
    const { code, stderr } = await aFolder().s3repl(['plan', '--profile=']);
    expect(code).toBe(3);
    expect(stderr.replace(/\s+/g, ' ')).toContain('give the name of a profile');
  });
});

describe('what was meant is said', () => {
  it('of a --timeout without a unit: minutes', async () => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices);
    await folder.s3repl(['apply', '--sandbox', '--yes']);
    const verified = await folder.s3repl(['verify', '--sandbox', '--timeout', '20']);
    expect(verified).toMatchObject({ code: 0, stderr: expect.stringContaining('waiting up to 20 minutes for them') });
    const destroyed = await folder.s3repl(['destroy', '--sandbox', '--yes', '--timeout', '20']);
    expect(destroyed).toMatchObject({ code: 0, stderr: expect.stringContaining('waits up to 20 minutes') });
  });

  it('of a Region that AWS does not have, also in the sandbox', async () => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices.replace('eu-central-1', 'eu-centrla-1'));
    const { code, stderr } = await folder.s3repl(['plan', '--sandbox']);
    expect(code).toBe(3);
    const given = values.map((value) => value.replace('eu-central-1', 'eu-centrla-1'));
    const asked = await aFolder().s3repl(['init', '--sandbox', '--yes', ...given]);
    expect(asked).toMatchObject({ code: 3, stderr: expect.stringContaining('eu-centrla-1 is not a Region of AWS') });
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('such as eu-central-1)');
  });
});
