import {
  CreateBucketCommand,
  GetBucketReplicationCommand,
  GetBucketTaggingCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  type ReplicationRule,
} from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { Account } from './account.ts';
import type { Moto } from './moto.ts';
import { SOURCE } from './s3repl.ts';

export const launcher = (moto: Moto) =>
  describe('moto, as launch.py mends it', () => {
    const Bucket = 'rules';
    const Role = `arn:aws:iam::${SOURCE}:role/replication`;
    const destination = { Bucket: 'arn:aws:s3:::replica' };
    const rules: ReplicationRule[] = [
      {
        ID: 'empty',
        Priority: 4,
        Status: 'Enabled',
        Filter: {},
        DeleteMarkerReplication: { Status: 'Disabled' },
        Destination: destination,
      },
      {
        ID: 'prefix',
        Priority: 3,
        Status: 'Disabled',
        Filter: { Prefix: '' },
        DeleteMarkerReplication: { Status: 'Enabled' },
        Destination: destination,
      },
      {
        ID: 'tag',
        Priority: 2,
        Status: 'Enabled',
        Filter: { Tag: { Key: 'team', Value: '' } },
        DeleteMarkerReplication: { Status: 'Disabled' },
        Destination: destination,
      },
      {
        ID: 'all members',
        Priority: 1,
        Status: 'Enabled',
        Filter: {
          And: {
            Prefix: 'a&b/',
            Tags: [
              { Key: 'x', Value: '1' },
              { Key: 'y', Value: '2' },
            ],
          },
        },
        DeleteMarkerReplication: { Status: 'Disabled' },
        ExistingObjectReplication: { Status: 'Disabled' },
        SourceSelectionCriteria: {
          SseKmsEncryptedObjects: { Status: 'Enabled' },
          ReplicaModifications: { Status: 'Enabled' },
        },
        Destination: {
          ...destination,
          Account: '012345678901',
          StorageClass: 'GLACIER_IR',
          AccessControlTranslation: { Owner: 'Destination' },
          EncryptionConfiguration: { ReplicaKmsKeyID: 'arn:aws:kms:eu-west-1:111111111111:key/1' },
          ReplicationTime: { Status: 'Enabled', Time: { Minutes: 15 } },
          Metrics: { Status: 'Enabled', EventThreshold: { Minutes: 15 } },
        },
      },
    ];

    test.each([
      ['one rule', rules.slice(3)],
      ['several rules', rules],
    ])('gives %s back as they were put, member by member', async (_, Rules) => {
      await moto.reset();
      const s3 = (await Account.signIn(moto, SOURCE)).s3();
      await s3.send(
        new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { Tags: [{ Key: 'team', Value: 'a' }] } }),
      );
      await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
      const ask = new GetBucketReplicationCommand({ Bucket });

      await expect(s3.send(ask)).rejects.toMatchObject({
        name: 'ReplicationConfigurationNotFoundError',
        $metadata: { httpStatusCode: 404 },
      });
      await s3.send(new PutBucketReplicationCommand({ Bucket, ReplicationConfiguration: { Role, Rules } }));

      expect((await s3.send(ask)).ReplicationConfiguration).toEqual({ Role, Rules });
      expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual([{ Key: 'team', Value: 'a' }]);
    });
  });
