/**
 * The setup of the article "Replicate encrypted S3 objects to another AWS account", with its quotes and dates mended and names in
 * the place of its placeholders: a role policy, a bucket policy, one key for both buckets, one rule made in the console.
 */

import type { ReplicationRule } from '@aws-sdk/client-s3';
import type { Region } from '../../../src/aws/brand.ts';
import { type PolicyDocument, policy, type Statement } from '../../../src/aws/policy.ts';
import type { BucketSnapshot, KeySnapshot, ObjectSnapshot, Snapshot } from '../../../src/model/snapshot.ts';
import { branded } from '../../plain.ts';

export const [one, two] = ['111111111111', '222222222222'];
export const keyArn = `arn:aws:kms:us-east-1:${one}:key/11111111-1111-4111-8111-111111111111`;
export const roleArn = `arn:aws:iam::${one}:role/article-role`;
export const [source, destination] = ['article-source', 'article-destination'];

const objects = (bucket: string) => `arn:aws:s3:::${bucket}/*`;

/** Step 3. */
export const rolePolicy = policy(
  {
    Effect: 'Allow',
    Action: ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl'],
    Resource: [objects(source)],
  },
  {
    Effect: 'Allow',
    Action: ['s3:ListBucket', 's3:GetReplicationConfiguration'],
    Resource: [`arn:aws:s3:::${source}`],
  },
  {
    Effect: 'Allow',
    Action: [
      's3:ReplicateObject',
      's3:ReplicateDelete',
      's3:ReplicateTags',
      's3:GetObjectVersionTagging',
      's3:ObjectOwnerOverrideToBucketOwner',
    ],
    Resource: objects(destination),
  },
);

/** Step 4. */
export const bucketPolicy: PolicyDocument = {
  Version: '2008-10-17',
  Id: '',
  Statement: [
    {
      Sid: '1',
      Effect: 'Allow',
      Principal: { AWS: roleArn },
      Action: ['s3:ReplicateObject', 's3:ReplicateDelete'],
      Resource: objects(destination),
    },
    {
      Sid: '2',
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${one}:root` },
      Action: 's3:ObjectOwnerOverrideToBucketOwner',
      Resource: objects(destination),
    },
    {
      Sid: '3',
      Effect: 'Allow',
      Principal: { AWS: roleArn },
      Action: ['s3:GetBucketVersioning', 's3:PutBucketVersioning'],
      Resource: `arn:aws:s3:::${destination}`,
    },
  ],
};

/** What the console puts into the policy of a new key: the account may do everything. */
const keyPolicy = policy({
  Sid: 'Enable IAM User Permissions',
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${one}:root` },
  Action: 'kms:*',
  Resource: '*',
});

/** What the console adds for a key user. */
export const keyUser: Statement = {
  Sid: 'Allow use of the key',
  Effect: 'Allow',
  Principal: { AWS: roleArn },
  Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
  Resource: '*',
};

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The parts that a case may change. */
export interface Article {
  roleArn: string;
  trust: string;
  rolePolicy: PolicyDocument;
  keyPolicy: PolicyDocument;
  destination: Writable<BucketSnapshot>;
  rule: Writable<ReplicationRule>;
}

function bucket(): Writable<BucketSnapshot> {
  const byKey = { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: keyArn };
  return {
    region: branded<Region>('us-east-1'),
    versioning: 'Enabled',
    encryption: { Rules: [{ ApplyServerSideEncryptionByDefault: byKey, BucketKeyEnabled: true }] },
    policy: null,
    replication: null,
    ownership: 'BucketOwnerEnforced',
    publicAccessBlock: null,
    objectLock: null,
    requestPayment: 'BucketOwner',
    lifecycle: null,
    notification: null,
  };
}

/** As written; the trust policy, which it does not show, is taken to be right. */
export function asWritten(): Article {
  const fifteen = { Minutes: 15 };
  return {
    roleArn,
    trust: 's3.amazonaws.com',
    rolePolicy,
    keyPolicy,
    destination: { ...bucket(), policy: bucketPolicy },
    // Step 5.
    rule: {
      ID: 'article',
      Priority: 0,
      Status: 'Enabled',
      Filter: {},
      DeleteMarkerReplication: { Status: 'Enabled' },
      SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
      Destination: {
        Bucket: `arn:aws:s3:::${destination}`,
        Account: two,
        EncryptionConfiguration: { ReplicaKmsKeyID: keyArn },
        ReplicationTime: { Status: 'Enabled', Time: fifteen },
        Metrics: { Status: 'Enabled', EventThreshold: fifteen },
      },
    },
  };
}

export function snapshotOf(article: Article): Snapshot {
  const Principal = { Service: article.trust };
  const role = {
    trustPolicy: policy({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }),
    inlinePolicies: { article: article.rolePolicy },
    attachedPolicies: {},
    permissionsBoundary: null,
  };
  const key: KeySnapshot = {
    metadata: {
      Arn: keyArn,
      KeyState: 'Enabled',
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyUsage: 'ENCRYPT_DECRYPT',
      KeyManager: 'CUSTOMER',
    },
    policy: article.keyPolicy,
    aliases: ['alias/article'],
    rotation: false,
  };
  const replication = { Role: article.roleArn, Rules: [article.rule] };
  const controls = { serviceControlPolicies: [], resourceControlPolicies: [] };
  return {
    version: 1,
    takenAt: '2026-11-22T00:00:00Z',
    partition: 'aws',
    source: branded({ account: one, bucket: source }),
    accounts: {
      [one]: {
        roles: { [article.roleArn]: role },
        buckets: { [source]: { ...bucket(), replication } },
        keys: { [keyArn]: key },
        ...controls,
      },
      [two]: { roles: {}, buckets: { [destination]: article.destination }, keys: {}, ...controls },
    },
    objects: [],
  };
}

/** A new object under the default encryption of the source bucket. */
export const newObject: ObjectSnapshot = {
  key: 'report.pdf',
  versionId: 'v1',
  size: 1,
  encryption: 'SSE-KMS',
  kmsKey: keyArn,
  bucketKey: true,
  storageClass: 'STANDARD',
  tags: {},
  deleteMarker: false,
  owner: one,
  replicationStatus: null,
  existedBeforeRule: false,
};
