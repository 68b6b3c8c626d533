import { beforeEach, describe, expect, test } from 'vitest';
import { Account, type Bucket, type Contents, type Document, keyWithAlias } from './account.ts';
import type { Moto } from './moto.ts';
import { aConfig, aSide, callsOf, DESTINATION, folderWith, resultOf, SOURCE } from './s3repl.ts';

const regions = ['eu-west-1', 'eu-central-1', 'us-east-1'] as const;
const roleArn = `arn:aws:iam::${SOURCE}:role/s3repl-orders`;

/** The first 12 hexadecimal digits of SHA-256("orders\narn:aws:s3:::acme-orders"): another value would orphan what is out there. */
const sid = (purpose: string) => `S3replba7514540c00${purpose}`;

const everythingBlocked = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

function delegation(account: string) {
  return {
    Sid: 'Enable IAM User Permissions',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'kms:*',
    Resource: '*',
  };
}

function tlsOnly(bucket: string) {
  return {
    Sid: sid('TlsOnly'),
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

function throughS3(region: string, bucket: string) {
  return {
    StringLike: {
      'kms:ViaService': `s3.${region}.amazonaws.com`,
      'kms:EncryptionContext:aws:s3:arn': [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
    },
  };
}

function aKey(use: 'source' | 'replica', alias: string, policy: Document) {
  return {
    description: `S3 replication orders: ${use} bucket`,
    state: 'Enabled',
    spec: 'SYMMETRIC_DEFAULT',
    aliases: [alias],
    rotation: true,
    tags: { s3repl: 'orders', 's3repl-key': use, team: 'platform' },
    policy,
  };
}

function aBucket(region: string, key: string): Bucket {
  return {
    region,
    versioning: 'Enabled',
    encryption: {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key },
          BucketKeyEnabled: true,
          BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] },
        },
      ],
    },
    policy: undefined,
    replication: undefined,
    publicAccessBlock: everythingBlocked,
    ownership: 'BucketOwnerEnforced',
    tags: { s3repl: 'orders', team: 'platform' },
  };
}

