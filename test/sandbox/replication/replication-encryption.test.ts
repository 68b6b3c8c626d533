import { createHash, randomBytes } from 'node:crypto';
import { DisableKeyCommand, EnableKeyCommand, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import {
  GetObjectCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  type ServerSideEncryption,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from 'vitest';
import { addVersion } from '../../../src/sandbox/s3/object-store.ts';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { clientsOf, OTHER, refusal, SOURCE } from '../clients.ts';
import {
  allow,
  aReplicationRule,
  configurationReads,
  DST,
  makeKey,
  type Pair,
  type PairOptions,
  replicatingPair,
  SRC,
  sourceReads,
  withKey,
  writes,
} from '../replicating.ts';

let sandbox: Sandbox;
let pair: Pair;
let sourceKey: string;
let replicaKey: string;

async function setUp(options: PairOptions = {}) {
  pair = await replicatingPair(sandbox, options);
  sourceKey = await makeKey(sandbox);
  replicaKey = await makeKey(sandbox, pair.account);
  await pair.setRules(withKey(replicaKey));
}

const byKms = (type: ServerSideEncryption = 'aws:kms') => ({ ServerSideEncryption: type, SSEKMSKeyId: sourceKey });

async function setDefault(Bucket: string, account: string, key: string, BucketKeyEnabled: boolean) {
  const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key } as const;
  const Rules = [{ ApplyServerSideEncryptionByDefault, BucketKeyEnabled }];
  const { s3 } = clientsOf(sandbox, account);
  await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
}

beforeEach(async () => {
  sandbox = await openSandbox();
});

describe('with SSE-KMS', () => {
  test('fact 50: the replica is under the key of the rule; id, time, ETag, checksum and metadata stay', async () => {
    await setUp();
    const version = await pair.put('key', { ...byKms(), Metadata: { a: 'b' }, ContentType: 'text/plain' });
    const { s3 } = pair;
    const { HeadObjectCommand } = await import('@aws-sdk/client-s3');
    const source = await s3.send(new HeadObjectCommand({ Bucket: SRC, Key: 'key', ChecksumMode: 'ENABLED' }));
    expect(source).toMatchObject({ ReplicationStatus: 'COMPLETED', SSEKMSKeyId: sourceKey });
    const replica = await pair.replica(version, 'key', { ChecksumMode: 'ENABLED' });
    const { $metadata: _1, ReplicationStatus: _2, SSEKMSKeyId: _3, ...same } = source;
    expect(replica).toMatchObject({ ...same, ReplicationStatus: 'REPLICA', SSEKMSKeyId: replicaKey });
  });

  test('the replica opens with the destination key alone', async () => {
    await setUp();
    const version = await pair.put('key', byKms());
    const get = { Bucket: DST, Key: 'key', VersionId: version };
    await clientsOf(sandbox).kms.send(new DisableKeyCommand({ KeyId: sourceKey }));
    const { Body } = await pair.destination.send(new GetObjectCommand(get));
    expect(await Body?.transformToString()).toBe('content');
    await clientsOf(sandbox, OTHER).kms.send(new DisableKeyCommand({ KeyId: replicaKey }));
    expect(await refusal(pair.destination.send(new GetObjectCommand(get)))).toBe('400 KMS.DisabledException');
  });

  test('fact 55: without the opt-in there is no status, and no replica', async () => {
    await setUp();
    await pair.setRules(aReplicationRule());
    const version = await pair.put('key', byKms());
    expect([await pair.status(version), await pair.replica(version), pair.events]).toEqual([undefined, undefined, []]);
  });

  test('facts 53, 54: kms:Decrypt and kms:Encrypt as AWS documents them are enough, and nothing is too little', async () => {
    await setUp({ inline: [sourceReads, configurationReads, writes()] });
    const failed = await pair.put('key', byKms());
    expect(pair.reasons).toEqual(['SrcGetObjectNotPermitted']);
    const use = (action: string, key: string, bucket: string) => ({
      ...allow(key, action),
      Condition: {
        StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' },
        StringLike: { 'kms:EncryptionContext:aws:s3:arn': `arn:aws:s3:::${bucket}/*` },
      },
    });
    const least = [use('kms:Decrypt', sourceKey, SRC), use('kms:Encrypt', replicaKey, DST)];
    await pair.setRole(sourceReads, configurationReads, writes(), ...least);
    expect(await pair.status(await pair.put('key', byKms()))).toBe('COMPLETED');
    expect(await pair.status(failed)).toBe('FAILED');
  });

  test.each([
    [
      'the source key disabled',
      'SrcKmsKeyInvalidState',
      () => ({ account: SOURCE, command: DisableKeyCommand, key: sourceKey }),
    ],
    [
      'the replica key disabled',
      'DstKmsKeyInvalidState',
      () => ({ account: OTHER, command: DisableKeyCommand, key: replicaKey }),
    ],
    [
      'the replica key about to be deleted',
      'DstKmsKeyInvalidState',
      () => ({ account: OTHER, command: ScheduleKeyDeletionCommand, key: replicaKey }),
    ],
  ] as const)('%s when its turn comes: %s', async (_, reason, broken) => {
    await setUp();
    await pair.s3.send(new PutObjectCommand({ Bucket: SRC, Key: 'key', Body: 'x', ...byKms() }));
    const { account, command, key } = broken();
    await clientsOf(sandbox, account).kms.send(new command({ KeyId: key }));
    await sandbox.clock.sleep(5000);
    expect(pair.reasons).toEqual([reason]);
    if (command !== DisableKeyCommand) return;
    await clientsOf(sandbox, account).kms.send(new EnableKeyCommand({ KeyId: key }));
    expect(await pair.status(await pair.put('key', byKms()))).toBe('COMPLETED');
  });

  test('a key that does not exist: DstKmsKeyNotFound', async () => {
    await setUp();
    await pair.setRules(withKey(replicaKey.replace(/[0-9a-f]{12}$/, '000000000000')));
    expect(await pair.status(await pair.put('key', byKms()))).toBe('FAILED');
    expect(pair.reasons).toEqual(['DstKmsKeyNotFound']);
  });

  test.each([
    ['on at the source and off at the destination stays on', true, false],
    ['off at both stays off', false, false],
    ['on at both stays on', true, true],
  ])('a Bucket Key %s', async (_, atSource, atDestination) => {
    await setUp();
    await setDefault(DST, OTHER, replicaKey, atDestination);
    const version = await pair.put('key', { ...byKms(), BucketKeyEnabled: atSource });
    expect(await pair.status(version)).toBe('COMPLETED');
    expect((await pair.replica(version))?.BucketKeyEnabled ?? false).toBe(atSource);
  });
});

describe('rules.md 1.4: other encryptions', () => {
  test('DSSE-KMS stays DSSE-KMS, under the key of the rule', async () => {
    await setUp();
    const version = await pair.put('key', byKms('aws:kms:dsse'));
    expect(await pair.replica(version)).toMatchObject({
      ServerSideEncryption: 'aws:kms:dsse',
      SSEKMSKeyId: replicaKey,
    });
  });

  test('SSE-S3 stays SSE-S3, whatever the default of the destination', async () => {
    await setUp();
    await setDefault(DST, OTHER, replicaKey, false);
    const version = await pair.put('key', { ServerSideEncryption: 'AES256' });
    expect(await pair.replica(version)).toMatchObject({ ServerSideEncryption: 'AES256' });
  });

  test('plaintext, which nobody can write any more, takes the default of the destination', async () => {
    await setUp();
    await setDefault(DST, OTHER, replicaKey, true);
    const version = await pair.put('new');
    const source = sandbox.state.buckets[SRC];
    const written = source?.objects.new?.[0];
    if (source === undefined || written?.deleteMarker !== false) throw new Error('no object');
    await sandbox.close();
    sandbox.state.replication.queue[1] = {
      since: 0,
      bucket: SRC,
      key: 'old',
      versionId: version,
      configuration: 'c',
      rules: ['rule'],
    };
    const { Replicator } = await import('../../../src/sandbox/replication/replicator.ts');
    addVersion(source, { ...written, key: 'old', encryption: { type: 'NONE' }, replication: 'PENDING' });
    if (source.replication !== undefined) sandbox.state.replication.configurations.c = source.replication;
    new Replicator(sandbox.state, 0).work();
    expect(await pair.replica(version, 'old')).toMatchObject({
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: replicaKey,
      BucketKeyEnabled: true,
    });
  });

  test('fact 51: SSE-C stays, with the same key of the customer, until the destination blocks it', async () => {
    await setUp({ source: { customerKeys: true }, destination: { account: OTHER, customerKeys: true } });
    const key = randomBytes(32);
    const customer = {
      SSECustomerAlgorithm: 'AES256',
      SSECustomerKey: key.toString('base64'),
      SSECustomerKeyMD5: createHash('md5').update(key).digest('base64'),
    };
    const version = await pair.put('key', customer);
    expect(await pair.status(version, 'key', customer)).toBe('COMPLETED');
    expect(await pair.replica(version, 'key', customer)).toMatchObject({ ReplicationStatus: 'REPLICA' });
    const get = (more = {}) => pair.destination.send(new GetObjectCommand({ Bucket: DST, Key: 'key', ...more }));
    expect(await refusal(get())).toBe('400 InvalidRequest');
    expect((await get(customer)).ContentLength).toBe(7);

    const Rules = [
      {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const },
        BlockedEncryptionTypes: { EncryptionType: ['SSE-C' as const] },
      },
    ];
    await pair.destination.send(
      new PutBucketEncryptionCommand({ Bucket: DST, ServerSideEncryptionConfiguration: { Rules } }),
    );
    const blocked = await pair.put('key', customer);
    expect(await pair.status(blocked, 'key', customer)).toBe('FAILED');
    expect(await pair.replica(version, 'key', customer)).toMatchObject({ ReplicationStatus: 'REPLICA' });
  });
});
