/**
 * `node test/package/try.js TARBALL [NODE]`: the package as a stranger has it, in an empty folder with an empty home, on one version of Node: what the
 * README does in the sandbox, and each way to sign in. Every line that fails is printed; then it ends with 1.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';

const [tarball, node = process.execPath] = process.argv.slice(2);
const home = mkdtempSync(join(tmpdir(), 's3repl-try-'));
const bin = join(home, 'node_modules/s3repl/bin/s3repl.js');
const account = '111111111111';
const base = { HOME: home, PATH: `${dirname(node)}:/usr/bin:/bin`, LANG: 'C.UTF-8', AWS_EC2_METADATA_DISABLED: 'true' };
let failed = 0;

const write = (file, text) => {
  mkdirSync(dirname(join(home, file)), { recursive: true });
  writeFileSync(join(home, file), text);
};

/** Runs s3repl without blocking, since one server below is ours. */
async function s3repl(args, env = {}) {
  const child = spawn(node, [bin, ...args], { cwd: home, env: { ...base, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const [code] = await once(child, 'close');
  return { code, said };
}

async function expects(what, args, wanted, env) {
  const { code, said } = await s3repl(args, env);
  const met = code === wanted.code && wanted.says.test(said);
  process.stdout.write(`${met ? 'ok' : 'FAILED'}: ${what}\n${met ? '' : `ended with ${code}:\n${said}\n`}`);
  if (!met) failed += 1;
}

/** What the README does. */
async function practise() {
  const values = [
    '--name',
    'dr',
    '--source-account',
    account,
    '--source-region',
    'eu-west-1',
    '--source-bucket',
    'acme',
  ];
  values.push(
    '--destination-account',
    '222222222222',
    '--destination-region',
    'eu-central-1',
    '--destination-bucket',
    'acme-dr',
  );
  await expects('--version', ['--version'], { code: 0, says: /^\d+\.\d+\.\d+\n$/ });
  await expects('init writes repl.yaml', ['init', '--sandbox', ...values], { code: 0, says: /wrote repl.yaml/ });
  await expects('apply sets it up', ['apply', '--sandbox', '--yes'], { code: 0, says: /9 created/ });
  await expects('apply again changes nothing', ['apply', '--sandbox', '--yes'], { code: 0, says: /unchanged/ });
  await expects('verify sees an object arrive', ['verify', '--sandbox', '--yes'], { code: 0, says: /verified/ });
  await expects('doctor finds it healthy', ['doctor', '--sandbox'], { code: 0, says: /healthy/ });
  await expects('destroy takes it out', ['destroy', '--sandbox', '--yes'], { code: 0, says: /destroyed/ });
  await expects('completion', ['completion', 'bash'], { code: 0, says: /complete -F _s3repl s3repl/ });
  await expects('a mistake in an option', ['plan', '--sandbocks'], { code: 3, says: /--sandbox/ });
}

const credentials = { accessKeyId: `SANDBOX${account}`, secretAccessKey: 'any', sessionToken: 'any' };
const expires = Date.now() + 3_600_000;

/** STS for web identities, and IAM Identity Center: they hand out what the sandbox knows. What else STS is asked goes to the sandbox. */
function identityServer(sandbox) {
  return createServer(async (request, response) => {
    if (request.url?.startsWith('/federation/credentials')) {
      if (request.headers['x-amz-sso_bearer_token'] !== 'signed-in') response.writeHead(401);
      response.setHeader('content-type', 'application/json');
      return response.end(JSON.stringify({ roleCredentials: { ...credentials, expiration: expires } }));
    }
    response.setHeader('content-type', 'text/xml');
    const body = await buffer(request);
    if (!body.includes('AssumeRoleWithWebIdentity')) {
      const { host, connection, 'content-length': length, ...headers } = request.headers;
      const answer = await fetch(sandbox, { method: 'POST', headers, body });
      return response.writeHead(answer.status).end(await answer.text());
    }
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    response.end(
      `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey><SessionToken>${sessionToken}</SessionToken><Expiration>${new Date(expires).toISOString()}</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
    );
  });
}

/** Each way to sign in, against the served sandbox. */
async function signIn() {
  const served = spawn(node, [bin, 'sandbox', 'serve', '--port', '0', '--state', 'served', '--json'], {
    cwd: home,
    env: base,
  });
  const [line] = await once(createInterface(served.stdout), 'line');
  const url = /http:\/\/[\d.:]+/.exec(line)?.[0];
  const identity = identityServer(url).listen(0, '127.0.0.1');
  await once(identity, 'listening');
  const identityUrl = `http://127.0.0.1:${identity.address().port}`;
  const env = { AWS_ENDPOINT_URL: url, AWS_REGION: 'eu-west-1' };
  const keys = JSON.stringify({ Version: 1, AccessKeyId: credentials.accessKeyId, SecretAccessKey: 'any' });
  write('keys.sh', `#!/bin/sh\necho '${keys}'\n`);
  chmodSync(join(home, 'keys.sh'), 0o700);
  write('token', 'a.b.c');
  const role = `arn:aws:iam::${account}:role/setup`;
  const sso = ['sso_session = acme', `sso_account_id = ${account}`, 'sso_role_name = setup'];
  const profiles = {
    keys: [`aws_access_key_id = ${credentials.accessKeyId}`, 'aws_secret_access_key = any'],
    process: [`credential_process = ${join(home, 'keys.sh')}`],
    web: [`role_arn = ${role}`, `web_identity_token_file = ${join(home, 'token')}`],
    sso,
  };
  const sections = Object.entries(profiles).map(([name, lines]) => `[profile ${name}]\n${lines.join('\n')}\n`);
  write(
    '.aws/config',
    `${sections.join('\n')}\n[sso-session acme]\nsso_region = eu-west-1\nsso_start_url = ${identityUrl}/start\n`,
  );
  const config = (profile) =>
    `version: 1\nname: dr\nsource: { account: "${account}", region: eu-west-1, bucket: acme, access: { profile: ${profile} } }\ndestinations:\n  - { account: "${account}", region: eu-central-1, bucket: acme-dr, access: { profile: ${profile} } }\n`;
  const plan = async (profile, what, wanted, more = {}) => {
    write(`${profile}.yaml`, config(profile));
    await expects(what, ['plan', '--config', `${profile}.yaml`], wanted, { ...env, ...more });
  };
  const planned = { code: 0, says: /Plan: \d+ to create/ };
  await plan('keys', 'a profile with keys', planned);
  await plan('process', 'a profile with credential_process', planned);
  await plan('web', 'a profile with web identity', planned, { AWS_ENDPOINT_URL_STS: identityUrl });
  const endpoints = { AWS_ENDPOINT_URL_SSO: identityUrl };
  await plan('sso', 'an SSO profile without a sign-in', { code: 4, says: /aws sso login --profile sso/ }, endpoints);
  const token = { accessToken: 'signed-in', expiresAt: new Date(expires).toISOString() };
  write(`.aws/sso/cache/${createHash('sha1').update('acme').digest('hex')}.json`, JSON.stringify(token));
  await plan('sso', 'an SSO profile with a token in the cache', planned, endpoints);
  served.kill('SIGINT');
  identity.close();
}

write('package.json', '{"private":true}');
const npm = spawnSync('npm', ['install', '--silent', '--no-audit', '--no-fund', resolve(tarball)], {
  cwd: home,
  stdio: 'inherit',
});
if (npm.status !== 0) process.exit(1);
await practise();
await signIn();
rmSync(home, { recursive: true, force: true });
process.exitCode = failed > 0 ? 1 : 0;
