import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HttpRequest } from '@smithy/core/transport';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { connect } from '../../src/connect/connect.ts';
import type { Surroundings } from '../../src/connect/surroundings.ts';
import { jsonAnswer, queryAnswer, toHttpResponse } from '../../src/sandbox/wire/answer.ts';
import { aDestination, aSource, aSpec, SOURCE } from '../builders.ts';

const session = { AccessKeyId: 'ASIA', SecretAccessKey: 's', SessionToken: 't', Expiration: '2099-01-01T00:00:00Z' };
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 's3repl-profiles-'));
  vi.stubEnv('HOME', folder);
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'none'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Signs in to a source in eu-west-1 with the profile; gives what was asked where. */
async function askedWith(profile: string): Promise<readonly string[]> {
  writeFileSync(join(folder, 'config'), `[profile prod]\n${profile}`);
  const asked: string[] = [];
  const surroundings: Surroundings = {
    report: () => undefined,
    env: process.env,
    now: () => 0,
    sleep: async () => undefined,
    requestHandler: {
      metadata: { handlerProtocol: 'h' },
      handle: async ({ hostname, body, path }: HttpRequest) => {
        const operation = new URLSearchParams(String(body ?? '')).get('Action') ?? path;
        asked.push(`${operation} ${hostname}`);
        if (hostname.startsWith('portal.sso')) {
          const roleCredentials = { accessKeyId: 'ASIA', secretAccessKey: 's', sessionToken: 't', expiration: 4e12 };
          return { response: toHttpResponse('sso', jsonAnswer({ roleCredentials })) };
        }
        const answer =
          operation === 'GetCallerIdentity'
            ? { Account: SOURCE, Arn: `arn:aws:sts::${SOURCE}:assumed-role/r/s` }
            : { Credentials: session };
        return { response: toHttpResponse('sts', queryAnswer('sts', operation, answer)) };
      },
    },
  };
  const access = { profile: 'prod' };
  const side = { account: SOURCE, region: 'eu-west-1', access };
  const spec = aSpec({ source: aSource(side), destinations: [aDestination(side)] });
  (await connect(spec, surroundings)).close();
  return asked;
}

it('a profile with a web identity token signs in at STS in the Region of its side', async () => {
  writeFileSync(join(folder, 'token'), 'e30.e30.sig');
  const asked = await askedWith(
    `role_arn = arn:aws:iam::${SOURCE}:role/r\nweb_identity_token_file = ${folder}/token\n`,
  );
  expect(asked).toEqual([
    'AssumeRoleWithWebIdentity sts.eu-west-1.amazonaws.com',
    'GetCallerIdentity sts.eu-west-1.amazonaws.com',
  ]);
});

it('a profile of IAM Identity Center signs in in the Region that the profile says', async () => {
  const url = 'https://acme.awsapps.com/start';
  const cache = join(folder, '.aws', 'sso', 'cache');
  mkdirSync(cache, { recursive: true });
  const token = { startUrl: url, region: 'us-west-2', accessToken: 'a', expiresAt: '2099-01-01T00:00:00Z' };
  writeFileSync(join(cache, `${createHash('sha1').update(url).digest('hex')}.json`), JSON.stringify(token));
  const asked = await askedWith(
    `sso_start_url = ${url}\nsso_region = us-west-2\nsso_account_id = ${SOURCE}\nsso_role_name = r\n`,
  );
  expect(asked).toEqual([
    '/federation/credentials portal.sso.us-west-2.amazonaws.com',
    'GetCallerIdentity sts.eu-west-1.amazonaws.com',
  ]);
});
