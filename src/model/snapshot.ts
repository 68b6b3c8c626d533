/** The snapshot (design.md 5): everything that the model needs, in AWS's own shapes. */

import type { GrantListEntry } from '@aws-sdk/client-kms';
import type {
  DefaultRetention,
  LifecycleRule,
  NotificationConfiguration,
  ReplicationConfiguration,
  ServerSideEncryptionConfiguration,
} from '@aws-sdk/client-s3';
import type { AccountId, BucketName, Region } from '../aws/brand.ts';
import type { KeyMetadata, PublicAccessBlock } from '../aws/documents.ts';
import type { PolicyDocument } from '../aws/policy.ts';
import type { Unknown } from './decision.ts';

/** A value, or `unknown` where it could not be read. */
export type Known<T> = T | Unknown;
/** The same for a thing that may not exist: `null`. */
export type Found<T> = T | null | Unknown;
/** Things under their names. */
export type Named<T> = Readonly<Record<string, T>>;

export interface Snapshot {
  readonly version: 1;
  readonly takenAt: string;
  readonly partition: string;
  readonly source: { readonly account: AccountId; readonly bucket: BucketName };
  /** By account ID. */
  readonly accounts: Known<Named<Known<AccountSnapshot>>>;
  readonly objects: Known<readonly ObjectSnapshot[]>;
  /** What could not be read, and why; absent where everything could. */
  readonly unreadable?: readonly Unreadable[];
}

export interface Unreadable {
  readonly path: string;
  readonly reason: string;
}

/** What an account has. */
export interface Things {
  /** By role ARN. */
  readonly roles: RoleSnapshot;
  /** By bucket name. */
  readonly buckets: BucketSnapshot;
  /** By key ARN. */
  readonly keys: KeySnapshot;
}

export type ThingsByName = { readonly [K in keyof Things]: Known<Named<Found<Things[K]>>> };

export interface AccountSnapshot extends ThingsByName {
  /** Empty: none apply, and everything is allowed. */
  readonly serviceControlPolicies: Known<readonly PolicyDocument[]>;
  readonly resourceControlPolicies: Known<readonly PolicyDocument[]>;
  /** Of the whole account, beside each bucket's own; null: none. Absent: not looked at. */
  readonly publicAccessBlock?: Found<PublicAccessBlock>;
  /** Names of buckets that exist and that the account does not own. Absent: none were met. */
  readonly notOwned?: readonly string[];
  /** That the account belongs to; null: to none. Absent: not looked at. */
  readonly organization?: Found<{ readonly id: string }>;
}

export interface RoleSnapshot {
  readonly trustPolicy: Known<PolicyDocument>;
  readonly inlinePolicies: Known<Named<Known<PolicyDocument>>>;
  /** By policy ARN. */
  readonly attachedPolicies: Known<Named<Known<PolicyDocument>>>;
  readonly permissionsBoundary: Found<PolicyDocument>;
  /** `AROA…`. Absent: not looked at. */
  readonly roleId?: Known<string>;
  /** Absent: not looked at. */
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
  /** Default retention of new objects by Object Lock; null: none. Absent: not looked at. */
  readonly objectLockRetention?: Found<DefaultRetention>;
}

export interface KeySnapshot {
  readonly metadata: Known<KeyMetadata>;
  readonly policy: Known<PolicyDocument>;
  /** With the leading `alias/`. */
  readonly aliases: Known<readonly string[]>;
  readonly rotation: Known<boolean>;
  /** Absent: not looked at. */
  readonly grants?: Known<readonly GrantListEntry[]>;
}

export type ObjectEncryption = 'SSE-KMS' | 'DSSE-KMS' | 'SSE-S3' | 'SSE-C' | 'NONE';

/** A version of an object, or a delete marker. */
export interface ObjectSnapshot {
  readonly key: string;
  readonly versionId: Found<string>;
  readonly size: Known<number>;
  readonly encryption: Known<ObjectEncryption>;
  /** ARN. */
  readonly kmsKey: Found<string>;
  readonly bucketKey: Known<boolean>;
  readonly storageClass: Known<string>;
  readonly tags: Known<Named<string>>;
  readonly deleteMarker: Known<boolean>;
  /** Account ID. */
  readonly owner: Known<string>;
  readonly replicationStatus: Found<'PENDING' | 'COMPLETED' | 'FAILED' | 'REPLICA'>;
  readonly existedBeforeRule: Known<boolean>;
  /** When it was written, as ISO 8601. Absent: not looked at. */
  readonly lastModified?: string;
  /** Absent: not set. */
  readonly retention?: Found<{ readonly mode: string; readonly until: string }>;
  /** Set explicitly, even `OFF`, counts. Absent: not set. */
  readonly legalHold?: Found<'ON' | 'OFF'>;
  /** Tier of an object in S3 Intelligent-Tiering that HeadObject shows as `ArchiveStatus`. Absent: none. */
  readonly archiveStatus?: Found<'ARCHIVE_ACCESS' | 'DEEP_ARCHIVE_ACCESS'>;
  /** The question is about a DELETE that names this version, not about the version. */
  readonly versionDelete?: boolean;
}
