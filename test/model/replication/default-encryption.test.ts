import { expect, it } from 'vitest';
import { encryptionOf } from '../../../src/model/replication/default-encryption.ts';
import { healthy, snapshotOf, srcKeyArn, type World } from './world.ts';

type ByDefault = { SSEAlgorithm: 'AES256' | 'aws:kms' | 'aws:kms:dsse'; KMSMasterKeyID?: string };

/** How a new object is encrypted in the healthy setup with its source bucket changed. */
function encryptionWith(change: (world: World) => void) {
  const world = healthy();
  change(world);
  return encryptionOf(snapshotOf(world));
}

const defaultIs =
  (ApplyServerSideEncryptionByDefault: ByDefault, more: { BucketKeyEnabled?: boolean } = {}) =>
  (world: World) => {
    world.src.encryption = { Rules: [{ ApplyServerSideEncryptionByDefault, ...more }] };
  };

const bareId = srcKeyArn.slice(srcKeyArn.lastIndexOf('/') + 1);

it.each<[string, (world: World) => void, ReturnType<typeof encryptionOf>]>([
  [
    'by its default key',
    defaultIs({ SSEAlgorithm: 'aws:kms', KMSMasterKeyID: srcKeyArn }, { BucketKeyEnabled: true }),
    { encryption: 'SSE-KMS', kmsKey: srcKeyArn, bucketKey: true },
  ],
  [
    'without a Bucket Key where none is asked for',
    defaultIs({ SSEAlgorithm: 'aws:kms', KMSMasterKeyID: srcKeyArn }),
    { encryption: 'SSE-KMS', kmsKey: srcKeyArn, bucketKey: false },
  ],
  [
    'never with a Bucket Key under DSSE-KMS',
    defaultIs({ SSEAlgorithm: 'aws:kms:dsse', KMSMasterKeyID: srcKeyArn }, { BucketKeyEnabled: true }),
    { encryption: 'DSSE-KMS', kmsKey: srcKeyArn, bucketKey: false },
  ],
  [
    'by the key that a bare ID stands for',
    defaultIs({ SSEAlgorithm: 'aws:kms', KMSMasterKeyID: bareId }),
    { encryption: 'SSE-KMS', kmsKey: srcKeyArn, bucketKey: false },
  ],
  [
    'by a key that nobody knows where the default is aws/s3, which was not read',
    defaultIs({ SSEAlgorithm: 'aws:kms' }),
    { encryption: 'SSE-KMS', kmsKey: 'unknown', bucketKey: false },
  ],
  [
    'by a key that nobody knows where only another Region has a key of that alias',
    (world) => {
      world.sourceKeys = { [srcKeyArn.replace('us-east-1', 'eu-west-1')]: { ...world.srcKey, aliases: ['alias/far'] } };
      defaultIs({ SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'alias/far' })(world);
    },
    { encryption: 'SSE-KMS', kmsKey: 'unknown', bucketKey: false },
  ],
  [
    'by aws/s3 where no key is named',
    (world) => {
      world.srcKey.aliases = ['alias/aws/s3'];
      defaultIs({ SSEAlgorithm: 'aws:kms' })(world);
    },
    { encryption: 'SSE-KMS', kmsKey: srcKeyArn, bucketKey: false },
  ],
  [
    'as SSE-S3 by AES256',
    defaultIs({ SSEAlgorithm: 'AES256' }),
    { encryption: 'SSE-S3', kmsKey: null, bucketKey: false },
  ],
  [
    'as SSE-S3 where nothing was set',
    (world) => {
      world.src.encryption = null;
    },
    { encryption: 'SSE-S3', kmsKey: null, bucketKey: false },
  ],
  ...[{}, { Rules: [{ BucketKeyEnabled: true }] }, { Rules: [{ ApplyServerSideEncryptionByDefault: {} }] }].map(
    (nothing): [string, (world: World) => void, ReturnType<typeof encryptionOf>] => [
      `as SSE-S3 by ${JSON.stringify(nothing)}`,
      (world) => {
        world.src.encryption = nothing as never;
      },
      { encryption: 'SSE-S3', kmsKey: null, bucketKey: false },
    ],
  ),
  [
    'nobody can say how, where the default was not read',
    (world) => {
      world.src.encryption = 'unknown';
    },
    { encryption: 'unknown', kmsKey: 'unknown', bucketKey: 'unknown' },
  ],
  [
    'nobody can say how, where there is no bucket',
    (world) => {
      world.source = () => null;
    },
    { encryption: 'unknown', kmsKey: 'unknown', bucketKey: 'unknown' },
  ],
  [
    'nobody can say how, where the bucket was not read',
    (world) => {
      world.source = () => 'unknown';
    },
    { encryption: 'unknown', kmsKey: 'unknown', bucketKey: 'unknown' },
  ],
])('a new object is encrypted %s', (_, change, expected) => {
  expect(encryptionWith(change)).toEqual(expected);
});
