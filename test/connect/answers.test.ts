import { Readable } from 'node:stream';
import * as cloudWatch from '@aws-sdk/client-cloudwatch';
import * as iam from '@aws-sdk/client-iam';
import * as kms from '@aws-sdk/client-kms';
import * as organizations from '@aws-sdk/client-organizations';
import * as s3 from '@aws-sdk/client-s3';
import * as s3Control from '@aws-sdk/client-s3-control';
import * as serviceQuotas from '@aws-sdk/client-service-quotas';
import * as sns from '@aws-sdk/client-sns';
import * as sts from '@aws-sdk/client-sts';
import { HttpResponse } from '@smithy/core/transport';
import { describe, expect, it } from 'vitest';
import type { Region } from '../../src/aws/brand.ts';
import { NotAws, requireAws } from '../../src/connect/answers.ts';
import type { Identity } from '../../src/connect/connection.ts';
import type { SdkClient } from '../../src/connect/sdk-client.ts';
import { services } from '../../src/connect/services.ts';
import { traceCalls } from '../../src/connect/trace.ts';
import { readBucket, readBucketAsAllowed } from '../../src/observe/bucket.ts';
import { explain } from '../../src/session/explain.ts';
import type { OperationFacts } from '../../src/state/operation.ts';
import { branded } from '../plain.ts';

interface Given {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | (() => Readable);
}

const who = branded<Identity & { readonly region: Region }>({
  account: '111111111111',
  region: 'eu-west-1',
  identity: 'me',
});
const packages = { s3, kms, iam, sts, organizations, sns, cloudWatch, s3Control, serviceQuotas };

/** A client of a service whose every request is answered so. */
function clientOf(service: keyof typeof packages, answer: (method: string, query: object) => Given) {
  const options = {
    ...{ retryMode: 'standard', customUserAgent: 's3repl' },
    region: who.region,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
    requestHandler: {
      handle: async ({ method, query = {} }: { method: string; query?: object }) => {
        const { status: statusCode = 200, headers = {}, body = '' } = answer(method, query);
        const content = typeof body === 'string' ? Readable.from(body === '' ? [] : [Buffer.from(body)]) : body();
        return {
          response: new HttpResponse({ statusCode, headers, body: method === 'HEAD' ? Readable.from([]) : content }),
        };
      },
    },
  };
  const client: SdkClient = services[service].client(options, {});
  client.middlewareStack.use(traceCalls(who, { report: () => undefined, env: process.env, now: () => 0 }));
  client.middlewareStack.use(requireAws(who));
  return client;
}

const input = {
  ...{ Bucket: 'acme', Key: 'a', Body: 'b', RoleName: 'r', PolicyName: 'default', VersionId: 'v1' },
  ...{ PolicyArn: 'arn:aws:iam::111111111111:policy/p', KeyId: 'k', RoleArn: 'a'.repeat(20), RoleSessionName: 'me' },
  ...{ AccountId: '111111111111', JobId: 'j', RequestedJobStatus: 'Cancelled', ServiceCode: 'kms', QuotaCode: 'L-1' },
};

interface Sender {
  send(one: never): Promise<unknown>;
}

const made = new Map<string, Sender>();
let next: Given = {};

/** Sends an operation to a service that answers so. */
async function ask(operation: string, given: Given): Promise<unknown> {
  const command = `${operation}Command`;
  const service =
    (['sns', 's3', 'kms', 'iam', 'sts', 'organizations', 'cloudWatch', 's3Control', 'serviceQuotas'] as const).find(
      (one) => command in packages[one],
    ) ?? 's3';
  const Command = (packages[service] as unknown as Record<string, new (input: object) => never>)[command];
  if (!Command) throw new Error(`no ${command}`);
  const client: Sender = made.get(service) ?? clientOf(service, () => next);
  made.set(service, client);
  next = given;
  return client.send(new Command(input));
}

const page = '<!DOCTYPE html>\n<html><body>Sign in to the network</body></html>';
const wrong = {
  'a page': { body: page, headers: { 'content-type': 'text/html' } },
  nothing: {},
  '{}': { body: '{}', headers: { 'content-type': 'application/json' } },
  'another document': { body: '<?xml version="1.0"?>\n<Error><Code>x</Code></Error>' },
  'a text': { body: 'Welcome', headers: { 'content-type': 'text/plain' } },
  'a redirect': { status: 302, headers: { location: 'https://example.com/login' } },
  'a redirect with a page': { status: 307, body: page },
  'a page with 403': { status: 403, body: page },
  'a page with 404': { status: 404, body: '\ufeff <HTML>Not Found</HTML>' },
  'a text with 407': { status: 407, body: 'Proxy Authentication Required' },
} satisfies Record<string, Given>;

const checkedOperations = [
  ...new Set(
    Object.values(services).flatMap(({ operations }) =>
      Object.entries<OperationFacts>(operations).flatMap(([name, { answer }]) => (answer === undefined ? [] : [name])),
    ),
  ),
];

describe.each(checkedOperations)('%s', (operation) => {
  // A HEAD has no body, and says no more than its status and headers.
  const isHead = operation === 'HeadObject';
  // A policy is any JSON, and AWS may leave out an empty list of mute rules.
  const isAnyJson = ['GetBucketPolicy', 'ListAlarmMuteRules'].includes(operation);
  const answers = Object.entries(wrong).filter(
    ([name]) => !(isHead && /40/.test(name)) && !(isAnyJson && name === '{}'),
  );

  it('is no answer where something else has answered', async () => {
    for (const [name, given] of answers) {
      const error = await ask(operation, given).catch((thrown: unknown) => thrown);
      expect(error, name).toBeInstanceOf(NotAws);
      expect(explain(error).message).toMatch(
        new RegExp(
          `^the answer to \\w+ ${operation} in account 111111111111, eu-west-1, as me is not from AWS: HTTP \\d`,
        ),
      );
    }
  });
});

