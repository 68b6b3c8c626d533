import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createPlainServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { ListRolesCommand } from '@aws-sdk/client-iam';
import { ListKeysCommand } from '@aws-sdk/client-kms';
import { DescribeOrganizationCommand } from '@aws-sdk/client-organizations';
import { GetBucketVersioningCommand, ListBucketsCommand } from '@aws-sdk/client-s3';
import { GetPublicAccessBlockCommand } from '@aws-sdk/client-s3-control';
import { GetServiceQuotaCommand } from '@aws-sdk/client-service-quotas';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { connect } from '../../src/connect/connect.ts';
import type { Connection } from '../../src/connect/connection.ts';
import { sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { queryAnswer, toHttpResponse } from '../../src/sandbox/wire/answer.ts';
import { aDestination, aSource, aSpec, DESTINATION, SOURCE } from '../builders.ts';
import { type Authority, aCompanyNetwork, anAuthority } from './company-network.ts';

let authority: Authority;
let folder = '';

beforeAll(() => {
  authority = anAuthority();
});
afterAll(() => authority.remove());

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 's3repl-network-'));
  vi.stubEnv('HOME', folder);
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'));
  vi.stubEnv('AWS_CA_BUNDLE', authority.bundle);
  // The sandbox takes any secret.
  const { accessKeyId } = sandboxCredentials(SOURCE);
  writeFileSync(
    join(folder, 'credentials'),
    `[admin]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = any\n`,
  );
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const surroundings = { report: () => undefined, env: process.env, now: Date.now, sleep: async () => undefined };

/** Signs in to one account with the profile, by the network. */
async function signedIn(profile: string, account = SOURCE): Promise<Connection> {
  const side = { account, region: 'eu-west-1', access: { profile } };
  const spec = aSpec({ source: aSource(side), destinations: [aDestination(side)] });
  const connections = await connect(spec, surroundings);
  onTestFinished(() => connections.close());
  return connections.get('source');
}

function failureOf(profile = 'admin'): Promise<unknown> {
  return signedIn(profile).then(
    () => expect.unreachable('signed in'),
    (error: unknown) => error,
  );
}

/** Speaks no TLS. */
async function aPlainServer(answer = (socket: Socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')) {
  const server = createPlainServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What `aws sso login` leaves behind. */
function ssoToken(session: string, token: object): void {
  const cache = join(folder, '.aws', 'sso', 'cache');
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, `${createHash('sha1').update(session).digest('hex')}.json`), JSON.stringify(token));
}

async function answerOfSts(operation: string, answer: Record<string, unknown>): Promise<string> {
  const chunks: string[] = [];
  for await (const chunk of toHttpResponse('sts', queryAnswer('sts', operation, answer)).body)
    chunks.push(String(chunk));
  return chunks.join('');
}

function profile(name: string, ...lines: readonly string[]): void {
  writeFileSync(join(folder, 'config'), `[profile ${name}]\nregion = eu-west-1\n${lines.join('\n')}\n`);
}

