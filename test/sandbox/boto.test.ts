import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { EncryptCommand } from '@aws-sdk/client-kms';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { aFolder } from '../stories/cli.ts';
import { serving } from '../stories/served.ts';
import { clientsOf, OTHER, SOURCE } from './clients.ts';
import { backfillingPair, putOld } from './jobs/backfilling.ts';
import { makeBucket } from './make-bucket.ts';
import { makeKey } from './replicating.ts';
import { aServedSandbox } from './served.ts';

const isThere = 'import sys, importlib.util; sys.exit(not importlib.util.find_spec("boto3"))';

/** The Python that has boto3; undefined where there is none. */
const python = ['python3', 'python'].find(
  (command) => spawnSync(command, ['-c', isThere], { stdio: 'ignore' }).status === 0,
);

/** Runs a script of this folder and gives what it printed. */
async function run(script: string, ...args: readonly string[]): Promise<unknown> {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await promisify(execFile)(python ?? '', ['-B', file, ...args], {
    // What signs in elsewhere on this machine must not reach it.
    env: { PATH: process.env.PATH, AWS_EC2_METADATA_DISABLED: 'true', AWS_CONFIG_FILE: '/dev/null' },
  });
  return JSON.parse(stdout);
}

test('boto3 is there, or its absence is told', ({ skip }) => {
  if (python !== undefined) return;
  const message = 'BOTO3 IS MISSING: the test of the served sandbox with it was SKIPPED (pip install boto3)';
  if (process.env.S3REPL_REQUIRE_MOTO === '1') expect.fail(`${message}, and S3REPL_REQUIRE_MOTO=1 asks for it`);
  console.warn(`!!! ${message}`);
  skip(message);
});

test.skipIf(python === undefined)('boto3 sets up a bucket, a key and a role in the served sandbox', async () => {
  const { url, sandbox, errors } = await aServedSandbox({ lag: { roleVisible: 0 } });
  expect(await run('boto.py', url, SOURCE)).toEqual({
    identity: `arn:aws:iam::${SOURCE}:user/sandbox-admin`,
    buckets: ['boto'],
    versioning: 'Enabled',
    key: true,
    alias: true,
    trust: 'sts:AssumeRole',
    role: `arn:aws:iam::${SOURCE}:role/boto`,
    'role id': 'AROA',
    // Signature Version 2, then 4.
    presigned: [
      [false, 'content'],
      [true, 'content'],
    ],
    grants: [[`arn:aws:iam::${SOURCE}:role/boto`, 'Decrypt', 'DescribeKey']],
    missing: 'NoSuchBucketPolicy',
    nowhere: '404',
    unknown: 'NotImplemented',
  });
  expect(sandbox.state.buckets.boto?.encryption.Rules[0]?.BucketKeyEnabled).toBe(true);
  expect(errors).toEqual([]);
});

test.skipIf(python === undefined)('boto3 replicates old objects by a job of the served sandbox', async () => {
  const { url, sandbox, errors } = await aServedSandbox();
  await putOld(await backfillingPair(sandbox), ['in/key', 'out/key']);
  expect(await run('boto-jobs.py', url, SOURCE)).toEqual({
    host: true,
    same: true,
    other: [400, 'IdempotencyException'],
    arn: `arn:aws:s3:eu-west-1:${SOURCE}:job/ID`,
    waiting: ['Suspended', 'AWAITING_CONFIRMATION', 1],
    description: 'old <objects> & more',
    filter: true,
    created: '2020-01-01T00:00:00+00:00',
    ready: ['Ready', 'confirmed'],
    ended: ['Complete', 9, 1],
    'in time': true,
    listed: [[true, 'S3ReplicateObject', 'Complete']],
    tags: [[{ Key: 'team', Value: 'a b' }], [{ Key: 'new', Value: '' }], []],
    nothing: ['Failed', 'Manifest generation found no keys matching the filter criteria.'],
    missing: [400, 'NotFoundException'],
    'wrong status': [400, 'JobStatusException'],
    token: [400, 'InvalidNextTokenException'],
    status: ['COMPLETED', null],
  });
  expect(errors).toEqual([]);
});

