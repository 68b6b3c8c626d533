import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Authority, aCompanyNetwork, anAuthority } from '../connect/company-network.ts';
import { aFolder, type Folder, invoices } from './cli.ts';
import { asItsUsersDo, runAsProcess, runS3repl } from './run-s3repl.ts';

const authorities: Authority[] = [];
beforeAll(() => void authorities.push(anAuthority(), anAuthority()));
afterAll(() => {
  for (const { remove } of authorities) remove();
});

/** A hook for Node that writes down, in the end, which packages were loaded. */
const hook = `process.on('exit', () => require('node:fs').writeFileSync(process.env.LOADED, Object.keys(require.cache).join('\\n')));`;

/** Runs s3repl; gives how it ended, and whether it loaded what only a proxy needs. */
async function run(folder: Folder, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const loaded = join(folder.path, 'loaded');
  folder.write('hook.cjs', hook);
  const ended = await folder.s3repl(args, {
    NODE_OPTIONS: `--require ${folder.path}/hook.cjs`,
    LOADED: loaded,
    ...env,
  });
  return { ...ended, loadsProxies: readFileSync(loaded, 'utf8').includes('https-proxy-agent') };
}

/** The same where neither what is loaded nor Node's own certificates are the point. */
function runHere({ path }: Folder, args: readonly string[], env: Readonly<Record<string, string>>) {
  const run = asItsUsersDo ? runAsProcess : runS3repl;
  return run(path, args, { PATH: process.env.PATH, AWS_EC2_METADATA_DISABLED: 'true', ...env });
}

/** A folder with a setup whose two sides sign in by a profile each. */
function aSetUp(): { readonly folder: Folder; readonly env: Readonly<Record<string, string>> } {
  const folder = aFolder('as processes');
  const profiles = [
    ['111111111111', 'source'],
    ['222222222222', 'replica'],
  ];
  folder.write(
    'credentials',
    profiles
      .map(([account, name]) => `[${name}]\naws_access_key_id = SANDBOX${account}\naws_secret_access_key = any\n`)
      .join(''),
  );
  folder.write(
    'repl.yaml',
    invoices
      .replace('acme-invoices\n', 'acme-invoices\n  access: { profile: source }\n')
      .replace('acme-invoices-replica\n', 'acme-invoices-replica\n    access: { profile: replica }\n'),
  );
  return { folder, env: { HOME: folder.path, AWS_SHARED_CREDENTIALS_FILE: join(folder.path, 'credentials') } };
}

describe('s3repl where the only way out is a proxy that inspects TLS', () => {
  it('sets a replication up and finds it healthy, with the certificates of Node, NODE_EXTRA_CA_CERTS and AWS_CA_BUNDLE', async () => {
    const [one, other] = authorities;
    if (!one || !other) return expect.unreachable();
    const network = await aCompanyNetwork(one);
    const { folder, env } = aSetUp();
    const behind = { ...env, HTTPS_PROXY: network.proxy };
    const trusting = { ...behind, NODE_EXTRA_CA_CERTS: one.bundle, AWS_CA_BUNDLE: other.bundle };

    const untrusted = await runHere(folder, ['apply', '--yes'], { ...behind, AWS_CA_BUNDLE: other.bundle });
    expect([untrusted.code, untrusted.stderr]).toEqual([1, expect.stringMatching(/certificate[\s\S]*AWS_CA_BUNDLE/)]);
    const applied = await run(folder, ['apply', '--yes', '--json'], trusting);
    expect(applied.lines.at(-1)).toMatchObject({ outcome: 'applied' });
    expect(applied.loadsProxies).toBe(true);
    const doctor = await runHere(folder, ['doctor', '--json'], { ...behind, AWS_CA_BUNDLE: one.bundle });
    expect(doctor.stdout).toMatch(/"outcome":"healthy"[^\n]*\n$/);
    expect(network.asked).toContain('acme-invoices.s3.eu-west-1.amazonaws.com:443');
  }, 60_000);

  it('loads nothing for it where there is no proxy, or no AWS', async () => {
    const [authority] = authorities;
    if (!authority) return expect.unreachable();
    const network = await aCompanyNetwork(authority);
    const { folder, env } = aSetUp();
    const direct = { ...env, AWS_ENDPOINT_URL: network.aws, AWS_CA_BUNDLE: authority.bundle };
    const plan = await run(folder, ['plan', '--json'], direct);
    expect(plan.lines.at(-1)).toMatchObject({ outcome: 'planned' });
    const help = await run(folder, ['--help'], { HTTPS_PROXY: network.proxy });
    const sandbox = await run(folder, ['plan', '--sandbox'], { HTTPS_PROXY: network.proxy });
    expect([plan, help, sandbox].map(({ code, loadsProxies }) => [code, loadsProxies])).toEqual([
      [0, false],
      [0, false],
      [0, false],
    ]);
  });
});