describe('behind a proxy that signs with an authority of its own', () => {
  it('every client reaches AWS, each host by CONNECT, those of a role that a profile assumes as well', async () => {
    const network = await aCompanyNetwork(authority);
    vi.stubEnv('HTTPS_PROXY', `http://${network.proxy}`);
    const role = `arn:aws:iam::${DESTINATION}:role/s3repl-setup`;
    await network.sandbox.ensureRole(role, [`arn:aws:iam::${SOURCE}:root`]);
    profile('setup', `role_arn = ${role}`, 'source_profile = admin');
    const { s3, kms, iam, s3Control, organizations, cloudWatch, serviceQuotas, identity } = await signedIn(
      'setup',
      DESTINATION,
    );
    expect(identity).toContain(`${DESTINATION}:assumed-role/s3repl-setup/`);

    const named = (error: Error) => error.name;
    expect((await s3.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([]);
    expect(await s3.send(new GetBucketVersioningCommand({ Bucket: 'acme' })).catch(named)).toBe('NoSuchBucket');
    expect((await kms.send(new ListKeysCommand({}))).Keys).toEqual([]);
    expect((await iam.send(new ListRolesCommand({}))).Roles).toHaveLength(1);
    const block = new GetPublicAccessBlockCommand({ AccountId: DESTINATION });
    expect(await s3Control.send(block).catch(named)).toBe('NoSuchPublicAccessBlockConfiguration');
    expect(await organizations.send(new DescribeOrganizationCommand({})).catch(named)).toMatch(/Exception$/);
    const nothing = new GetMetricDataCommand({ MetricDataQueries: [], StartTime: new Date(0), EndTime: new Date() });
    expect(await cloudWatch.send(nothing).catch(named)).toBe('ValidationException');
    const quota = new GetServiceQuotaCommand({ ServiceCode: 'kms', QuotaCode: 'L-1' });
    expect(await serviceQuotas.send(quota).catch(named)).toBe('NoSuchResourceException');
    expect([...new Set(network.asked)].sort()).toEqual(
      [
        `${DESTINATION}.s3-control.eu-west-1.amazonaws.com:443`,
        'acme.s3.eu-west-1.amazonaws.com:443',
        'iam.amazonaws.com:443',
        'kms.eu-west-1.amazonaws.com:443',
        'monitoring.eu-west-1.amazonaws.com:443',
        'organizations.us-east-1.amazonaws.com:443',
        's3.eu-west-1.amazonaws.com:443',
        'servicequotas.eu-west-1.amazonaws.com:443',
        'sts.eu-west-1.amazonaws.com:443',
      ].sort(),
    );
  });

  it('connections are used again, and a client that ends leaves the others theirs', async () => {
    let arrive = () => {};
    const network = await aCompanyNetwork(authority, { answer: () => void arrive() });
    vi.stubEnv('HTTPS_PROXY', `http://${network.proxy}`);
    const { kms } = await signedIn('admin');
    for (let times = 0; times < 5; times += 1) await kms.send(new ListKeysCommand({}));
    expect(network.asked.filter((host) => host.startsWith('kms'))).toHaveLength(1);
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const underWay = kms.send(new ListKeysCommand({}));
    await arrived;
    kms.destroy();
    expect((await underWay).Keys).toEqual([]);
    expect(network.asked.filter((host) => host.startsWith('kms'))).toHaveLength(1);
  });

  it('IAM Identity Center is signed in to, with a token that has to be renewed first', async () => {
    const roleCredentials = { accessKeyId: 'ASIA', secretAccessKey: 's', sessionToken: 't', expiration: 4e12 };
    const who = await answerOfSts('GetCallerIdentity', {
      Account: SOURCE,
      Arn: `arn:aws:sts::${SOURCE}:assumed-role/r/s`,
    });
    const network = await aCompanyNetwork(authority, {
      answer: (host, path) => {
        if (host.startsWith('oidc.')) return { accessToken: 'new', expiresIn: 3600, tokenType: 'Bearer' };
        return path.startsWith('/federation/credentials') ? { roleCredentials } : who;
      },
    });
    vi.stubEnv('HTTPS_PROXY', `http://${network.proxy}`);
    profile(
      'sso',
      'sso_session = acme',
      `sso_account_id = ${SOURCE}`,
      'sso_role_name = r\n[sso-session acme]',
      'sso_region = eu-west-1',
      'sso_start_url = https://acme.awsapps.com/start',
    );
    ssoToken('acme', {
      accessToken: 'old',
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
      refreshToken: 'r',
      clientId: 'c',
      clientSecret: 's',
      registrationExpiresAt: '2099-01-01T00:00:00Z',
    });
    expect((await signedIn('sso')).account).toBe(SOURCE);
    expect(network.asked).toEqual([
      'oidc.eu-west-1.amazonaws.com:443',
      'portal.sso.eu-west-1.amazonaws.com:443',
      'sts.eu-west-1.amazonaws.com:443',
    ]);
  });

  it('a web identity token is taken to STS', async () => {
    const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey } = sandboxCredentials(SOURCE);
    const Credentials = { AccessKeyId, SecretAccessKey, SessionToken: '', Expiration: '2099-01-01T00:00:00Z' };
    const answer = await answerOfSts('AssumeRoleWithWebIdentity', { Credentials });
    const network = await aCompanyNetwork(authority, {
      answer: (_host, _path, asked) => (asked.includes('AssumeRoleWithWebIdentity') ? answer : undefined),
    });
    vi.stubEnv('HTTPS_PROXY', `http://${network.proxy}`);
    writeFileSync(join(folder, 'token'), 'e30.e30.sig');
    profile('web', `role_arn = arn:aws:iam::${SOURCE}:role/r`, `web_identity_token_file = ${folder}/token`);
    expect((await signedIn('web')).account).toBe(SOURCE);
    expect(new Set(network.asked)).toEqual(new Set(['sts.eu-west-1.amazonaws.com:443']));
  });

  it('credentials of a container are asked for directly', async () => {
    const network = await aCompanyNetwork(authority);
    vi.stubEnv('HTTPS_PROXY', `http://${network.proxy}`);
    vi.stubEnv('HTTP_PROXY', `http://${network.proxy}`);
    const { accessKeyId, secretAccessKey } = sandboxCredentials(SOURCE);
    const given = {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      Token: '',
      Expiration: '2099-01-01T00:00:00Z',
    };
    const container = createServer((_request, response) => response.end(JSON.stringify(given)));
    await new Promise<void>((resolve) => container.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void container.close());
    const uri = `http://127.0.0.1:${(container.address() as AddressInfo).port}/creds`;
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', uri);
    profile('container', `role_arn = arn:aws:iam::${SOURCE}:role/r`, 'credential_source = EcsContainer');
    await network.sandbox.ensureRole(`arn:aws:iam::${SOURCE}:role/r`, [`arn:aws:iam::${SOURCE}:root`]);
    expect((await signedIn('container')).account).toBe(SOURCE);
    expect(new Set(network.asked)).toEqual(new Set(['sts.eu-west-1.amazonaws.com:443']));
  });

  it('hosts of NO_PROXY and of this machine are reached directly, with the same certificates', async () => {
    const network = await aCompanyNetwork(authority);
    vi.stubEnv('HTTPS_PROXY', `http://${network.proxy}`);
    vi.stubEnv('AWS_ENDPOINT_URL', network.aws);
    expect((await signedIn('admin')).account).toBe(SOURCE);
    expect(network.asked).toEqual([]);
  });

  it('an endpoint without TLS is reached by HTTP_PROXY', async () => {
    const network = await aCompanyNetwork(authority);
    vi.stubEnv('HTTP_PROXY', `http://${network.proxy}`);
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://emulator.amazonaws.com');
    const { kms } = await signedIn('admin');
    expect((await kms.send(new ListKeysCommand({}))).Keys).toEqual([]);
    expect(new Set(network.asked)).toEqual(new Set(['emulator.amazonaws.com:80']));
  });

  it('an endpoint may be an address, which its certificate is for', async () => {
    const network = await aCompanyNetwork(authority, {
      answer: (host) => (host === '192.0.2.1' ? who : undefined),
    });
    const who = await answerOfSts('GetCallerIdentity', { Account: SOURCE, Arn: `arn:aws:iam::${SOURCE}:user/u` });
    vi.stubEnv('HTTPS_PROXY', `http://${network.proxy}`);
    vi.stubEnv('AWS_ENDPOINT_URL', 'https://192.0.2.1');
    expect((await signedIn('admin')).account).toBe(SOURCE);
    expect(network.asked).toEqual(['192.0.2.1:443']);
  });

  it('certificates count without a proxy as well', async () => {
    const network = await aCompanyNetwork(authority);
    vi.stubEnv('AWS_ENDPOINT_URL', network.aws);
    expect((await signedIn('admin')).account).toBe(SOURCE);
  });

  it('the proxy itself may speak TLS', async () => {
    const network = await aCompanyNetwork(authority, { tls: true });
    vi.stubEnv('https_proxy', `https://${network.proxy}`);
    expect((await signedIn('admin')).account).toBe(SOURCE);
    expect(network.asked).toEqual(['sts.eu-west-1.amazonaws.com:443']);
  });

  it('user and password are given to a proxy that asks for them, and told to nobody', async () => {
    const network = await aCompanyNetwork(authority, { login: 'anna:ge heim' });
    vi.stubEnv('HTTPS_PROXY', `http://anna:ge%20heim@${network.proxy}`);
    expect((await signedIn('admin')).account).toBe(SOURCE);
    expect([...network.logins]).toEqual([`Basic ${Buffer.from('anna:ge heim').toString('base64')}`]);
    vi.stubEnv('HTTPS_PROXY', `http://anna:falsch@${network.proxy}`);
    const failure = await failureOf();
    expect(failure).toMatchObject({
      outcome: 'failed',
      code: 'proxy',
      message: expect.stringContaining(`the proxy ${network.proxy} (HTTPS_PROXY) answered 407 Log in to CONNECT sts.`),
      fix: expect.stringContaining(`set HTTPS_PROXY to http://USER:PASSWORD@${network.proxy}`),
    });
    expect(String(failure) + JSON.stringify(failure)).not.toContain('falsch');
  });
});

describe('what is wrong on the way is said, and what to do', () => {
  it('a certificate that is not trusted, with the variables for those that are', async () => {
    const network = await aCompanyNetwork(authority);
    vi.stubEnv('HTTPS_PROXY', `http://${network.proxy}`);
    vi.stubEnv('AWS_CA_BUNDLE', '');
    expect(await failureOf()).toMatchObject({
      outcome: 'failed',
      code: 'certificate',
      message: expect.stringMatching(
        /the certificate of the endpoint is not trusted: .*\(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)$/,
      ),
      fix: expect.stringMatching(/AWS_CA_BUNDLE.*NODE_EXTRA_CA_CERTS/),
    });
    expect(network.asked).toHaveLength(1);
  });

  it.each([
    ['certificate', {}, { AWS_CA_BUNDLE: '' }, /the certificate of the endpoint is not trusted: unable to verify/],
    [
      'proxy',
      { refusal: '403 Forbidden' },
      {},
      /: the proxy \S+ \(HTTPS_PROXY\) answered 403 Forbidden to CONNECT portal\.sso/,
    ],
  ])(
    'a %s on the way to IAM Identity Center, of which its provider keeps the text only',
    async (code, wishes, env, text) => {
      const network = await aCompanyNetwork(authority, wishes);
      vi.stubEnv('HTTPS_PROXY', `http://${network.proxy}`);
      for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
      const url = 'https://acme.awsapps.com/start';
      profile(
        'sso',
        `sso_start_url = ${url}`,
        'sso_region = eu-west-1',
        `sso_account_id = ${SOURCE}`,
        'sso_role_name = r',
      );
      const token = { accessToken: 'a', expiresAt: '2099-01-01T00:00:00Z' };
      ssoToken(url, token);
      expect(await failureOf('sso')).toMatchObject({ outcome: 'failed', code, message: expect.stringMatching(text) });
    },
  );

  it('the certificate of the proxy', async () => {
    const network = await aCompanyNetwork(authority, { tls: true });
    vi.stubEnv('HTTPS_PROXY', `https://${network.proxy}`);
    vi.stubEnv('AWS_CA_BUNDLE', '');
    expect(await failureOf()).toMatchObject({
      code: 'certificate',
      message: expect.stringContaining(`the certificate of the proxy ${network.proxy} is not trusted`),
    });
  });

  it.each(['127.0.0.1', '192.0.2.2', 'other.example'])('a certificate for another host than %s', async (host) => {
    const network = await aCompanyNetwork(authority);
    vi.stubEnv('HTTPS_PROXY', `http://${network.proxy}`);
    vi.stubEnv('AWS_ENDPOINT_URL', network.aws.replace('localhost', host));
    const failure = await failureOf();
    expect(failure).toMatchObject({ code: 'certificate', fix: expect.stringContaining('check AWS_ENDPOINT_URL') });
  });

  it('a proxy that refuses', async () => {
    const network = await aCompanyNetwork(authority, { refusal: '403 Forbidden' });
    vi.stubEnv('HTTPS_PROXY', `http://${network.proxy}`);
    expect(await failureOf()).toMatchObject({
      outcome: 'failed',
      code: 'proxy',
      message: expect.stringContaining('answered 403 Forbidden to CONNECT sts.eu-west-1.amazonaws.com:443'),
      fix: expect.stringContaining('NO_PROXY'),
    });
    expect(network.asked).toHaveLength(1);
  });

  it('a proxy that is in trouble is asked again', async () => {
    const network = await aCompanyNetwork(authority, { refusal: '503 Busy' });
    vi.stubEnv('HTTPS_PROXY', `http://${network.proxy}`);
    expect(await failureOf()).toMatchObject({ code: 'proxy' });
    expect(network.asked).toHaveLength(5);
  }, 30_000);

  it('a proxy that is not there', async () => {
    vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:9');
    expect(await failureOf()).toMatchObject({
      code: 'proxy',
      message: expect.stringContaining('the proxy 127.0.0.1:9 (HTTPS_PROXY) cannot be reached: connect ECONNREFUSED'),
      fix: expect.stringContaining('check HTTPS_PROXY'),
    });
  }, 30_000);

  it('an endpoint and a proxy without TLS, where the variable says https; the credentials are not to blame', async () => {
    const plain = await aPlainServer();
    vi.stubEnv('AWS_ENDPOINT_URL', `https://${plain}`);
    expect(await failureOf()).toMatchObject({
      outcome: 'failed',
      code: 'tls',
      message: expect.stringMatching(/: the endpoint does not speak TLS$/),
      fix: expect.stringContaining('AWS_ENDPOINT_URL begins with https://'),
    });
    vi.stubEnv('AWS_ENDPOINT_URL', undefined);
    vi.stubEnv('HTTPS_PROXY', `https://${plain}`);
    expect(await failureOf()).toMatchObject({
      outcome: 'failed',
      code: 'tls',
      message: expect.stringMatching(new RegExp(`: the proxy ${plain} does not speak TLS$`)),
      fix: `set HTTPS_PROXY to http://${plain}`,
    });
  });

  it('a proxy that never answers is named', async () => {
    vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
    vi.stubEnv('HTTPS_PROXY', `http://${await aPlainServer(() => undefined)}`);
    expect(await failureOf()).toMatchObject({
      outcome: 'failed',
      code: 'network',
      fix: expect.stringMatching(/AWS_ENDPOINT_URL and the proxy 127\.0\.0\.1:\d+ \(HTTPS_PROXY\)$/),
    });
  }, 60_000);

  it.each(['localhost:4566', '127.0.0.1', 'ftp://localhost'])(
    'an endpoint that is no URL of http or https: %s',
    async (endpoint) => {
      vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
      expect(await failureOf()).toMatchObject({
        outcome: 'invalid',
        code: 'endpoint',
        message: 'AWS_ENDPOINT_URL is not a URL that begins with http:// or https://',
        fix: 'set it to a URL such as http://localhost:4566, or unset it',
      });
    },
  );

  it.each([
    ['AWS_CA_BUNDLE', '/nowhere.pem', 'ENOENT'],
    ['AWS_CA_BUNDLE', '/dev/zero', 'it is larger than 16 MiB'],
    ['AWS_CA_BUNDLE', import.meta.filename, 'PEM_read_bio|bad base64|no start line|BEGIN CERTIFICATE'],
  ])('%s of %s, before anything is sent', async (variable, file, why) => {
    vi.stubEnv(variable, file);
    expect(await failureOf()).toMatchObject({
      outcome: 'invalid',
      code: 'certificates',
      message: expect.stringMatching(`^s3repl cannot use ${file}, which ${variable} names: .*(${why})`),
    });
  });
});
