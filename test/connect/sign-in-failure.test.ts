import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HttpRequest } from '@smithy/core/transport';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Access } from '../../src/config/spec.ts';
import { connect } from '../../src/connect/connect.ts';
import type { Failure } from '../../src/events/failure.ts';
import { errorAnswer, jsonAnswer, toHttpResponse } from '../../src/sandbox/wire/answer.ts';
import { AwsError } from '../../src/sandbox/wire/errors.ts';
import { aDestination, aSource, aSpec, SOURCE } from '../builders.ts';

let folder = '';
let asked: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 's3repl-sign-in-'));
  asked = [];
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  vi.stubEnv('HOME', folder);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  mkdirSync(join(folder, '.aws', 'sso', 'cache'), { recursive: true });
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function config(text: string): void {
  writeFileSync(join(folder, '.aws', 'config'), text);
}

/** What `aws sso login` leaves behind. */
function token(session: string, expiresAt: string): void {
  const name = `${createHash('sha1').update(session).digest('hex')}.json`;
  writeFileSync(join(folder, '.aws', 'sso', 'cache', name), JSON.stringify({ accessToken: 'a', expiresAt }));
}

/** Signs in by the SDK's own chain; AWS refuses everything. */
async function failure(access: Access = {}, refusal?: object): Promise<Failure> {
  const side = { account: SOURCE, region: 'eu-west-1', access };
  const spec = aSpec({ source: aSource(side), destinations: [aDestination(side)] });
  const handle = async ({ hostname }: HttpRequest) => {
    asked.push(hostname);
    if (refusal) return { response: toHttpResponse('sso', { ...jsonAnswer(refusal), status: 403 }) };
    return {
      response: toHttpResponse('sts', errorAnswer('sts', new AwsError('InvalidClientTokenId', 403, 'no'), true)),
    };
  };
  const surroundings = {
    report: () => undefined,
    env: process.env,
    now: Date.now,
    sleep: async () => undefined,
    requestHandler: { metadata: { handlerProtocol: 'h' }, handle },
  };
  return connect(spec, surroundings).then(
    () => expect.unreachable('signed in'),
    (error: Failure) => error,
  );
}

const sso = 'sso_region = eu-west-1\nsso_account_id = 111111111111\nsso_role_name = r\n';

describe('a profile that does not exist', () => {
  it('is named with the files, and with the profile that was meant; nothing else is tried', async () => {
    config('[profile prod]\nregion = eu-west-1\n[profile dev]\nregion = eu-west-1\n');
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', 'http://127.0.0.1:9/');
    expect(await failure({ profile: 'prdo' })).toMatchObject({
      outcome: 'unauthorized',
      code: 'profile-missing',
      message: `cannot sign in to the source account ${SOURCE} with the profile prdo: there is no such profile in ~/.aws/config or ~/.aws/credentials`,
      fix: 'did you mean prod? If not, aws configure sso --profile prdo creates the profile, and aws sso login --profile prdo signs in',
    });
    expect((await failure({ profile: 'audit' })).fix).toMatch(
      /^there are prod, dev; aws configure sso --profile audit/,
    );
    expect(asked).toEqual([]);
  });

  it('may be that of AWS_PROFILE, in files of other names', async () => {
    vi.stubEnv('AWS_PROFILE', 'nope');
    vi.stubEnv('AWS_CONFIG_FILE', '/etc/aws');
    const { code, message, fix } = await failure();
    expect(code).toBe('profile-missing');
    expect(message).toContain('(AWS_PROFILE=nope): there is no such profile in /etc/aws or ~/.aws/credentials');
    expect(fix).toMatch(/^there are no profiles yet; aws configure sso --profile nope/);
  });

  it('may be the source of one that does', async () => {
    config(
      `[profile admin]\nrole_arn = arn:aws:iam::${SOURCE}:role/r\nsource_profile = base\n[profile bass]\nregion = x\n`,
    );
    const { message, fix } = await failure({ profile: 'admin' });
    expect(message).toContain('source_profile of the profile admin is base, and there is no such profile');
    expect(fix).toContain('did you mean bass?');
  });

  it('is not a section of another kind', async () => {
    config('[sso-session acme]\nsso_region = x\n[services acme]\ns3 =\n  endpoint_url = x\n');
    expect((await failure({ profile: 'acme' })).fix).toMatch(/^there are no profiles yet/);
  });
});