const whole = '<VersioningConfiguration xmlns="x"><Status>Enabled</Status></VersioningConfiguration>';

describe('an answer', () => {
  it.each([
    [whole, 'Enabled'],
    [`<?xml version="1.0" encoding="UTF-8"?>\n\n${whole}\n`, 'Enabled'],
    ['<VersioningConfiguration xmlns="x"/>', undefined],
    ['<?xml version="1.0"?><VersioningConfiguration/>', undefined],
  ])('is taken as it is: %s', async (body, Status) => {
    const taken = (await ask('GetBucketVersioning', { body })) as { Status?: string };
    expect(taken.Status).toBe(Status);
  });

  it('that was cut off anywhere is none', async () => {
    for (let length = 0; length < whole.length; length += 1) {
      const body = whole.slice(0, length);
      await expect(ask('GetBucketVersioning', { body }), body).rejects.toBeInstanceOf(NotAws);
    }
  });

  it.each([200, 400])('that never ends is none (HTTP %i)', async (status) => {
    const endless = function* () {
      for (;;) yield Buffer.alloc(2 ** 18, '<Error>');
    };
    await expect(ask('GetBucketVersioning', { status, body: () => Readable.from(endless()) })).rejects.toThrow(
      /larger/,
    );
  });

  it('of a write is not looked at, unless it is a page', async () => {
    expect(await ask('PutBucketVersioning', { body: '<Whatever/>' })).toMatchObject({
      $metadata: { httpStatusCode: 200 },
    });
    await expect(ask('PutBucketVersioning', { body: page })).rejects.toThrow(/an HTML page/);
  });

  it('of a server that has failed stays what it is, so that it is asked again', async () => {
    const error = await ask('GetBucketVersioning', { status: 503, body: page }).catch((thrown: unknown) => thrown);
    expect(error).not.toBeInstanceOf(NotAws);
    expect(error).toMatchObject({ $metadata: { httpStatusCode: 503 } });
  });

  it('that refuses keeps its code, and as many words as anybody reads', async () => {
    const body = `<Error><Code>AccessDenied</Code><Message>${'no '.repeat(50_000)}</Message></Error>`;
    const error = await ask('GetBucketPolicy', { status: 403, body }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'AccessDenied' });
    expect((error as Error).message.length).toBeLessThan(2_100);
  });
});

it('a bucket that only a page says is not there is not taken for absent', async () => {
  const at = {
    ...who,
    s3: clientOf('s3', (method) => ({ status: 404, ...(method === 'HEAD' ? {} : { body: page }) })) as s3.S3Client,
  };
  await expect(readBucket(at, 'acme')).rejects.toBeInstanceOf(NotAws);
  await expect(readBucketAsAllowed(at, 'acme')).rejects.toBeInstanceOf(NotAws);
});

describe('a document of another kind, as an emulator gives it', () => {
  const list = '<?xml version="1.0"?><ListBucketResult xmlns="x"><Name>acme</Name></ListBucketResult>';
  const answering = (subresource: string, body: string): Where => ({
    ...who,
    s3: clientOf('s3', (method, query) => {
      if (method === 'HEAD') return { headers: { 'x-amz-bucket-region': who.region } };
      if (subresource in query) return { body };
      if ('versioning' in query) return { body: whole };
      return { status: 404, body: `<Error><Code>${absentAs[Object.keys(query)[0] ?? '']}</Code></Error>` };
    }) as s3.S3Client,
  });
  type Where = Parameters<typeof readBucket>[0];
  const absentAs: Readonly<Record<string, string>> = {
    encryption: 'ServerSideEncryptionConfigurationNotFoundError',
    policy: 'NoSuchBucketPolicy',
    replication: 'ReplicationConfigurationNotFoundError',
    publicAccessBlock: 'NoSuchPublicAccessBlockConfiguration',
    ownershipControls: 'OwnershipControlsNotFoundError',
    'object-lock': 'ObjectLockConfigurationNotFoundError',
    tagging: 'NoSuchTagSet',
    lifecycle: 'NoSuchLifecycleConfiguration',
  };

  it('leaves who pays unknown, and a plan goes on', async () => {
    expect(await readBucket(answering('requestPayment', list), 'acme')).toMatchObject({
      versioning: 'Enabled',
      requestPayment: 'unknown',
    });
  });

  it('is unknown with its reason to a snapshot', async () => {
    const found = await readBucketAsAllowed(answering('requestPayment', list), 'acme');
    expect(found).toMatchObject({ value: { versioning: 'Enabled', requestPayment: 'unknown' } });
    expect(found).toMatchObject({
      refusals: expect.arrayContaining([
        { member: ['requestPayment'], reason: expect.stringContaining('it is <ListBucketResult>') },
      ]),
    });
  });

  it.each(['replication', 'encryption', 'tagging', 'versioning'])(
    'is an error where s3repl writes the document back: %s',
    async (subresource) => {
      await expect(readBucket(answering(subresource, list), 'acme')).rejects.toBeInstanceOf(NotAws);
    },
  );

  it.each([page, list.slice(0, -4), ''])(
    'is an error for who pays, too, where it is none to its end: %s',
    async (body) => {
      await expect(readBucket(answering('requestPayment', body), 'acme')).rejects.toBeInstanceOf(NotAws);
    },
  );
});
