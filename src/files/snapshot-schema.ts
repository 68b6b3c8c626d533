/** What a snapshot file must hold (design.md 5). AWS's own shapes stay as loose as AWS's, but what the model reads has its type. */
import { isObject } from '../model/evaluation/element.ts';
import {
  flag,
  found,
  known,
  list,
  named,
  number,
  object,
  oneOf,
  optional,
  type Shape,
  text,
  thing,
} from './json-shape.ts';

const policyObject = object(
  {
    Version: optional(text),
    Statement: thing(
      'a statement or a list of statements',
      (value) => isObject(value) || (Array.isArray(value) && value.every(isObject)),
    ),
  },
  'a policy, which is an object with Statement',
);
const policyText = thing('a policy as an object, not as text: parse it first', () => false);
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
const targets = optional(list(object({ Events: optional(list(text)) })));

const role = object({
  trustPolicy: known(policy),
  inlinePolicies: known(named(known(policy))),
  attachedPolicies: known(named(known(policy))),
  permissionsBoundary: found(policy),
  roleId: optional(known(text)),
  tags: optional(known(named(text))),
});

const publicAccessBlock = object({
  BlockPublicAcls: optional(flag),
  IgnorePublicAcls: optional(flag),
  BlockPublicPolicy: optional(flag),
  RestrictPublicBuckets: optional(flag),
});

const bucket = object({
  region: text,
  versioning: found(oneOf('Enabled', 'Suspended')),
  encryption: found(object({ Rules: optional(known(list(encryptionRule))) })),
  policy: found(policy),
  replication: found(object({ Role: optional(text), Rules: optional(known(list(replicationRule))) })),
  ownership: found(oneOf('BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter')),
  publicAccessBlock: found(publicAccessBlock),
  objectLock: found(oneOf('Enabled')),
  requestPayment: known(oneOf('BucketOwner', 'Requester')),
  lifecycle: found(object({ Rules: optional(list(lifecycleRule)) })),
  notification: found(
    object({ TopicConfigurations: targets, QueueConfigurations: targets, LambdaFunctionConfigurations: targets }),
  ),
  objectLockRetention: optional(
    found(object({ Mode: optional(text), Days: optional(number), Years: optional(number) })),
  ),
});

const grantContext = optional(named(text));
const grant = object({
  GrantId: optional(text),
  GranteePrincipal: optional(text),
  Operations: optional(list(text)),
  Constraints: optional(object({ EncryptionContextEquals: grantContext, EncryptionContextSubset: grantContext })),
});

const key = object({
  metadata: known(
    object({
      Arn: optional(text),
      KeyState: optional(text),
      KeySpec: optional(text),
      KeyUsage: optional(text),
      KeyManager: optional(text),
    }),
  ),
  policy: known(policy),
  aliases: known(list(text)),
  rotation: known(flag),
  grants: optional(known(list(grant))),
});

const account = object({
  roles: known(named(found(role))),
  buckets: known(named(found(bucket))),
  keys: known(named(found(key))),
  serviceControlPolicies: known(list(policy)),
  resourceControlPolicies: known(list(policy)),
  publicAccessBlock: optional(found(publicAccessBlock)),
  notOwned: optional(list(text)),
  organization: optional(found(object({ id: text }))),
});

const version = object({
  key: text,
  versionId: found(text),
  size: known(number),
  encryption: known(oneOf('SSE-KMS', 'DSSE-KMS', 'SSE-S3', 'SSE-C', 'NONE')),
  kmsKey: found(text),
  bucketKey: known(flag),
  storageClass: text,
  tags: known(named(text)),
  deleteMarker: known(flag),
  owner: text,
  replicationStatus: found(oneOf('PENDING', 'COMPLETED', 'FAILED', 'REPLICA')),
  existedBeforeRule: known(flag),
  lastModified: optional(text),
  retention: optional(found(object({ mode: text, until: text }))),
  legalHold: optional(found(oneOf('ON', 'OFF'))),
  archiveStatus: optional(found(oneOf('ARCHIVE_ACCESS', 'DEEP_ARCHIVE_ACCESS'))),
  versionDelete: optional(flag),
});

/** The whole of it. */
export const snapshotSchema = object({
  takenAt: text,
  partition: text,
  source: object({ account: text, bucket: text }),
  accounts: known(named(known(account))),
  objects: known(list(version)),
  unreadable: optional(list(object({ path: text, reason: text }))),
});
