import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateAliasCommand, CreateKeyCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from 'vitest';
import { Account, type Document } from './account.ts';
import type { Moto } from './moto.ts';
import { aConfig, aSide, DESTINATION, folderWith, resultOf, SOURCE } from './s3repl.ts';

const roleArn = `arn:aws:iam::${SOURCE}:role/service/replicator`;
const sids = /^S3repl[0-9a-f]{12}/;

export const others = (moto: Moto) =>
  describe('what others have made', () => {
    let source: Account;
    let destination: Account;
    beforeEach(async () => {
      await moto.reset();
      [source, destination] = await Promise.all([Account.signIn(moto, SOURCE), Account.signIn(moto, DESTINATION)]);
    });

    const look = async () => ({
      source: await source.contents('eu-west-1'),
      destination: await destination.contents('eu-central-1'),
    });

    async function aKey(account: Account, region: string, statement?: object): Promise<string> {
      const kms = account.kms(region);
      const { KeyMetadata } = await kms.send(
        new CreateKeyCommand({ KeyUsage: 'ENCRYPT_DECRYPT', Tags: [{ TagKey: 'owner', TagValue: 'security' }] }),
      );
      const { Arn = '', AWSAccountId = '' } = KeyMetadata ?? {};
      if (statement) {
        const Policy = JSON.stringify({
          Version: '2012-10-17',
          Id: 'by hand',
          Statement: [delegation(AWSAccountId), statement],
        });
        await kms.send(new PutKeyPolicyCommand({ KeyId: Arn, PolicyName: 'default', Policy }));
      }
      return Arn;
    }

    /** With policy, tags, default encryption and ownership as their owner wants them. */
    async function aBucketOfTheirs(account: Account, region: 'eu-west-1' | 'eu-central-1', Bucket: string) {
      const s3 = account.s3(region);
      await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } }));
      const TagSet = [
        { Key: 'owner', Value: 'billing' },
        { Key: 'note', Value: '' },
      ];
      await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
      await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(policyOfTheirs(Bucket)) }));
      const OwnershipControls = { Rules: [{ ObjectOwnership: 'ObjectWriter' as const }] };
      await s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
      await s3.send(
        new PutBucketEncryptionCommand({
          Bucket,
          ServerSideEncryptionConfiguration: {
            Rules: [
              {
                ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
                BlockedEncryptionTypes: { EncryptionType: ['NONE'] },
              },
            ],
          },
        }),
      );
      return s3;
    }

    async function aRoleOfTheirs(): Promise<void> {
      const iam = source.iam();
      const RoleName = 'replicator';
      const trust = {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: ['batchoperations.s3.amazonaws.com', 's3.amazonaws.com'] },
            Action: 'sts:AssumeRole',
          },
        ],
      };
      await iam.send(
        new CreateRoleCommand({
          RoleName,
          Path: '/service/',
          AssumeRolePolicyDocument: JSON.stringify(trust),
          Tags: [{ Key: 'owner', Value: 'platform' }],
        }),
      );
      const archive = { Effect: 'Allow', Action: ['s3:ReplicateObject'], Resource: ['arn:aws:s3:::acme-archive/*'] };
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [archive] });
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'archive', PolicyDocument }));
    }

    test('survives apply, byte for byte: policies, rules, tags, a borrowed role and a given key', async () => {
      const key = await aKey(destination, 'eu-central-1', {
        Sid: 'Auditors',
        Effect: 'Allow',
        Principal: { AWS: [`arn:aws:iam::${DESTINATION}:role/audit`] },
        Action: ['kms:DescribeKey', 'kms:Get*'],
        Resource: ['*'],
        Condition: { Bool: { 'aws:SecureTransport': 'true' } },
      });
      const s3 = await aBucketOfTheirs(source, 'eu-west-1', 'acme-orders');
      await aBucketOfTheirs(destination, 'eu-central-1', 'acme-orders-replica');
      await aRoleOfTheirs();
      const Bucket = 'acme-orders';
      await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
      await s3.send(
        new PutBucketReplicationCommand({
          Bucket,
          ReplicationConfiguration: {
            Role: roleArn,
            Rules: [
              {
                ID: 'archive',
                Priority: 7,
                Status: 'Enabled',
                Filter: {
                  And: {
                    Prefix: 'old & done/',
                    Tags: [
                      { Key: 'keep', Value: '' },
                      { Key: 'class', Value: 'a' },
                    ],
                  },
                },
                DeleteMarkerReplication: { Status: 'Disabled' },
                SourceSelectionCriteria: { ReplicaModifications: { Status: 'Enabled' } },
                Destination: { Bucket: 'arn:aws:s3:::acme-archive', StorageClass: 'GLACIER' },
              },
            ],
          },
        }),
      );
      const before = await look();

      const config = aConfig({
        destinations: [aSide(DESTINATION, 'eu-central-1', 'acme-orders-replica', { kmsKey: key })],
        role: { name: 'replicator' },
        tags: { team: 'platform' },
      });
      const folder = await folderWith(config, moto);
      const run = await folder.s3repl('apply', '--yes', '--json');

      expect(run.exit, run.stderr + run.stdout).toBe(0);
      const after = await look();
      const sourceBucket = { before: before.source.buckets[Bucket], after: after.source.buckets[Bucket] };
      const replicaBucket = {
        before: before.destination.buckets['acme-orders-replica'],
        after: after.destination.buckets['acme-orders-replica'],
      };

      // Ours is there, so that there was something to disturb.
      expect(sidsOfOurs(replicaBucket.after?.policy)).toEqual(['ReplicaWrites']);
      expect(sidsOfOurs(after.destination.keys[key]?.policy)).toEqual(['ReplicaKey']);
      expect(sourceBucket.after?.replication?.Rules?.map(({ ID }) => ID)).toEqual(['archive', 's3repl.orders.all']);
      expect(Object.keys(after.source.roles[roleArn]?.inline ?? {}).sort()).toEqual(['archive', 's3repl-orders']);

      expect(text(withoutOurs(replicaBucket.after?.policy))).toBe(text(replicaBucket.before?.policy));
      expect(text(withoutOurs(after.destination.keys[key]?.policy))).toBe(text(before.destination.keys[key]?.policy));
      expect(text(sourceBucket.after?.policy)).toBe(text(sourceBucket.before?.policy));
      expect(sourceBucket.after?.replication?.Role).toBe(roleArn);
      expect(text(sourceBucket.after?.replication?.Rules?.[0])).toBe(
        text(sourceBucket.before?.replication?.Rules?.[0]),
      );
      const { 's3repl-orders': _ours, ...inline } = after.source.roles[roleArn]?.inline ?? {};
      expect(text({ ...after.source.roles[roleArn], inline })).toBe(text(before.source.roles[roleArn]));
      for (const bucket of [sourceBucket, replicaBucket]) {
        const { tags, ownership, publicAccessBlock } = bucket.after ?? {};
        expect({ tags, ownership, publicAccessBlock }).toEqual({
          tags: { owner: 'billing', note: '' },
          ownership: 'ObjectWriter',
          publicAccessBlock: undefined,
        });
        expect(bucket.after?.versioning).toBe('Enabled');
        expect(bucket.after?.encryption?.Rules?.[0]).toMatchObject({
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' },
          BlockedEncryptionTypes: { EncryptionType: ['NONE'] },
        });
      }
      const { policy: _policy, ...keyRest } = before.destination.keys[key] ?? {};
      expect(after.destination.keys[key]).toMatchObject(keyRest);

      const again = await folder.s3repl('apply', '--yes', '--json');
      expect(resultOf(again)).toMatchObject({ outcome: 'unchanged' });
    });

    test('keys that are given are used, not made; the policy of the one at the source stays as it is', async () => {
      const sourceKey = await aKey(source, 'eu-west-1');
      const replicaKey = await aKey(destination, 'eu-central-1');
      const alias = new CreateAliasCommand({ AliasName: 'alias/replicas', TargetKeyId: replicaKey });
      await destination.kms('eu-central-1').send(alias);
      const before = await look();

      const config = aConfig({
        source: aSide(SOURCE, 'eu-west-1', 'acme-orders', { kmsKey: sourceKey }),
        destinations: [aSide(DESTINATION, 'eu-central-1', 'acme-orders-replica', { kmsKey: 'alias/replicas' })],
      });
      const folder = await folderWith(config, moto);
      const run = await folder.s3repl('apply', '--yes', '--json', '--verbose');

      expect(run.exit, run.stderr + run.stdout).toBe(0);
      const after = await look();
      expect(after.source.keys).toEqual(before.source.keys);
      expect(Object.keys(after.destination.keys)).toEqual([replicaKey]);
      const { policy, ...others } = after.destination.keys[replicaKey] ?? {};
      expect(before.destination.keys[replicaKey]).toMatchObject(others);
      expect(sidsOfOurs(policy)).toEqual(['ReplicaKey']);
      expect(text(withoutOurs(policy))).toBe(text(before.destination.keys[replicaKey]?.policy));
      const encryption = (contents: typeof after.source, bucket: string) =>
        contents.buckets[bucket]?.encryption?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID;
      expect(encryption(after.source, 'acme-orders')).toBe(sourceKey);
      expect(encryption(after.destination, 'acme-orders-replica')).toBe(replicaKey);
      const [rule] = after.source.buckets['acme-orders']?.replication?.Rules ?? [];
      expect(rule?.Destination?.EncryptionConfiguration).toEqual({ ReplicaKmsKeyID: replicaKey });
    });
  });

function delegation(account: string) {
  return {
    Sid: 'Administration',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'kms:*',
    Resource: '*',
  };
}

function policyOfTheirs(bucket: string) {
  return {
    Version: '2012-10-17',
    Id: 'written by hand',
    Statement: [
      {
        Sid: 'TLS',
        Effect: 'Deny',
        Principal: '*',
        Action: ['s3:*'],
        Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      {
        Effect: 'Allow',
        Principal: { Service: 'logging.s3.amazonaws.com' },
        Action: 's3:PutObject',
        Resource: `arn:aws:s3:::${bucket}/logs/*`,
      },
    ],
  };
}

function withoutOurs(policy: Document | undefined) {
  return policy && { ...policy, Statement: policy.Statement.filter(({ Sid = '' }) => !sids.test(Sid)) };
}

function sidsOfOurs(policy: Document | undefined): readonly string[] {
  return (policy?.Statement ?? []).flatMap(({ Sid = '' }) => (sids.test(Sid) ? [Sid.replace(sids, '')] : []));
}

function text(value: unknown): string | undefined {
  return JSON.stringify(value);
}
