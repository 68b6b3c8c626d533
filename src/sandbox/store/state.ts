import { bucketArn } from '../../aws/arn.ts';
import type { AccountId, Arn, BucketName, Region } from '../../aws/brand.ts';
import { type CloudWatchState, emptyCloudWatch } from '../cloudwatch/cloudwatch-state.ts';
import type { StoredPolicy } from '../iam/stored-policy.ts';
import type { Job } from '../jobs/job.ts';
import { emptyReplication, type ReplicationState } from '../replication/replication-state.ts';
import type {
  BucketAcl,
  BucketCors,
  BucketEncryption,
  BucketNotification,
  BucketReplication,
  ObjectLock,
  ObjectOwnership,
  Payer,
  PublicAccessBlock,
  Tag,
} from '../s3/shapes.ts';
import type { ObjectVersion, Upload } from '../s3/stored-object.ts';
import { emptySns, type SnsState } from '../sns/sns-state.ts';
import type { Partition } from '../wire/partition.ts';
import { emptyRecord } from './record.ts';

/** Times are milliseconds of the virtual clock. */
export interface SandboxState {
  readonly version: 1;
  now: number;
  /** IAM, by account ID. */
  readonly accounts: Record<string, Account>;
  /** By name, which is unique in the whole sandbox. */
  readonly buckets: Record<string, Bucket>;
  /** By key ARN. */
  readonly keys: Record<string, Key>;
  /** By alias ARN. */
  readonly aliases: Record<string, Alias>;
  /** By access key ID. */
  readonly sessions: Record<string, Session>;
  readonly replication: ReplicationState;
  /** Of S3 Batch Operations, by ID. */
  readonly jobs: Record<string, Job>;
  readonly sns: SnsState;
  readonly kmsUse: KmsUse;
  readonly cloudWatch: CloudWatchState;
}

/** How often keys were used. */
export interface KmsUse {
  /** Cryptographic requests by minute, account and Region: `2026-11-29T09:00 111111111111 eu-west-1`. The oldest first. */
  readonly requests: Record<string, number>;
  /** Objects that Bucket Keys have served, by bucket, use, key and principal: `BUCKET kms:Decrypt KEY-ARN PRINCIPAL-ARN`. */
  readonly bucketKeys: Record<string, number>;
}

/** By name; policies by ARN. */
export interface Account {
  readonly roles: Record<string, Role>;
  readonly users: Record<string, User>;
  readonly policies: Record<string, ManagedPolicy>;
  /** Absent: never put, or deleted. */
  publicAccessBlock?: PublicAccessBlock;
  /** Cryptographic requests a second that AWS has granted, by Region. Absent: AWS's default; null: no applied value is known. Nothing in the sandbox grants any. */
  kmsRates?: Readonly<Record<string, number | null>>;
  /** Absent: none. Nothing in the sandbox makes one. */
  organization?: { readonly id: string; readonly managementAccount: AccountId };
}

/** Inline policies stay the texts that were put, as in IAM. */
export interface Role {
  readonly name: string;
  readonly path: string;
  readonly arn: Arn;
  readonly id: string;
  readonly created: number;
  /** When S3 and KMS first know it as a principal. */
  readonly visibleAt: number;
  trust: StoredPolicy;
  description?: string;
  maxSessionDuration: number;
  tags: Tag[];
  readonly inline: Record<string, string>;
  attached: string[];
  boundary?: string | undefined;
}

/** Kept only as a principal. */
export interface User {
  readonly name: string;
  readonly path: string;
  readonly arn: Arn;
  readonly id: string;
  readonly created: number;
}

/** Has only one version. */
export interface ManagedPolicy {
  readonly name: string;
  readonly path: string;
  readonly arn: Arn;
  readonly id: string;
  readonly created: number;
  readonly document: string;
  tags?: Tag[];
}

/** An absent configuration was never put, or was deleted. */
export interface Bucket {
  readonly name: BucketName;
  readonly partition: Partition;
  readonly region: Region;
  /** The old name that its Region was given by. */
  readonly location?: 'EU';
  readonly account: AccountId;
  readonly created: number;
  versioning?: 'Enabled' | 'Suspended';
  encryption: BucketEncryption;
  policy?: StoredPolicy;
  replication?: BucketReplication;
  ownership?: ObjectOwnership;
  acl?: BucketAcl;
  publicAccessBlock?: PublicAccessBlock;
  tags?: Tag[];
  objectLock?: ObjectLock;
  payer: Payer;
  notification?: BucketNotification;
  cors?: BucketCors;
  /** As it was put. */
  lifecycle?: string;
  lifecycleMinimumSize?: string;
  /** By key, oldest first. Only `object-store.ts` changes them. */
  readonly objects: Record<string, ObjectVersion[]>;
  /** By ID. */
  readonly uploads: Record<string, Upload>;
  /** Replicas that were deleted by their version ID: `VERSION KEY`. S3 Batch Replication does not write them again. */
  deletedReplicas?: Record<string, true>;
  /** CloudWatch's `NumberOfObjects`, by day (`2026-11-29`): at its beginning, UTC. */
  objectCounts?: Record<string, number>;
}

export interface Key {
  readonly arn: Arn;
  readonly id: string;
  readonly account: AccountId;
  readonly region: Region;
  readonly created: number;
  readonly description: string;
  readonly spec: string;
  readonly usage: string;
  readonly multiRegion: boolean;
  readonly manager: 'AWS' | 'CUSTOMER';
  state: 'Enabled' | 'Disabled' | 'PendingDeletion';
  deletionDate?: number;
  policy: StoredPolicy;
  tags: Tag[];
  rotation?: { readonly days: number; readonly since: number };
  /** Oldest first. */
  grants?: readonly Grant[];
}

/** Names principals by unique ID, where there is one. */
export interface Grant {
  readonly id: string;
  readonly token: string;
  readonly created: number;
  readonly name?: string;
  readonly grantee: string;
  readonly retiring?: string;
  readonly issuer: AccountId;
  /** Without `kms:`. */
  readonly operations: readonly string[];
  readonly constraints?: {
    readonly EncryptionContextEquals?: Readonly<Record<string, string>>;
    readonly EncryptionContextSubset?: Readonly<Record<string, string>>;
  };
}

export interface Alias {
  readonly name: string;
  readonly arn: Arn;
  keyId: string;
  readonly created: number;
  updated: number;
}

export interface Session {
  readonly account: AccountId;
  readonly role: string;
  readonly roleId: string;
  readonly name: string;
  readonly token: string;
  readonly issued?: number;
  readonly expires: number;
  readonly policy?: string;
}

export function emptyState(now: number): SandboxState {
  return {
    version: 1,
    now,
    accounts: emptyRecord(),
    buckets: emptyRecord(),
    keys: emptyRecord(),
    aliases: emptyRecord(),
    sessions: emptyRecord(),
    replication: emptyReplication(),
    jobs: emptyRecord(),
    sns: emptySns(),
    kmsUse: { requests: emptyRecord(), bucketKeys: emptyRecord() },
    cloudWatch: emptyCloudWatch(),
  };
}

/** Every account exists. */
export function accountIn(state: SandboxState, account: string): Account {
  state.accounts[account] ??= { roles: emptyRecord(), users: emptyRecord(), policies: emptyRecord() };
  return state.accounts[account];
}

export function arnOfBucket({ partition, name }: Bucket): string {
  return bucketArn({ partition, bucket: name });
}
