/** What each AWS service is to s3repl: its client, what is asked of it, and how others spell it. A new service begins with a row here. */
import { required } from '../aws/required.ts';
import type { Env } from '../config/substitute-env.ts';
import type { ClientConfig } from './client-config.ts';
import { ownEndpoint } from './own-endpoint.ts';
import type { SdkClient } from './sdk-client.ts';

/** What an answer is known by. */
export type Shape =
  /** The outermost element of an XML document. */
  | { readonly root: string }
  /** A member of a JSON object that the service leaves out of no answer. */
  | { readonly member: string }
  | { readonly header: string }
  /** The outermost element of the Query protocol (IAM and STS), with a result in it. */
  | 'result'
  | 'json';

/** What is known of an operation; most are not written here. */
export interface Operation {
  /** Absent: the answer is not looked at, as of writes. HeadBucket has nothing to be known by: what is read beside it says as much. */
  readonly answer?: Shape;
  /** The IAM actions that it needs, where its name does not say it; the one that a refusal names first. */
  readonly actions?: readonly string[];
  /** Of a read: s3repl writes the document back, and what the SDK does not know of it must not be lost. */
  readonly writtenBack?: true;
  /** Requests a second and Region that the service takes from an account; absent: more than we send. */
  readonly perSecond?: number;
}

interface Service {
  /** The SDK's service ID, from which it makes the names of variables and of lines in the shared configuration file. */
  readonly id: string;
  /** The AWS CLI's name. */
  readonly cli: string;
  /** What its IAM actions begin with. */
  readonly prefix: string;
  /** It has no Regions. */
  readonly global?: true;
  /** Loads its package: only what is asked for is loaded. */
  readonly client: (config: ClientConfig, env: Env) => SdkClient;
  /** Writes a second that all operations and Regions share. */
  readonly writesPerSecond?: number;
  /** Sources: the API reference of the service (Response Syntax), and the Service Authorization Reference. */
  readonly operations: Readonly<Record<string, Operation>>;
}

