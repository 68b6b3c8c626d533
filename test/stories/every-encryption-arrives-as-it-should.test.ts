import { createHash, randomBytes } from 'node:crypto';
import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { GetObjectCommand, PutBucketEncryptionCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { aSetUp, REPLICA, SOURCE } from './by-hand.ts';

it('SSE-KMS, DSSE-KMS, SSE-S3 and SSE-C, under two keys in two Regions', async () => {
  const { s3repl, byHand } = aSetUp();
  await s3repl('apply', '--yes');
  await byHand(async ({ sandbox, source, destination, sourceKeys, destinationKeys, put }) => {
    const arnOf = async (keys: typeof sourceKeys, KeyId: string) =>
      (await keys.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.Arn;
    const sourceKey = await arnOf(sourceKeys, 'alias/s3repl-invoices-dr');
    const replicaKey = await arnOf(destinationKeys, 'alias/s3repl-invoices-dr-replica');
    expect([sourceKey?.split(':')[3], replicaKey?.split(':')[3]]).toEqual(['eu-west-1', 'eu-central-1']);

    const plain = await put('by-default');
    expect(plain.source).toMatchObject({ ReplicationStatus: 'COMPLETED', SSEKMSKeyId: sourceKey });
    expect(plain.replica).toMatchObject({ ReplicationStatus: 'REPLICA', SSEKMSKeyId: replicaKey });
    const { Body } = await destination.send(new GetObjectCommand({ Bucket: REPLICA, Key: 'by-default' }));
    expect(await Body?.transformToString()).toBe('content');

    const double = await put('double', { ServerSideEncryption: 'aws:kms:dsse', SSEKMSKeyId: sourceKey });
    expect(double.replica).toMatchObject({ ServerSideEncryption: 'aws:kms:dsse', SSEKMSKeyId: replicaKey });

    const s3 = await put('by-s3', { ServerSideEncryption: 'AES256' });
    expect(s3.replica).toMatchObject({ ServerSideEncryption: 'AES256' });

    // New buckets refuse SSE-C: both have to be told.
    for (const [client, Bucket] of [
      [source, SOURCE],
      [destination, REPLICA],
    ] as const) {
      const [rule] = sandbox.state.buckets[Bucket]?.encryption.Rules ?? [];
      const ApplyServerSideEncryptionByDefault = rule?.ApplyServerSideEncryptionByDefault;
      const Rules = [
        {
          ...(ApplyServerSideEncryptionByDefault === undefined ? {} : { ApplyServerSideEncryptionByDefault }),
          BlockedEncryptionTypes: { EncryptionType: ['NONE' as const] },
        },
      ];
      await client.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
    }
    const key = randomBytes(32);
    const own = await put('by-own-key', {
      SSECustomerAlgorithm: 'AES256',
      SSECustomerKey: key.toString('base64'),
      SSECustomerKeyMD5: createHash('md5').update(key).digest('base64'),
    });
    expect(own.source.ReplicationStatus).toBe('COMPLETED');
    expect(own.replica).toMatchObject({ ReplicationStatus: 'REPLICA', SSECustomerAlgorithm: 'AES256' });
  });
});
