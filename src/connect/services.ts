/** What each AWS service is to s3repl: its client, what is asked of it, and how others spell it. A new service begins with a row here. */
import { required } from '../aws/required.ts';
import type { Env } from '../config/substitute-env.ts';
import type { OperationFacts } from '../state/operation.ts';
import { asked } from '../steps/steps.ts';
import type { ClientConfig } from './client-config.ts';
import { endpointFromEnv } from './own-endpoint.ts';
import type { SdkClient } from './sdk-client.ts';

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
  /** Those that steps ask for stand with them (steps/). Sources: the API reference of the service (Response Syntax), and the Service Authorization Reference. */
  readonly operations: Readonly<Record<string, OperationFacts>>;
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
      return new S3Client({ ...config, forcePathStyle: endpointFromEnv(env, 'S3') !== undefined });
    },
    operations: {
      ...asked.S3,
      DeleteObject: { actions: ['s3:DeleteObject', 's3:DeleteObjectVersion'] },
      GetBucketAcl: { answer: { root: 'AccessControlPolicy' } },
      GetBucketLifecycleConfiguration: {
        answer: { root: 'LifecycleConfiguration' },
        actions: ['s3:GetLifecycleConfiguration'],
      },
      GetBucketNotificationConfiguration: {
        answer: { root: 'NotificationConfiguration' },
        actions: ['s3:GetBucketNotification'],
      },
      GetBucketRequestPayment: { answer: { root: 'RequestPaymentConfiguration' } },
      GetObjectLegalHold: { answer: { root: 'LegalHold' } },
      GetObjectLockConfiguration: {
        answer: { root: 'ObjectLockConfiguration' },
        actions: ['s3:GetBucketObjectLockConfiguration'],
      },
      GetObjectRetention: { answer: { root: 'Retention' } },
      // Of a version, as s3repl asks for it; HeadObject as well.
      GetObjectTagging: { answer: { root: 'Tagging' }, actions: ['s3:GetObjectVersionTagging'] },
      HeadBucket: { actions: ['s3:ListBucket'] },
      HeadObject: { answer: { header: 'etag' }, actions: ['s3:GetObjectVersion'] },
      ListBuckets: { answer: { root: 'ListAllMyBucketsResult' } },
      ListObjectVersions: { answer: { root: 'ListVersionsResult' }, actions: ['s3:ListBucketVersions'] },
      PutObject: { answer: { header: 'etag' }, actions: ['s3:PutObject', 's3:PutObjectTagging'] },
    },
  },

  kms: {
    id: 'KMS',
    cli: 'kms',
    prefix: 'kms',
    client: (config) => new (required('@aws-sdk/client-kms').KMSClient)(config),
    operations: {
      ...asked.KMS,
      ListGrants: { answer: { member: 'Grants' } },
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
      ...asked.IAM,
      GetPolicy: { answer: 'result' },
      GetPolicyVersion: { answer: 'result' },
      ListAccountAliases: { answer: 'result' },
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
      const own = endpointFromEnv(env, 'S3 Control');
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
export function operationOf(service: string, operation: string): OperationFacts {
  return serviceNamed(service)?.operations[operation] ?? {};
}

/** The IAM actions that an operation needs, the one that is named in a refusal first. */
export function actionsOf(service: string, operation: string): readonly string[] {
  const prefix = serviceNamed(service)?.prefix ?? service.toLowerCase();
  return operationOf(service, operation).actions ?? [`${prefix}:${operation}`];
}
