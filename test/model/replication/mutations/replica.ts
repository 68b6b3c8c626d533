/** Whose the replica is, and how it is encrypted. */

import { conditioned, dstKeyArn, inOneAccount, kmsCondition, other, policy, rule, source } from '../world.ts';
import {
  also,
  bucketLacks,
  fails,
  inDestination,
  keyLacks,
  type Mutation,
  metadata,
  plain,
  put,
  replicates,
  roleLacks,
  ssec,
  sses3,
} from './mutation.ts';

const byDefault = (ApplyServerSideEncryptionByDefault: {
  SSEAlgorithm: 'aws:kms' | 'aws:kms:dsse';
  KMSMasterKeyID?: string;
}) => ({
  Rules: [{ ApplyServerSideEncryptionByDefault }],
});

export const owners: readonly Mutation[] = [
  ...(
    [
      ['the role', roleLacks('s3:ObjectOwnerOverrideToBucketOwner')],
      ['the bucket policy', bucketLacks('s3:ObjectOwnerOverrideToBucketOwner')],
    ] as const
  ).flatMap(([who, change]) => [
    fails(
      `${who} does not allow the override, ACLs on`,
      '1.2 M13',
      put,
      also(change, (w) => {
        w.dst.ownership = 'ObjectWriter';
      }),
    ),
    replicates(`${who} does not allow the override, Bucket owner enforced`, '1.2 M13a', change, {
      warning: /ObjectOwnerOverride/,
      replica: { owner: other },
    }),
  ]),
  replicates(
    'no override, ObjectWriter',
    'recorded 49',
    (w) => {
      w.dst.ownership = 'ObjectWriter';
      w.rules = [
        rule({ Destination: { Bucket: 'arn:aws:s3:::dst', EncryptionConfiguration: { ReplicaKmsKeyID: dstKeyArn } } }),
      ];
    },
    { replica: { owner: source } },
  ),
  replicates(
    'no override, Bucket owner enforced',
    'recorded 49',
    (w) => {
      w.rules = [
        rule({ Destination: { Bucket: 'arn:aws:s3:::dst', EncryptionConfiguration: { ReplicaKmsKeyID: dstKeyArn } } }),
      ];
    },
    { replica: { owner: other } },
  ),
  replicates(
    'the wrong Account without an override',
    'recorded 28',
    (w) => {
      w.rules = [
        rule({
          Destination: {
            Bucket: 'arn:aws:s3:::dst',
            Account: 'abc',
            EncryptionConfiguration: { ReplicaKmsKeyID: dstKeyArn },
          },
        }),
      ];
    },
    { warning: /abc/ },
  ),
  fails('the wrong Account with an override', '2.4 C16', put, (w) => inDestination(w, { Account: '333333333333' })),
  replicates('the storage class of the rule', 'recorded 62', (w) => inDestination(w, { StorageClass: 'STANDARD_IA' }), {
    replica: { storageClass: 'STANDARD_IA' },
  }),
];

export const encryptions: readonly Mutation[] = [
  replicates('plaintext takes the default encryption', '1.4', plain, {
    replica: { encryption: 'SSE-KMS', kmsKey: dstKeyArn },
  }),
  fails('plaintext without kms:GenerateDataKey', '1.2 M6', put, also(plain, keyLacks('kms:GenerateDataKey'))),
  replicates('plaintext without kms:Encrypt', '1.5, table', also(plain, keyLacks('kms:Encrypt', 'kms:Decrypt'))),
  replicates(
    'plaintext to a bucket without default encryption',
    '1.2 M5',
    also(plain, (w) => {
      w.dst.encryption = null;
    }),
    { replica: { encryption: 'SSE-S3', kmsKey: null } },
  ),
  fails(
    'plaintext to a bucket with aws/s3 as default, across accounts',
    '1.3 K5',
    put,
    also(plain, (w) => {
      w.dst.encryption = { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }] };
    }),
  ),
  fails(
    'plaintext, the default key disabled',
    '1.3 K10',
    'DstKmsKeyInvalidState',
    also(plain, (w) => {
      w.dstKey.metadata = metadata({ KeyState: 'Disabled' });
    }),
  ),
  replicates(
    'SSE-S3 stays SSE-S3, without any KMS right',
    '1.2 M7',
    also(sses3, roleLacks('kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey')),
    { replica: { encryption: 'SSE-S3', kmsKey: null } },
  ),
  replicates('SSE-C stays SSE-C', 'recorded 51', ssec, { replica: { encryption: 'SSE-C' } }),
  fails(
    'SSE-C is blocked',
    'recorded 51',
    put,
    also(ssec, (w) => {
      w.dst.encryption = { Rules: [{ BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] } }] };
    }),
  ),
  replicates(
    'SSE-C blocking is off',
    'recorded 51',
    also(ssec, (w) => {
      w.dst.encryption = { Rules: [{ BlockedEncryptionTypes: { EncryptionType: ['NONE'] } }] };
    }),
  ),
  replicates(
    'plaintext to a bucket with DSSE-KMS as default, which knows no Bucket Key',
    '1.2 M6',
    also(plain, (w) => {
      w.dst.encryption = byDefault({ SSEAlgorithm: 'aws:kms:dsse', KMSMasterKeyID: dstKeyArn });
      w.dstKey.policy = conditioned(w.dstKey.policy, kmsCondition('us-west-2', 'arn:aws:s3:::dst/*'));
    }),
    { replica: { encryption: 'DSSE-KMS', kmsKey: dstKeyArn } },
  ),
  replicates(
    'plaintext to a bucket with aws/s3 as default, in one account, a key that nobody has read',
    '1.3 K7',
    also(plain, inOneAccount, (w) => {
      w.dst.encryption = byDefault({ SSEAlgorithm: 'aws:kms' });
    }),
    { replica: { encryption: 'SSE-KMS', kmsKey: null } },
  ),
  fails(
    'plaintext to a bucket with aws/s3 as default, in one account, and no right to use the key',
    '1.3 K7',
    put,
    also(plain, inOneAccount, (w) => {
      w.dst.encryption = byDefault({ SSEAlgorithm: 'aws:kms' });
      w.dstKey.aliases = ['alias/aws/s3'];
      w.dstKey.policy = policy();
    }),
  ),
  replicates(
    'Object Ownership of the destination is not known, and no override',
    'recorded 49',
    (w) => {
      w.dst.ownership = 'unknown';
      inDestination(w, { AccessControlTranslation: undefined });
    },
    { replica: { owner: 'unknown' } },
  ),
];