describe('no credentials', () => {
  it('is told with every place that was looked at, and how to have some', async () => {
    const { outcome, message, fix } = await failure();
    expect(outcome).toBe('unauthorized');
    expect(message).toContain(
      'there are no credentials. s3repl looked at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (not set), ' +
        'the profile default in ~/.aws/config and ~/.aws/credentials (no such profile), ' +
        'AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN (not set), a container (AWS_CONTAINER_CREDENTIALS_… not set), ' +
        'the metadata of an EC2 instance (AWS_EC2_METADATA_DISABLED is true)',
    );
    expect(fix).toMatch(
      /^name a profile: --profile NAME, source\.access\.profile in repl\.yaml.*aws configure sso.*aws sso login --profile NAME/,
    );
  });

  it('says what is set in half, and which profiles there are', async () => {
    config(
      `[default]\nregion = x\n${['a', 'b', 'c', 'd', 'e'].map((name) => `[profile ${name}]\nregion = x\n`).join('')}`,
    );
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIA');
    const { message, fix } = await failure();
    expect(message).toContain('(only AWS_ACCESS_KEY_ID set)');
    expect(message).toContain('(it has no credentials)');
    expect(fix).toContain('(there are default, a, b, c, d and 1 more)');
  });

  it('in a profile that says nothing of signing in: it is the one to be completed', async () => {
    config('[profile prod]\nregion = eu-west-1\n');
    const { message, fix } = await failure({ profile: 'prod' });
    expect(message).toContain('s3repl looked at the profile prod in');
    expect(fix).toMatch(/^the profile prod does not say how to sign in: aws configure sso --profile prod/);
  });
});

describe('a profile of IAM Identity Center', () => {
  const url = 'https://acme.awsapps.com/start';
  const legacy = `[profile prod]\nsso_start_url = ${url}\n${sso}`;
  const session = `[profile prod]\nsso_session = acme\n${sso}[sso-session acme]\nsso_region = eu-west-1\nsso_start_url = ${url}\n`;
  const signIn = 'run aws sso login --profile prod, and then the same command';

  it.each([
    ['has never signed in', legacy, () => undefined],
    ['has never signed in, with a session', session, () => undefined],
    ['has signed in long ago', legacy, () => token(url, '2020-01-01T00:00:00Z')],
    ['has signed in long ago, with a session', session, () => token('acme', '2020-01-01T00:00:00Z')],
  ])('that %s is signed in with', async (_, text, before) => {
    config(text);
    before();
    expect(await failure({ profile: 'prod' })).toMatchObject({ outcome: 'unauthorized', fix: signIn });
    vi.stubEnv('AWS_PROFILE', 'prod');
    expect((await failure()).fix).toBe(signIn);
  });

  it('is signed in with where another profile assumes a role from it', async () => {
    config(`[profile admin]\nrole_arn = arn:aws:iam::${SOURCE}:role/r\nsource_profile = prod\n${legacy}`);
    expect((await failure({ profile: 'admin' })).fix).toBe(signIn);
  });

  it('is signed in with again where the token was revoked', async () => {
    config(legacy);
    token(url, '2099-01-01T00:00:00Z');
    const revoked = { __type: 'UnauthorizedException', message: 'Session token not found or invalid' };
    expect((await failure({ profile: 'prod' }, revoked)).fix).toBe(signIn);
    expect(asked).toEqual(['portal.sso.eu-west-1.amazonaws.com']);
  });

  it('whose role one does not have is not helped by signing in', async () => {
    config(legacy);
    token(url, '2099-01-01T00:00:00Z');
    const { message, fix } = await failure({ profile: 'prod' }, { __type: 'ForbiddenException', message: 'No access' });
    expect(message).toContain('No access');
    expect(fix).toMatch(/does not give you the role sso_role_name.*aws configure sso --profile prod/);
  });

  it('whose session is not there is told so, in no words of JavaScript', async () => {
    config(`[profile prod]\nsso_session = acme\n${sso}`);
    const { message } = await failure({ profile: 'prod' });
    expect(message).toMatch(/: its sso_session names an \[sso-session …\] section that is not in ~\/\.aws\/config$/);
  });

  it.each([
    ['lacks settings', `[profile prod]\nsso_start_url = ${url}\n`],
    ['names a session that is not there', `[profile prod]\nsso_session = acme\n${sso}`],
  ])('that %s is configured', async (_, text) => {
    config(text);
    expect((await failure({ profile: 'prod' })).fix).toBe(
      'aws configure sso --profile prod adds what the profile lacks',
    );
  });
});

describe('another profile', () => {
  it.each([
    ['aws login', 'login_session = arn:aws:iam::111111111111:user/u', 'run aws login --profile prod'],
    ['a program', 'credential_process = /bin/false', 'run that program to see what is wrong'],
    [
      'a token that is not there',
      'role_arn = arn:aws:iam::111111111111:role/r\nweb_identity_token_file = /none',
      'aws sts get-caller-identity --profile prod shows',
    ],
    ['half a key', 'aws_access_key_id = AKIA', 'aws sts get-caller-identity --profile prod shows'],
  ])('by %s is told what to do with it', async (_, line, fix) => {
    config(`[profile prod]\nregion = eu-west-1\n${line}\n`);
    expect((await failure({ profile: 'prod' })).fix).toContain(fix);
  });

  it('whose keys AWS refuses, or the environment', async () => {
    config('[profile prod]\naws_access_key_id = AKIA\naws_secret_access_key = any\n');
    const { code, fix } = await failure({ profile: 'prod' });
    expect([code, fix]).toEqual(['InvalidClientTokenId', expect.stringContaining('sign in again')]);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIA');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'any');
    expect((await failure()).fix).toContain('get new values for AWS_ACCESS_KEY_ID');
    // To the SDK an empty one is none.
    vi.stubEnv('AWS_PROFILE', '');
    expect((await failure()).fix).toContain('get new values for AWS_ACCESS_KEY_ID');
  });
});