export const freshSetUp = (moto: Moto) =>
  describe('s3repl apply on two empty accounts', () => {
    beforeEach(() => moto.reset());

    const look = async () => {
      const accounts = await Promise.all([SOURCE, DESTINATION].map((account) => Account.signIn(moto, account)));
      const [source, destination] = await Promise.all(accounts.map((account) => account.contents(...regions)));
      return { source, destination } as { source: Contents; destination: Contents };
    };

    test('builds exactly the keys, buckets, role, policies and rule that were asked for', async () => {
      const folder = await folderWith(aConfig({ tags: { team: 'platform' } }), moto);
      const run = await folder.s3repl('apply', '--yes', '--json');

      expect(run.exit, run.stderr + run.stdout).toBe(0);
      expect(resultOf(run)).toMatchObject({ command: 'apply', outcome: 'applied', changes: 9 });
      const { source, destination } = await look();
      const sourceKey = keyWithAlias(source, 'alias/s3repl-orders');
      const replicaKey = keyWithAlias(destination, 'alias/s3repl-orders-replica');
      expect(sourceKey).toMatch(`arn:aws:kms:eu-west-1:${SOURCE}:key/`);
      expect(replicaKey).toMatch(`arn:aws:kms:eu-central-1:${DESTINATION}:key/`);

      const replicaWrites = [
        's3:ReplicateObject',
        's3:ReplicateDelete',
        's3:ReplicateTags',
        's3:ObjectOwnerOverrideToBucketOwner',
      ];
      const replicaKeyUse = ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:Decrypt'];
      expect(source).toEqual({
        keys: {
          [sourceKey]: aKey('source', 'alias/s3repl-orders', {
            Version: '2012-10-17',
            Id: 'key-default-1',
            Statement: [delegation(SOURCE)],
          }),
        },
        buckets: {
          'acme-orders': {
            ...aBucket('eu-west-1', sourceKey),
            policy: { Version: '2012-10-17', Statement: [tlsOnly('acme-orders')] },
            replication: {
              Role: roleArn,
              Rules: [
                {
                  ID: 's3repl.orders.all',
                  Priority: 1,
                  Status: 'Enabled',
                  Filter: { Prefix: '' },
                  DeleteMarkerReplication: { Status: 'Enabled' },
                  SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
                  Destination: {
                    Bucket: 'arn:aws:s3:::acme-orders-replica',
                    Account: DESTINATION,
                    AccessControlTranslation: { Owner: 'Destination' },
                    EncryptionConfiguration: { ReplicaKmsKeyID: replicaKey },
                    ReplicationTime: { Status: 'Enabled', Time: { Minutes: 15 } },
                    Metrics: { Status: 'Enabled', EventThreshold: { Minutes: 15 } },
                  },
                },
              ],
            },
          },
        },
        roles: {
          [roleArn]: {
            description: 'S3 replication orders',
            trust: {
              Version: '2012-10-17',
              Statement: [
                {
                  Sid: 'S3Assumes',
                  Effect: 'Allow',
                  Principal: { Service: 's3.amazonaws.com' },
                  Action: 'sts:AssumeRole',
                },
              ],
            },
            inline: {
              's3repl-orders': {
                Version: '2012-10-17',
                Statement: [
                  {
                    Sid: 'SourceBucket',
                    Effect: 'Allow',
                    Action: ['s3:GetReplicationConfiguration', 's3:ListBucket'],
                    Resource: 'arn:aws:s3:::acme-orders',
                  },
                  {
                    Sid: 'SourceObjects',
                    Effect: 'Allow',
                    Action: [
                      's3:GetObjectVersionForReplication',
                      's3:GetObjectVersionAcl',
                      's3:GetObjectVersionTagging',
                      's3:GetObjectVersionAnnotationForReplication',
                    ],
                    Resource: 'arn:aws:s3:::acme-orders/*',
                  },
                  {
                    Sid: 'SourceKey',
                    Effect: 'Allow',
                    Action: 'kms:Decrypt',
                    Resource: sourceKey,
                    Condition: throughS3('eu-west-1', 'acme-orders'),
                  },
                  {
                    Sid: 'DestinationObjects',
                    Effect: 'Allow',
                    Action: replicaWrites,
                    Resource: 'arn:aws:s3:::acme-orders-replica/*',
                  },
                  {
                    Sid: 'DestinationKey',
                    Effect: 'Allow',
                    Action: replicaKeyUse,
                    Resource: replicaKey,
                    Condition: throughS3('eu-central-1', 'acme-orders-replica'),
                  },
                ],
              },
            },
            attached: [],
            tags: { s3repl: 'orders', team: 'platform' },
          },
        },
      });
      expect(destination).toEqual({
        keys: {
          [replicaKey]: aKey('replica', 'alias/s3repl-orders-replica', {
            Version: '2012-10-17',
            Id: 'key-default-1',
            Statement: [
              delegation(DESTINATION),
              {
                Sid: sid('ReplicaKey'),
                Effect: 'Allow',
                Principal: { AWS: roleArn },
                Action: replicaKeyUse,
                Resource: '*',
                Condition: throughS3('eu-central-1', 'acme-orders-replica'),
              },
            ],
          }),
        },
        buckets: {
          'acme-orders-replica': {
            ...aBucket('eu-central-1', replicaKey),
            policy: {
              Version: '2012-10-17',
              Statement: [
                {
                  Sid: sid('ReplicaWrites'),
                  Effect: 'Allow',
                  Principal: { AWS: roleArn },
                  Action: replicaWrites,
                  Resource: 'arn:aws:s3:::acme-orders-replica/*',
                },
                tlsOnly('acme-orders-replica'),
              ],
            },
          },
        },
        roles: {},
      });
    });

    test('changes nothing and writes nothing when it is run again', async () => {
      const folder = await folderWith(aConfig(), moto);
      await folder.s3repl('apply', '--yes');
      const before = await look();
      expect(before.source.buckets).toHaveProperty('acme-orders.replication.Rules.length', 1);

      const run = await folder.s3repl('apply', '--yes', '--json', '--verbose');

      expect(run.exit, run.stderr).toBe(0);
      expect(resultOf(run)).toMatchObject({ outcome: 'unchanged', changes: 0 });
      expect(callsOf(run)).not.toEqual([]);
      expect(callsOf(run).filter(({ write }) => write !== false)).toEqual([]);
      expect(await look()).toEqual(before);
    });

    test.each([
      ['us-east-1', 'eu-central-1'],
      ['eu-west-1', 'us-east-1'],
      ['eu-west-1', 'eu-west-1'],
    ])('puts keys and buckets where they belong: from %s to %s', async (from, to) => {
      const config = aConfig({
        source: aSide(SOURCE, from, 'acme-orders'),
        destinations: [aSide(DESTINATION, to, 'acme-orders-replica')],
      });
      const folder = await folderWith(config, moto);
      const run = await folder.s3repl('apply', '--yes', '--json');

      expect(run.exit, run.stderr + run.stdout).toBe(0);
      const { source, destination } = await look();
      expect(whereabouts(source)).toEqual({ keys: [`${from} ${SOURCE}`], buckets: { 'acme-orders': from } });
      expect(whereabouts(destination)).toEqual({
        keys: [`${to} ${DESTINATION}`],
        buckets: { 'acme-orders-replica': to },
      });
    });
  });

function whereabouts({ keys, buckets }: Contents) {
  return {
    keys: Object.keys(keys).map((arn) => arn.split(':').slice(3, 5).join(' ')),
    buckets: Object.fromEntries(Object.entries(buckets).map(([name, { region }]) => [name, region])),
  };
}
