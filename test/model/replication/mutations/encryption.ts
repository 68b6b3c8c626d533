/** What the request that writes a replica says, and what keys of every kind do. */

import { branded } from '../../../plain.ts';
import { conditioned, dstKeyArn, inOneAccount, kmsCondition, plus, rule, srcKeyArn } from '../world.ts';
import {
  also,
  destinationDenies,
  everything,
  fails,
  foreignKey,
  keyLacks,
  type Mutation,
  metadata,
  plain,
  put,
  replicates,
  roleLacks,
  src,
  ssec,
  sses3,
  unknown,
} from './mutation.ts';

/** A Deny of s3:ReplicateObject for what is said to be encrypted in one way. */
const deniesWith = (header: string, value: string) =>
  destinationDenies('s3:ReplicateObject', {
    Condition: { StringEquals: { [`s3:x-amz-server-side-${header}`]: value } },
  });

export const headers: readonly Mutation[] = [
  fails('DSSE-KMS denied, a DSSE-KMS object', '1.2 M22', put, (w) => {
    w.object.encryption = 'DSSE-KMS';
    deniesWith('encryption', 'aws:kms:dsse')(w);
  }),
  replicates('SSE-S3 denied, an SSE-S3 object', '1.5 (11)', also(sses3, deniesWith('encryption', 'AES256')), {
    warning:
      /sources disagree about the header x-amz-server-side-encryption of SSE-S3 replicas, on which a policy depends/,
  }),
  fails(
    'SSE-C denied, an SSE-C object',
    'recorded 51',
    put,
    also(ssec, deniesWith('encryption-customer-algorithm', 'AES256')),
  ),
  fails(
    's3:ReplicateObject denied, a plain object',
    'recorded 40',
    put,
    also(plain, destinationDenies('s3:ReplicateObject')),
  ),
  fails('no s3:ReplicateObject, in one account', '1.2 M1', put, also(inOneAccount, roleLacks('s3:ReplicateObject'))),
];

const byDefault = (SSEAlgorithm: 'aws:kms' | 'aws:kms:dsse', id?: string) => ({
  Rules: [
    { ApplyServerSideEncryptionByDefault: { SSEAlgorithm, ...(id && { KMSMasterKeyID: id }) }, BucketKeyEnabled: true },
  ],
});

const inContext = (...arns: string[]) => ({ StringLike: { 'kms:EncryptionContext:aws:s3:arn': arns } });

export const keysOfDefaults: readonly Mutation[] = [
  replicates(
    'SSE-C to a bucket without default encryption',
    'recorded 51',
    also(ssec, (w) => {
      w.dst.encryption = null;
    }),
  ),
  replicates(
    'SSE-C to a bucket that blocks nothing',
    'recorded 51',
    also(ssec, (w) => {
      w.dst.encryption = { Rules: [{ BlockedEncryptionTypes: {} }] };
    }),
  ),
  replicates(
    'plaintext to a bucket with a Bucket Key, whose key wants its form',
    '1.2 M6',
    also(plain, (w) => {
      w.dstKey.policy = conditioned(w.dstKey.policy, kmsCondition('us-west-2', 'arn:aws:s3:::dst'));
    }),
  ),
  replicates(
    'plaintext to a bucket with DSSE-KMS, whose Bucket Key counts for nothing',
    '1.2 M6',
    also(plain, (w) => {
      w.dst.encryption = byDefault('aws:kms:dsse', dstKeyArn);
      w.dstKey.policy = conditioned(w.dstKey.policy, kmsCondition('us-west-2', 'arn:aws:s3:::dst/*'));
    }),
  ),
  replicates(
    'plaintext to a bucket with aws/s3 as default, in one account, of whose keys one was not read',
    '1.3 K7',
    also(plain, inOneAccount, (w) => {
      w.dst.encryption = byDefault('aws:kms');
      w.sourceKeys = { 'arn:aws:kms:us-west-2:111111111111:key/unread': 'unknown' };
    }),
  ),
  fails('the source key is asymmetric', '1.3 K9', src, (w) => {
    w.srcKey.metadata = metadata({ KeySpec: 'RSA_4096' });
  }),
  replicates(
    'the AWS managed key for replicas, in one account',
    '1.3 K7',
    also(inOneAccount, (w) => {
      w.dstKey.metadata = metadata({ KeyManager: 'AWS' });
    }),
  ),
  fails('the AWS managed key of the source account, for a bucket of another', '1.3 K5', put, (w) => {
    w.dst.region = branded('us-east-1');
    w.srcKey.metadata = metadata({ KeyManager: 'AWS' });
    w.rolePolicy = plus(w.rolePolicy, { ...everything, Action: 'kms:*' });
    foreignKey(srcKeyArn, w);
  }),
  unknown('the state of the destination key, which AWS does not tell', (w) => {
    w.dstKey.metadata = {
      Arn: 'arn',
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyUsage: 'ENCRYPT_DECRYPT',
      KeyManager: 'CUSTOMER',
    };
  }),
  replicates('the kind of the destination key, which AWS does not tell', '1.3 K9', (w) => {
    w.dstKey.metadata = { Arn: 'arn', KeyState: 'Enabled', KeyManager: 'CUSTOMER' };
  }),
  replicates(
    'an object without a Bucket Key, to a bucket without default encryption',
    'recorded 54',
    also(keyLacks('kms:Decrypt', 'kms:GenerateDataKey'), (w) => {
      w.object.bucketKey = false;
      w.dst.encryption = null;
    }),
  ),
  fails('DSSE-KMS, and the source key is disabled', '1.3 K10', 'SrcKmsKeyInvalidState', (w) => {
    w.object.encryption = 'DSSE-KMS';
    w.srcKey.metadata = metadata({ KeyState: 'Disabled' });
  }),
  replicates('DSSE-KMS, said to have a Bucket Key', '1.2 M9', (w) => {
    w.object.encryption = 'DSSE-KMS';
    w.rolePolicy = conditioned(w.rolePolicy, inContext('arn:aws:s3:::src/*', 'arn:aws:s3:::dst/*'));
  }),
  unknown('the Bucket Key of the object, where the role may use one form of the source', (w) => {
    w.object.bucketKey = 'unknown';
    w.rolePolicy = conditioned(w.rolePolicy, inContext('arn:aws:s3:::src', 'arn:aws:s3:::dst*'));
  }),
  unknown(
    'a key of another account, for a bucket of the source account',
    also(inOneAccount, (w) => {
      w.rolePolicy = plus(w.rolePolicy, { ...everything, Action: 'kms:*' });
      w.rules = [
        rule({ Destination: { Bucket: 'arn:aws:s3:::dst', EncryptionConfiguration: { ReplicaKmsKeyID: dstKeyArn } } }),
      ];
    }),
  ),
];
