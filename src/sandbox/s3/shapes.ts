import { type Decoded, flag, integer, many, oneOf, optional, required, struct, text } from '../wire/xml-codec.ts';

/** For objects and replicas (API: PutObject, Destination.StorageClass). */
export const storageClasses = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'GLACIER_IR',
  'DEEP_ARCHIVE',
] as const;

const enabledOrDisabled = oneOf('Enabled', 'Disabled');

export const tagShape = struct({ Key: required(text), Value: required(text) });
export type Tag = Decoded<typeof tagShape>;

export const taggingShape = struct({ TagSet: required(struct({ Tags: many('Tag', tagShape) })) });

export const createBucketShape = struct({
  LocationConstraint: optional(text),
  Tags: optional(struct({ Tags: many('Tag', tagShape) })),
});

export const versioningShape = struct({
  Status: optional(oneOf('Enabled', 'Suspended')),
  MfaDelete: optional(enabledOrDisabled),
});

export const encryptionShape = struct({
  Rules: many(
    'Rule',
    struct({
      ApplyServerSideEncryptionByDefault: optional(
        struct({ SSEAlgorithm: required(oneOf('AES256', 'aws:kms', 'aws:kms:dsse')), KMSMasterKeyID: optional(text) }),
      ),
      BucketKeyEnabled: optional(flag),
      BlockedEncryptionTypes: optional(struct({ EncryptionType: many('EncryptionType', oneOf('NONE', 'SSE-C')) })),
    }),
    1,
    1,
  ),
});
export type BucketEncryption = Decoded<typeof encryptionShape>;

export const publicAccessBlockShape = struct({
  BlockPublicAcls: optional(flag),
  IgnorePublicAcls: optional(flag),
  BlockPublicPolicy: optional(flag),
  RestrictPublicBuckets: optional(flag),
});
export type PublicAccessBlock = Decoded<typeof publicAccessBlockShape>;

/** Up to 100 rules, each with an origin and a method (S3 API Reference, PutBucketCors). */
export const corsShape = struct({
  CORSRules: many(
    'CORSRule',
    struct({
      ID: optional(text),
      AllowedHeaders: many('AllowedHeader', text),
      AllowedMethods: many('AllowedMethod', text, 1),
      AllowedOrigins: many('AllowedOrigin', text, 1),
      ExposeHeaders: many('ExposeHeader', text),
      MaxAgeSeconds: optional(integer),
    }),
    1,
    100,
  ),
});
export type BucketCors = Decoded<typeof corsShape>;

const objectOwnership = oneOf('BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter');
export type ObjectOwnership = Decoded<typeof objectOwnership>;

export const ownershipShape = struct({
  Rules: many('Rule', struct({ ObjectOwnership: required(objectOwnership) }), 1, 1),
});

export type BucketAcl =
  | 'private'
  | 'public-read'
  | 'public-read-write'
  | 'authenticated-read'
  | 'aws-exec-read'
  | 'log-delivery-write'
  | 'bucket-owner-read'
  | 'bucket-owner-full-control';

export const objectLockShape = struct({
  ObjectLockEnabled: required(oneOf('Enabled')),
  Rule: optional(
    struct({
      DefaultRetention: required(
        struct({
          Mode: required(oneOf('GOVERNANCE', 'COMPLIANCE')),
          Days: optional(integer),
          Years: optional(integer),
        }),
      ),
    }),
  ),
});
export type ObjectLock = Decoded<typeof objectLockShape>;

const payer = oneOf('BucketOwner', 'Requester');
export type Payer = Decoded<typeof payer>;

export const requestPaymentShape = struct({ Payer: required(payer) });

const notifiedShape = {
  Id: optional(text),
  Events: many('Event', text, 1),
  Filter: optional(
    struct({
      S3Key: optional(
        struct({ FilterRules: many('FilterRule', struct({ Name: required(text), Value: required(text) })) }),
      ),
    }),
  ),
};

export const notificationShape = struct({
  Topics: many('TopicConfiguration', struct({ ...notifiedShape, Topic: required(text) })),
  Queues: many('QueueConfiguration', struct({ ...notifiedShape, Queue: required(text) })),
  Functions: many('CloudFunctionConfiguration', struct({ ...notifiedShape, CloudFunction: required(text) })),
  EventBridgeConfiguration: optional(struct({})),
});
export type BucketNotification = Decoded<typeof notificationShape>;

const statusShape = struct({ Status: required(enabledOrDisabled) });
const minutesShape = struct({ Minutes: optional(integer) });

const destinationShape = struct({
  Bucket: required(text),
  Account: optional(text),
  StorageClass: optional(oneOf(...storageClasses)),
  AccessControlTranslation: optional(struct({ Owner: required(oneOf('Destination')) })),
  EncryptionConfiguration: optional(struct({ ReplicaKmsKeyID: optional(text) })),
  ReplicationTime: optional(struct({ Status: required(enabledOrDisabled), Time: required(minutesShape) })),
  Metrics: optional(struct({ Status: required(enabledOrDisabled), EventThreshold: optional(minutesShape) })),
});

const ruleShape = struct({
  ID: optional(text),
  Prefix: optional(text),
  Priority: optional(integer),
  Filter: optional(
    struct({
      Prefix: optional(text),
      Tag: optional(tagShape),
      And: optional(struct({ Prefix: optional(text), Tags: many('Tag', tagShape) })),
    }),
  ),
  Status: required(enabledOrDisabled),
  SourceSelectionCriteria: optional(
    struct({ SseKmsEncryptedObjects: optional(statusShape), ReplicaModifications: optional(statusShape) }),
  ),
  Destination: required(destinationShape),
  DeleteMarkerReplication: optional(statusShape),
});
export type BucketReplicationRule = Decoded<typeof ruleShape>;

export const replicationShape = struct({ Role: required(text), Rules: many('Rule', ruleShape, 1) });
export type BucketReplication = Decoded<typeof replicationShape>;

export const retentionShape = struct({
  Mode: optional(oneOf('GOVERNANCE', 'COMPLIANCE')),
  RetainUntilDate: optional(text),
});

export const legalHoldShape = struct({ Status: required(oneOf('ON', 'OFF')) });

export const deleteShape = struct({
  Objects: many(
    'Object',
    struct({
      Key: required(text),
      VersionId: optional(text),
      ETag: optional(text),
      LastModifiedTime: optional(text),
      Size: optional(text),
    }),
    1,
    1000,
  ),
  Quiet: optional(flag),
});

export const completeShape = struct({
  Parts: many(
    'Part',
    struct({
      PartNumber: required(integer),
      ETag: optional(text),
      ChecksumCRC32: optional(text),
      ChecksumCRC32C: optional(text),
      ChecksumCRC64NVME: optional(text),
      ChecksumSHA1: optional(text),
      ChecksumSHA256: optional(text),
    }),
  ),
});
