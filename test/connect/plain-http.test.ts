import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { plainHttpWarnings } from '../../src/connect/plain-http.ts';

afterEach(() => vi.unstubAllEnvs());

const folder = mkdtempSync(join(tmpdir(), 's3repl-endpoints-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

/** The process has this environment and shared configuration file and nothing else of AWS's. */
function given(env: Readonly<Record<string, string>>, config = ''): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  files += 1;
  const file = join(folder, `config-${files}`);
  writeFileSync(file, config);
  const places = { AWS_CONFIG_FILE: file, AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none') };
  for (const [name, value] of Object.entries({ ...places, ...env })) vi.stubEnv(name, value);
}

async function warned(): Promise<readonly string[]> {
  const warnings = await plainHttpWarnings(process.env);
  expect(warnings.every(({ type, code, fix }) => type === 'warning' && code === 'plain-http-endpoint' && fix)).toBe(
    true,
  );
  return warnings.map(({ message }) => message);
}

describe('an endpoint without TLS', () => {
  it.each([
    'http://localhost:4599',
    'http://sandbox.localhost:4599/',
    'http://LOCALHOST.',
    'http://127.0.0.1',
    'http://127.8.9.10:5000',
    'http://127.1',
    'http://[::1]:4599',
    'http://[::ffff:127.0.0.1]',
    'https://moto.example.com',
    'nonsense',
    '',
  ])('is nothing to warn of at %j', async (url) => {
    given({ AWS_ENDPOINT_URL: url });
    expect(await warned()).toEqual([]);
  });

  it.each([
    'http://moto.example.com:5000',
    'http://10.0.0.1',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'http://notlocalhost',
    'http://[2001:db8::1]:80',
    'HTTP://MOTO',
  ])('is warned of once at %j', async (url) => {
    given({ AWS_ENDPOINT_URL: url });
    const [message, ...more] = await warned();
    expect(message).toMatch(
      /^AWS_ENDPOINT_URL sends the requests for S3, KMS, IAM, STS, .*, without encryption: .*temporary credentials/,
    );
    expect(message).toContain(`http://${new URL(url).host},`);
    expect(more).toEqual([]);
  });

  it('is named by its variable and its services, and says nothing of a password', async () => {
    given({ AWS_ENDPOINT_URL_KMS: 'http://me:hunter2@kms.example.com', AWS_ENDPOINT_URL_S3: 'http://s3.example.com' });
    const messages = await warned();
    expect(messages.map((message) => message.replace(/, without.*/, ''))).toEqual([
      'AWS_ENDPOINT_URL_S3 sends the requests for S3 to http://s3.example.com',
      'AWS_ENDPOINT_URL_KMS sends the requests for KMS to http://kms.example.com',
    ]);
    expect(messages.join()).not.toMatch(/hunter2|temporary credentials/);
  });

  it('is not warned of for services that we do not call, nor where the variable of a service leads elsewhere', async () => {
    given({ AWS_ENDPOINT_URL_DYNAMODB: 'http://dynamo.example.com' });
    expect(await warned()).toEqual([]);
    given({ AWS_ENDPOINT_URL: 'http://a.example.com', AWS_ENDPOINT_URL_S3: 'https://s3.example.com' });
    expect((await warned()).join()).toMatch(/requests for KMS, IAM/);
  });

  it.each<[string, Record<string, string>, string, string | undefined]>([
    ['of the default profile', {}, '[default]\nendpoint_url = http://x.example\n', 'endpoint_url of the profile'],
    [
      'of AWS_PROFILE',
      { AWS_PROFILE: 'p' },
      '[profile p]\nendpoint_url = http://x.example\n',
      'endpoint_url of the profile',
    ],
    ['of another profile', {}, '[profile p]\nendpoint_url = http://x.example\n', undefined],
    [
      'of a services section',
      {},
      '[default]\nservices = mine\n[services mine]\nkms =\n  endpoint_url = http://x.example\ns3 =\n  endpoint_url = https://y.example\n',
      'kms.endpoint_url in services mine',
    ],
    [
      'that a variable overrides',
      { AWS_ENDPOINT_URL: 'https://z.example' },
      '[default]\nendpoint_url = http://x.example\n',
      undefined,
    ],
    [
      'that is ignored',
      { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
      '[default]\nendpoint_url = http://x.example\n',
      undefined,
    ],
  ])('%s is warned of where the SDK uses it', async (_, env, config, from) => {
    given(env, config);
    const messages = await warned();
    const used: string[] = [];
    const settings = {
      region: 'eu-west-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
      requestHandler: {
        handle: async ({ protocol }: { protocol: string }) => {
          used.push(protocol);
          throw new Error('seen');
        },
      },
    };
    await expect(new KMSClient(settings).send(new ListKeysCommand({}))).rejects.toThrow('seen');
    await expect(new S3Client(settings).send(new ListBucketsCommand({}))).rejects.toThrow('seen');
    expect(used.includes('http:'), String(used)).toBe(messages.length > 0);
    expect(messages).toEqual(from === undefined ? [] : [expect.stringContaining(`${from} sends`)]);
  });
});