test.skipIf(python === undefined)(
  'boto3 reads metrics of the served sandbox, in pages where it asks for them',
  async () => {
    const { url, sandbox, errors } = await aServedSandbox();
    const { s3, kms } = clientsOf(sandbox);
    await makeBucket(sandbox, 'bucket');
    await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'key', Body: 'x' }));
    const KeyId = await makeKey(sandbox);
    const encrypt = () => kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }));
    const dayMs = 24 * 3_600_000;
    await sandbox.clock.sleep(dayMs - (sandbox.clock.now() % dayMs) + 3_600_000);
    await encrypt();
    await encrypt();
    await sandbox.clock.sleep(60_000);
    await encrypt();
    await sandbox.clock.sleep(120_000);
    expect(await run('boto-metrics.py', url, SOURCE)).toEqual({
      result: ['objects', 'NumberOfObjects', [1], 'Complete'],
      midnight: ['00:00:00'],
      pages: 1,
      several: { minutes: [2, 1], hours: [3], busiest: [2], counted: [2] },
      'pages of several': 3,
      statuses: [['Complete'], ['Complete', 'Complete'], ['Complete']],
      'no time': [400, 'ValidationError'],
      missing: [501, 'NotImplemented'],
    });
    expect(errors).toEqual([]);
  },
);

test.skipIf(python === undefined)('boto3 puts alarms into the served sandbox', async () => {
  const { url, errors } = await aServedSandbox();
  expect(await run('boto-alarms.py', url, SOURCE)).toEqual({
    alarms: [
      ['one', 'OK', 'notBreaching'],
      ['two', 'OK', 'notBreaching'],
    ],
    arn: `arn:aws:cloudwatch:eu-west-1:${SOURCE}:alarm:one`,
    tags: [[{ Key: 'color', Value: 'red' }], []],
    history: ['Alarm updated from OK to ALARM', 'Alarm updated from INSUFFICIENT_DATA to OK'],
    year: true,
    left: ['one'],
    metrics: [],
    unknown: [404, 'ResourceNotFound'],
    wrong: [400, 'ValidationError'],
    'no resource': [404, 'ResourceNotFoundException'],
  });
  expect(errors).toEqual([]);
});

test.skipIf(python === undefined)(
  "boto3 reads KMS's quota of the served sandbox, and what counts against it",
  async () => {
    const { url, errors } = await aServedSandbox();
    expect(await run('boto-quotas.py', url, SOURCE)).toEqual({
      quota: ['Cryptographic operations (symmetric) request rate', 20_000, 'SECOND', true],
      default: ['arn:aws:servicequotas:eu-central-1::kms/L-6E3AF000', 20_000],
      missing: [400, 'NoSuchResourceException'],
      unknown: [501, 'NotImplemented'],
      requests: 3,
    });
    expect(errors).toEqual([]);
  },
);

test.skipIf(python === undefined)('boto3 uses SNS, and S3 tells it, in the served sandbox', async () => {
  const { url, errors } = await aServedSandbox();
  const arn = `arn:aws:sns:eu-west-1:${SOURCE}:failures`;
  expect(await run('boto-sns.py', url, SOURCE)).toEqual({
    arn: [arn, true],
    pending: 'pending confirmation',
    subscription: ['a@example.com', true],
    attributes: ['Failures', SOURCE, '1'],
    confirmed: 'false',
    before: [400, 'InvalidArgument'],
    notification: true,
    statements: ['__default_statement_ID', 's3'],
    messages: [
      ['s3.amazonaws.com', 'Amazon S3 Notification', 1],
      ['sandbox-admin', 'Look', 1],
    ],
    tags: [{ Key: 'env', Value: 'a' }],
    topics: [arn],
    token: [400, 'InvalidParameter'],
    unsubscribed: 200,
    missing: [404, 'NotFound'],
    unknown: [501, 'NotImplemented'],
    gone: [404, 'NotFound'],
  });
  expect(errors).toEqual([]);
});

test.skipIf(python === undefined)(
  'boto3 sets replication up by hand, and an object arrives under the other key',
  async () => {
    const server = await serving(aFolder(), [
      '--sandbox-lag',
      'role-visible=200 ms',
      '--sandbox-lag',
      'object-replicated=200 ms',
    ]);
    expect(await run('boto-article.py', server.url, SOURCE, OTHER)).toEqual({
      source: 'COMPLETED',
      'source key': true,
      destination: 'REPLICA',
      'destination key': true,
      'same bytes': true,
      etag: true,
    });
    expect(await server.stop()).toBe(0);
  },
);
