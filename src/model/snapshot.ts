/** The snapshot (design.md 5): everything that the model needs, in AWS's own shapes. `null`: it does not exist. An absent optional: not looked at. */

import type { GrantListEntry } from '@aws-sdk/client-kms';
import type {
  DefaultRetention,
  LifecycleRule,
  NotificationConfiguration,
  ReplicationConfiguration,
  ServerSideEncryptionConfiguration,
} from '@aws-sdk/client-s3';
import type { AlarmSettings } from '../aws/alert-documents.ts';
import type { AccountId, BucketName, Region } from '../aws/brand.ts';
import type { KeyMetadata, PublicAccessBlock } from '../aws/documents.ts';
import type { PolicyDocument } from '../aws/policy.ts';
import type { Unknown } from './decision.ts';

export type Known<T> = T | Unknown;
export type Found<T> = T | null | Unknown;
export type Named<T> = Readonly<Record<string, T>>;

/** Accounts are by ID, roles, keys and policies by ARN, buckets by name. */
export interface Snapshot {
  readonly version: 1;
  readonly takenAt: string;
  readonly partition: string;
  readonly source: { readonly account: AccountId; readonly bucket: BucketName };
  readonly accounts: Known<Named<Known<AccountSnapshot>>>;
  readonly objects: Known<readonly ObjectSnapshot[]>;
  /** Of S3 Batch Replication, on the source bucket: those that are not over, and the last ones that are. */
  readonly jobs?: Known<readonly JobSnapshot[]>;
  /** Of the enabled rules with metrics, at their destinations. Only where a version is PENDING, as `kms`. */
  readonly replicationMetrics?: readonly RuleMetricsSnapshot[];
  /** Of the source account, in the Regions of the buckets. */
  readonly kms?: readonly KmsUseSnapshot[];
  readonly unreadable?: readonly Unreadable[];
}

export interface Unreadable {
  readonly path: string;
  readonly reason: string;
}

export interface Things {
  readonly roles: RoleSnapshot;
  readonly buckets: BucketSnapshot;
  readonly keys: KeySnapshot;
}

export type ThingsByName = { readonly [K in keyof Things]: Known<Named<Found<Things[K]>>> };

export interface AccountSnapshot extends ThingsByName {
  /** Empty: none apply, and everything is allowed. */
  readonly serviceControlPolicies: Known<readonly PolicyDocument[]>;
  readonly resourceControlPolicies: Known<readonly PolicyDocument[]>;
  /** Of the whole account, beside each bucket's own. */
  readonly publicAccessBlock?: Found<PublicAccessBlock>;
  /** Names of buckets that exist and that the account does not own. */
  readonly notOwned?: readonly string[];
  readonly organization?: Found<{ readonly id: string }>;
  /** Those on metrics of S3 Replication that are meant for the source bucket, by ARN, in the Regions that were looked at. */
  readonly alarms?: Known<Named<AlarmSettings>>;
  /** Those that these alarms and the notifications of the source bucket name, by ARN. */
  readonly topics?: Known<Named<Found<TopicSnapshot>>>;
}

/** Of SNS. Nobody's address is in it. */
export interface TopicSnapshot {
  readonly policy: Known<PolicyDocument>;
  /** As the topic names it; null: not encrypted by KMS. */
  readonly kmsKey: string | null;
  readonly key?: Found<TopicKeySnapshot>;
  /** Numbers of subscriptions. */
  readonly confirmed: number;
  readonly pending: number;
}

export interface TopicKeySnapshot {
  readonly arn: string;
  readonly keyState: Known<string>;
  readonly keyManager: Known<string>;
  readonly policy: Known<PolicyDocument>;
}

export interface RoleSnapshot {
  readonly trustPolicy: Known<PolicyDocument>;
  readonly inlinePolicies: Known<Named<Known<PolicyDocument>>>;
  readonly attachedPolicies: Known<Named<Known<PolicyDocument>>>;
  readonly permissionsBoundary: Found<PolicyDocument>;
  readonly roleId?: Known<string>;
  readonly tags?: Known<Named<string>>;
}

export interface BucketSnapshot {
  readonly region: Known<Region>;
  readonly versioning: Found<'Enabled' | 'Suspended'>;
  readonly encryption: Found<ServerSideEncryptionConfiguration>;
  readonly policy: Found<PolicyDocument>;
  readonly replication: Found<ReplicationConfiguration>;
  readonly ownership: Found<'BucketOwnerEnforced' | 'BucketOwnerPreferred' | 'ObjectWriter'>;
  readonly publicAccessBlock: Found<PublicAccessBlock>;
  readonly objectLock: Found<'Enabled'>;
  readonly requestPayment: Known<'BucketOwner' | 'Requester'>;
  readonly lifecycle: Found<{ readonly Rules?: readonly LifecycleRule[] }>;
  readonly notification: Found<NotificationConfiguration>;
  readonly objectLockRetention?: Found<DefaultRetention>;
}

export interface KeySnapshot {
  readonly metadata: Known<KeyMetadata>;
  readonly policy: Known<PolicyDocument>;
  readonly aliases: Known<readonly string[]>;
  readonly rotation: Known<boolean>;
  readonly grants?: Known<readonly GrantListEntry[]>;
}

export interface JobSnapshot {
  readonly id: string;
  /** As AWS names it. */
  readonly status: string;
  readonly description: string;
  /** ARN. */
  readonly role: string;
  readonly created?: string;
  readonly ended?: string;
  /** Absent as long as there is no list of objects. */
  readonly total?: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly reasons: readonly { readonly code: string; readonly reason: string }[];
  /** `s3://BUCKET/PREFIX/job-ID/`; absent where it writes none. */
  readonly report?: string;
}

/** The last values of the last hour; null: there are none. */
export interface RuleMetricsSnapshot {
  readonly rule: string;
  /** Name of the bucket. */
  readonly destination: string;
  readonly pendingOperations: Found<number>;
  /** In seconds. */
  readonly latency: Found<number>;
}

/** Cryptographic requests with symmetric keys. */
export interface KmsUseSnapshot {
  readonly region: Region;
  /** A second, in the busiest minute of the last hour. */
  readonly requests: Known<number>;
  readonly quota: number;
}

export type ObjectEncryption = 'SSE-KMS' | 'DSSE-KMS' | 'SSE-S3' | 'SSE-C' | 'NONE';

export interface ObjectSnapshot {
  readonly key: string;
  readonly versionId: Found<string>;
  readonly size: Known<number>;
  readonly encryption: Known<ObjectEncryption>;
  readonly kmsKey: Found<string>;
  readonly bucketKey: Known<boolean>;
  readonly storageClass: Known<string>;
  readonly tags: Known<Named<string>>;
  readonly deleteMarker: Known<boolean>;
  readonly owner: Known<string>;
  readonly replicationStatus: Found<'PENDING' | 'COMPLETED' | 'FAILED' | 'REPLICA'>;
  readonly existedBeforeRule: Known<boolean>;
  readonly lastModified?: string;
  /** Absent: not set. */
  readonly retention?: Found<{ readonly mode: string; readonly until: string }>;
  /** Set explicitly, even `OFF`, counts. Absent: not set. */
  readonly legalHold?: Found<'ON' | 'OFF'>;
  /** S3 Intelligent-Tiering, as HeadObject's `ArchiveStatus`. Absent: none. */
  readonly archiveStatus?: Found<'ARCHIVE_ACCESS' | 'DEEP_ARCHIVE_ACCESS'>;
  /** The question is about a DELETE that names this version, not about the version. */
  readonly versionDelete?: boolean;
}
