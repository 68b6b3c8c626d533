/** Snapshot files (design.md 5). AWS's own shapes stay as loose as AWS's, but what the model reads has its type. */
import { isObject } from '../model/evaluation/element.ts';
import {
  flag,
  list,
  number,
  object,
  oneOf,
  optional,
  orNullOrUnknown,
  orUnknown,
  predicate,
  recordOf,
  type Shape,
  text,
} from './json-shape.ts';

const policyObject = object(
  {
    Version: optional(text),
    Statement: predicate(
      'a statement or a list of statements',
      (value) => isObject(value) || (Array.isArray(value) && value.every(isObject)),
    ),
  },
  'a policy, which is an object with Statement',
);
const policyText = predicate('a policy as an object, not as text: parse it first', () => false);
const policy: Shape = (value) => (typeof value === 'string' ? policyText(value) : policyObject(value));

const tag = object({ Key: optional(text), Value: optional(text) });
const status = optional(object({ Status: optional(text) }));
const replicationRule = object({
  ID: optional(text),
  Priority: optional(number),
  Status: optional(text),
  Prefix: optional(text),
  Filter: optional(
    object({
      Prefix: optional(text),
      Tag: optional(tag),
      And: optional(object({ Prefix: optional(text), Tags: optional(list(tag)) })),
    }),
  ),
  DeleteMarkerReplication: status,
  SourceSelectionCriteria: optional(object({ SseKmsEncryptedObjects: status, ReplicaModifications: status })),
  Destination: optional(
    object({
      Bucket: optional(text),
      Account: optional(text),
      StorageClass: optional(text),
      AccessControlTranslation: optional(object({ Owner: optional(text) })),
      EncryptionConfiguration: optional(object({ ReplicaKmsKeyID: optional(text) })),
      ReplicationTime: status,
      Metrics: status,
    }),
  ),
});
const encryptionRule = object({
  ApplyServerSideEncryptionByDefault: optional(
    object({ SSEAlgorithm: optional(text), KMSMasterKeyID: optional(text) }),
  ),
  BucketKeyEnabled: optional(flag),
  BlockedEncryptionTypes: optional(object({ EncryptionType: optional(list(text)) })),
});
const lifecycleFilter = object({
  Prefix: optional(text),
  And: optional(object({ Prefix: optional(text) })),
});
const lifecycleRule = object({
  ID: optional(text),
  Status: optional(text),
  Prefix: optional(text),
  Filter: optional(lifecycleFilter),
  Expiration: optional(object({ Days: optional(number), Date: optional(text) })),
  NoncurrentVersionExpiration: optional(object({ NoncurrentDays: optional(number) })),
});
const targets = optional(
  list(
    object({
      Id: optional(text),
      TopicArn: optional(text),
      QueueArn: optional(text),
      LambdaFunctionArn: optional(text),
      Events: optional(list(text)),
      Filter: optional(
        object({
          Key: optional(
            object({ FilterRules: optional(list(object({ Name: optional(text), Value: optional(text) }))) }),
          ),
        }),
      ),
    }),
  ),
);

const role = object({
  trustPolicy: orUnknown(policy),
  inlinePolicies: orUnknown(recordOf(orUnknown(policy))),
  attachedPolicies: orUnknown(recordOf(orUnknown(policy))),
  permissionsBoundary: orNullOrUnknown(policy),
  roleId: optional(orUnknown(text)),
  tags: optional(orUnknown(recordOf(text))),
});

const publicAccessBlock = object({
  BlockPublicAcls: optional(flag),
  IgnorePublicAcls: optional(flag),
  BlockPublicPolicy: optional(flag),
  RestrictPublicBuckets: optional(flag),
});

const bucket = object({
  region: text,
  versioning: orNullOrUnknown(oneOf('Enabled', 'Suspended')),
  encryption: orNullOrUnknown(object({ Rules: optional(orUnknown(list(encryptionRule))) })),
  policy: orNullOrUnknown(policy),
  replication: orNullOrUnknown(object({ Role: optional(text), Rules: optional(orUnknown(list(replicationRule))) })),
  ownership: orNullOrUnknown(oneOf('BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter')),
  publicAccessBlock: orNullOrUnknown(publicAccessBlock),
  objectLock: orNullOrUnknown(oneOf('Enabled')),
  requestPayment: orUnknown(oneOf('BucketOwner', 'Requester')),
  lifecycle: orNullOrUnknown(object({ Rules: optional(list(lifecycleRule)) })),
  notification: orNullOrUnknown(
    object({ TopicConfigurations: targets, QueueConfigurations: targets, LambdaFunctionConfigurations: targets }),
  ),
  objectLockRetention: optional(
    orNullOrUnknown(object({ Mode: optional(text), Days: optional(number), Years: optional(number) })),
  ),
});