/** By the name of its client in a connection. */
export const services = {
  s3: {
    id: 'S3',
    cli: 's3api',
    prefix: 's3',
    client(config, env) {
      const { S3Client } = required('@aws-sdk/client-s3');
      // An endpoint of one's own seldom answers to bucket names as host names.
      return new S3Client({ ...config, forcePathStyle: ownEndpoint(env, 'S3') !== undefined });
    },
    operations: {
      CreateBucket: { actions: ['s3:CreateBucket', 's3:TagResource', 's3:PutBucketOwnershipControls'] },
      DeleteBucketReplication: { actions: ['s3:PutReplicationConfiguration'] },
      DeleteObject: { actions: ['s3:DeleteObject', 's3:DeleteObjectVersion'] },
      GetBucketAcl: { answer: { root: 'AccessControlPolicy' } },
      GetBucketEncryption: {
        answer: { root: 'ServerSideEncryptionConfiguration' },
        actions: ['s3:GetEncryptionConfiguration'],
        writtenBack: true,
      },
      GetBucketLifecycleConfiguration: {
        answer: { root: 'LifecycleConfiguration' },
        actions: ['s3:GetLifecycleConfiguration'],
      },
      GetBucketNotificationConfiguration: {
        answer: { root: 'NotificationConfiguration' },
        actions: ['s3:GetBucketNotification'],
      },
      GetBucketOwnershipControls: { answer: { root: 'OwnershipControls' }, writtenBack: true },
      GetBucketPolicy: { answer: 'json' },
      GetBucketReplication: {
        answer: { root: 'ReplicationConfiguration' },
        actions: ['s3:GetReplicationConfiguration'],
        writtenBack: true,
      },
      GetBucketRequestPayment: { answer: { root: 'RequestPaymentConfiguration' } },
      GetBucketTagging: { answer: { root: 'Tagging' }, writtenBack: true },
      GetBucketVersioning: { answer: { root: 'VersioningConfiguration' }, writtenBack: true },
      GetObjectLegalHold: { answer: { root: 'LegalHold' } },
      GetObjectLockConfiguration: {
        answer: { root: 'ObjectLockConfiguration' },
        actions: ['s3:GetBucketObjectLockConfiguration'],
      },
      GetObjectRetention: { answer: { root: 'Retention' } },
      // Of a version, as s3repl asks for it; HeadObject as well.
      GetObjectTagging: { answer: { root: 'Tagging' }, actions: ['s3:GetObjectVersionTagging'] },
      GetPublicAccessBlock: {
        answer: { root: 'PublicAccessBlockConfiguration' },
        actions: ['s3:GetBucketPublicAccessBlock'],
        writtenBack: true,
      },
      HeadBucket: { actions: ['s3:ListBucket'] },
      HeadObject: { answer: { header: 'etag' }, actions: ['s3:GetObjectVersion'] },
      ListBuckets: { answer: { root: 'ListAllMyBucketsResult' } },
      ListObjectVersions: { answer: { root: 'ListVersionsResult' }, actions: ['s3:ListBucketVersions'] },
      PutBucketEncryption: { actions: ['s3:PutEncryptionConfiguration'] },
      PutBucketReplication: { actions: ['s3:PutReplicationConfiguration', 'iam:PassRole'] },
      PutObject: { answer: { header: 'etag' }, actions: ['s3:PutObject', 's3:PutObjectTagging'] },
      PutPublicAccessBlock: { actions: ['s3:PutBucketPublicAccessBlock'] },
    },
  },

  kms: {
    id: 'KMS',
    cli: 'kms',
    prefix: 'kms',
    client: (config) => new (required('@aws-sdk/client-kms').KMSClient)(config),
    // Rates: KMS Developer Guide, requests-per-second ("Request quotas for each AWS KMS API operation"), as far as we send them in
    // numbers. What may be sent 500 times a second and more is not held back.
    operations: {
      CreateAlias: { perSecond: 5 },
      CreateKey: { answer: { member: 'KeyMetadata' }, actions: ['kms:CreateKey', 'kms:TagResource'], perSecond: 5 },
      DeleteAlias: { perSecond: 15 },
      DescribeKey: { answer: { member: 'KeyMetadata' } },
      EnableKeyRotation: { perSecond: 15 },
      GetKeyPolicy: { answer: { member: 'Policy' } },
      GetKeyRotationStatus: { answer: { member: 'KeyRotationEnabled' } },
      ListAliases: { answer: { member: 'Aliases' } },
      ListGrants: { answer: { member: 'Grants' } },
      ListKeys: { answer: { member: 'Keys' } },
      ListResourceTags: { answer: { member: 'Tags' } },
      PutKeyPolicy: { perSecond: 15 },
      ScheduleKeyDeletion: { perSecond: 15 },
      TagResource: { perSecond: 10 },
      UpdateAlias: { perSecond: 5 },
    },
  },

  iam: {
    id: 'IAM',
    cli: 'iam',
    prefix: 'iam',
    global: true,
    client: (config) => new (required('@aws-sdk/client-iam').IAMClient)(config),
    // AWS publishes no rate: it says that every API has token buckets of its own, that all callers of the account share them, and that
    // they cannot be raised (AWS Security Blog, "How to monitor and query IAM resources at scale – Part 2"; re:Post,
    // iam-sts-throttling-error). So this is a choice: two for each key, as a set-up needs them. The SDK's adaptive retries do the rest.
    writesPerSecond: 10,
    operations: {
      CreateRole: { actions: ['iam:CreateRole', 'iam:TagRole'] },
      GetPolicy: { answer: 'result' },
      GetPolicyVersion: { answer: 'result' },
      GetRole: { answer: 'result' },
      GetRolePolicy: { answer: 'result' },
      ListAccountAliases: { answer: 'result' },
      ListAttachedRolePolicies: { answer: 'result' },
      ListRolePolicies: { answer: 'result' },
    },
  },

  sts: {
    id: 'STS',
    cli: 'sts',
    prefix: 'sts',
    client: (config) => new (required('@aws-sdk/client-sts').STSClient)(config),
    operations: { AssumeRole: { answer: 'result' }, GetCallerIdentity: { answer: 'result' } },
  },

  s3Control: {
    id: 'S3 Control',
    cli: 's3control',
    prefix: 's3',
    client(config, env) {
      const { S3ControlClient } = required('@aws-sdk/client-s3-control');
      // The SDK puts `ACCOUNT.` before the host, which an endpoint of one's own seldom has a name for (facts/backfill.md 1.2): requests
      // go to the host as it is given.
      const own = ownEndpoint(env, 'S3 Control');
      return new S3ControlClient({ ...config, ...(own && { endpointProvider: () => ({ url: new URL(own) }) }) });
    },
    operations: {
      GetPublicAccessBlock: {
        answer: { root: 'PublicAccessBlockConfiguration' },
        actions: ['s3:GetAccountPublicAccessBlock'],
      },
    },
  },

  organizations: {
    id: 'Organizations',
    cli: 'organizations',
    prefix: 'organizations',
    client: (config) => new (required('@aws-sdk/client-organizations').OrganizationsClient)(config),
    operations: { DescribeOrganization: { answer: { member: 'Organization' } } },
  },
} satisfies Readonly<Record<string, Service>>;

/** One client a service. */
export type Clients = { readonly [Name in keyof typeof services]: ReturnType<(typeof services)[Name]['client']> };

const byName: ReadonlyMap<string, Service> = new Map(
  Object.values(services).map((service) => [service.id.replaceAll(' ', ''), service]),
);

/** A service by the name of its client in the SDK, without `Client`: as calls and errors name it. */
export function serviceNamed(name: string): Service | undefined {
  return byName.get(name);
}

/** What is known of an operation; nothing of most. */
export function operationOf(service: string, operation: string): Operation {
  return serviceNamed(service)?.operations[operation] ?? {};
}

/** The IAM actions that an operation needs, the one that is named in a refusal first. */
export function actionsOf(service: string, operation: string): readonly string[] {
  const prefix = serviceNamed(service)?.prefix ?? service.toLowerCase();
  return operationOf(service, operation).actions ?? [`${prefix}:${operation}`];
}
