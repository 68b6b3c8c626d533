/** The facts about each AWS service; a new service begins with a row here. */
import { required } from '../aws/required.ts';
import type { Env } from '../config/substitute-env.ts';
import type { OperationFacts } from '../state/operation.ts';
import { asked } from '../steps/steps.ts';
import type { ClientConfig } from './client-config.ts';
import { endpointFromEnv } from './own-endpoint.ts';
import type { SdkClient } from './sdk-client.ts';

interface Service {
  /** The SDK's service ID; variables and lines in the shared configuration file are named after it. */
  readonly id: string;
  readonly cli: string;
  readonly prefix: string;
  readonly global?: true;
  /** Loads the service's package. */
  readonly client: (config: ClientConfig, env: Env) => SdkClient;
  /** Writes a second that all operations and Regions share. */
  readonly writesPerSecond?: number;
  /** Operations of steps stand with the steps. Sources: the API reference of the service (Response Syntax), and the Service Authorization Reference. */
  readonly operations: Readonly<Record<string, OperationFacts>>;
}

export const services = {
  s3: {
    id: 'S3',
    cli: 's3api',
    prefix: 's3',
    client(config, env) {
      const { S3Client } = required('@aws-sdk/client-s3');
      // An endpoint of your own seldom resolves bucket names as host names.
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
      GetBucketRequestPayment: { answer: { root: 'RequestPaymentConfiguration' } },
      GetObject: { answer: { header: 'etag' } },
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
      ListObjectsV2: { answer: { root: 'ListBucketResult' }, actions: ['s3:ListBucket'] },
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
    // A choice: two writes for each new key. AWS publishes no rate, only that all callers of an account share token buckets for each API, which cannot be
    // raised (AWS Security Blog, "How to monitor and query IAM resources at scale – Part 2"; re:Post, iam-sts-throttling-error). The SDK's adaptive retries do
    // the rest.
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
      // Requests go to the host as given: the SDK would put `ACCOUNT.` before it, a name that an endpoint of your own seldom has (facts/backfill.md 1.2).
      const own = endpointFromEnv(env, 'S3 Control');
      return new S3ControlClient({ ...config, ...(own && { endpointProvider: () => ({ url: new URL(own) }) }) });
    },
    operations: {
      CreateJob: {
        answer: { root: 'CreateJobResult' },
        actions: ['s3:CreateJob', 's3:PutJobTagging', 'iam:PassRole'],
      },
      DescribeJob: { answer: { root: 'DescribeJobResult' } },
      GetPublicAccessBlock: {
        answer: { root: 'PublicAccessBlockConfiguration' },
        actions: ['s3:GetAccountPublicAccessBlock'],
      },
      ListJobs: { answer: { root: 'ListJobsResult' } },
      UpdateJobStatus: { answer: { root: 'UpdateJobStatusResult' } },
    },
  },

  organizations: {
    id: 'Organizations',
    cli: 'organizations',
    prefix: 'organizations',
    client: (config) => new (required('@aws-sdk/client-organizations').OrganizationsClient)(config),
    operations: { DescribeOrganization: { answer: { member: 'Organization' } } },
  },

  sns: {
    id: 'SNS',
    cli: 'sns',
    prefix: 'sns',
    client: (config) => new (required('@aws-sdk/client-sns').SNSClient)(config),
    operations: { ...asked.SNS },
  },

  cloudWatch: {
    id: 'CloudWatch',
    cli: 'cloudwatch',
    prefix: 'cloudwatch',
    client: (config) => new (required('@aws-sdk/client-cloudwatch').CloudWatchClient)(config),
    // Rates: CloudWatch User Guide, cloudwatch_limits.
    operations: {
      ...asked.CloudWatch,
      DescribeAlarmHistory: { answer: { member: 'AlarmHistoryItems' } },
      GetMetricData: { answer: { member: 'MetricDataResults' } },
      ListAlarmMuteRules: { answer: 'json' },
      SetAlarmState: { perSecond: 3 },
    },
  },

  serviceQuotas: {
    id: 'Service Quotas',
    cli: 'service-quotas',
    prefix: 'servicequotas',
    client: (config) => new (required('@aws-sdk/client-service-quotas').ServiceQuotasClient)(config),
    operations: {
      GetAWSDefaultServiceQuota: { answer: { member: 'Quota' } },
      GetServiceQuota: { answer: { member: 'Quota' } },
    },
  },
} satisfies Readonly<Record<string, Service>>;

export type Clients = { readonly [Name in keyof typeof services]: ReturnType<(typeof services)[Name]['client']> };

const byName: ReadonlyMap<string, Service> = new Map(
  Object.values(services).map((service) => [service.id.replaceAll(' ', ''), service]),
);

/** By the name of its SDK client without `Client`, as calls and errors name it. */
export function serviceNamed(name: string): Service | undefined {
  return byName.get(name);
}

export function operationOf(service: string, operation: string): OperationFacts {
  return serviceNamed(service)?.operations[operation] ?? {};
}

/** The action that a refusal names comes first. */
export function actionsOf(service: string, operation: string): readonly string[] {
  const prefix = serviceNamed(service)?.prefix ?? service.toLowerCase();
  return operationOf(service, operation).actions ?? [`${prefix}:${operation}`];
}