const grantContext = optional(recordOf(text));
const grant = object({
  GrantId: optional(text),
  GranteePrincipal: optional(text),
  Operations: optional(list(text)),
  Constraints: optional(object({ EncryptionContextEquals: grantContext, EncryptionContextSubset: grantContext })),
});

const key = object({
  metadata: orUnknown(
    object({
      Arn: optional(text),
      KeyState: optional(text),
      KeySpec: optional(text),
      KeyUsage: optional(text),
      KeyManager: optional(text),
    }),
  ),
  policy: orUnknown(policy),
  aliases: orUnknown(list(text)),
  rotation: orUnknown(flag),
  grants: optional(orUnknown(list(grant))),
});

const metric = {
  Namespace: optional(text),
  MetricName: optional(text),
  Dimensions: optional(list(object({ Name: optional(text), Value: optional(text) }))),
};
const alarm = object({
  ...metric,
  AlarmName: optional(text),
  ActionsEnabled: optional(flag),
  AlarmActions: optional(list(text)),
  Statistic: optional(text),
  EvaluationPeriods: optional(number),
  DatapointsToAlarm: optional(number),
  Threshold: optional(number),
  ComparisonOperator: optional(text),
  TreatMissingData: optional(text),
  Metrics: optional(
    list(
      object({
        AccountId: optional(text),
        Expression: optional(text),
        MetricStat: optional(object({ Metric: optional(object(metric)) })),
      }),
    ),
  ),
});

const topicKey = object({
  arn: text,
  keyState: text,
  keyManager: text,
  policy: orUnknown(policy),
});
const topic = object({
  policy: orUnknown(policy),
  kmsKey: predicate('a text, or null', (value) => value === null || typeof value === 'string'),
  key: optional(orNullOrUnknown(topicKey)),
  confirmed: number,
  pending: number,
});

const account = object({
  roles: orUnknown(recordOf(orNullOrUnknown(role))),
  buckets: orUnknown(recordOf(orNullOrUnknown(bucket))),
  keys: orUnknown(recordOf(orNullOrUnknown(key))),
  serviceControlPolicies: orUnknown(list(policy)),
  resourceControlPolicies: orUnknown(list(policy)),
  publicAccessBlock: optional(orNullOrUnknown(publicAccessBlock)),
  notOwned: optional(list(text)),
  organization: optional(orNullOrUnknown(object({ id: text }))),
  alarms: optional(orUnknown(recordOf(alarm))),
  topics: optional(orUnknown(recordOf(orNullOrUnknown(topic)))),
});

const version = object({
  key: text,
  versionId: orNullOrUnknown(text),
  size: orUnknown(number),
  encryption: orUnknown(oneOf('SSE-KMS', 'DSSE-KMS', 'SSE-S3', 'SSE-C', 'NONE')),
  kmsKey: orNullOrUnknown(text),
  bucketKey: orUnknown(flag),
  storageClass: text,
  tags: orUnknown(recordOf(text)),
  deleteMarker: orUnknown(flag),
  owner: text,
  replicationStatus: orNullOrUnknown(oneOf('PENDING', 'COMPLETED', 'FAILED', 'REPLICA')),
  existedBeforeRule: orUnknown(flag),
  lastModified: optional(text),
  retention: optional(orNullOrUnknown(object({ mode: text, until: text }))),
  legalHold: optional(orNullOrUnknown(oneOf('ON', 'OFF'))),
  archiveStatus: optional(orNullOrUnknown(oneOf('ARCHIVE_ACCESS', 'DEEP_ARCHIVE_ACCESS'))),
  versionDelete: optional(flag),
});

const job = object({
  id: text,
  status: text,
  description: text,
  role: text,
  created: optional(text),
  ended: optional(text),
  total: optional(number),
  succeeded: number,
  failed: number,
  reasons: list(object({ code: text, reason: text })),
  report: optional(text),
});

const ruleMetrics = object({
  rule: text,
  destination: text,
  pendingOperations: orNullOrUnknown(number),
  latency: orNullOrUnknown(number),
});

export const snapshotSchema = object({
  takenAt: text,
  partition: text,
  source: object({ account: text, bucket: text }),
  accounts: orUnknown(recordOf(orUnknown(account))),
  objects: orUnknown(list(version)),
  jobs: optional(orUnknown(list(job))),
  replicationMetrics: optional(list(ruleMetrics)),
  kms: optional(list(object({ region: text, requests: orUnknown(number), quota: number }))),
  unreadable: optional(list(object({ path: text, reason: text }))),
});
