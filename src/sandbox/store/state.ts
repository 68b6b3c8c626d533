import { bucketArn } from '../../aws/arn.ts';
import type { AccountId, Arn, BucketName, Region } from '../../aws/brand.ts';
import type { StoredPolicy } from '../iam/stored-policy.ts';
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
import type { Partition } from '../wire/partition.ts';
import { emptyRecord } from './record.ts';

/** Everything that the sandbox's cloud holds. Times are milliseconds of the virtual clock. */
export interface SandboxState {
  readonly version: 1;
  now: number;
  /** IAM, by account ID. */
  readonly accounts: Record<string, Account>;
  /** By name: bucket names are unique in the whole sandbox. */
  readonly buckets: Record<string, Bucket>;
  /** By key ARN. */
  readonly keys: Record<string, Key>;
  /** By alias ARN. */
  readonly aliases: Record<string, Alias>;
  /** Sessions of assumed roles, by access key ID. */
  readonly sessions: Record<string, Session>;
  readonly replication: ReplicationState;
}

/** What IAM holds for one account, by name (policies: by ARN). */
export interface Account {
  readonly roles: Record<string, Role>;
  readonly users: Record<string, User>;
  readonly policies: Record<string, ManagedPolicy>;
  /** Block Public Access of the whole account; an absent one was never put, or was deleted. */
  publicAccessBlock?: PublicAccessBlock;
  /** That the account belongs to; absent: to none. Nothing in the sandbox makes one. */
  organization?: { readonly id: string; readonly managementAccount: AccountId };
}

/** An IAM role. Its inline policies are kept as the texts that were put, as IAM does. */
export interface Role {
  readonly name: string;
  readonly path: string;
  readonly arn: Arn;
  readonly id: string;
  readonly created: number;
  /** When S3 and KMS first know the role as a principal. */
  readonly visibleAt: number;
  trust: StoredPolicy;
  description?: string;
  maxSessionDuration: number;
  tags: Tag[];
  readonly inline: Record<string, string>;
  attached: string[];
  boundary?: string | undefined;
}

/** An IAM user; the sandbox keeps users only so that they can be principals. */
export interface User {
  readonly name: string;
  readonly path: string;
  readonly arn: Arn;
  readonly id: string;
  readonly created: number;
}

/** A customer managed IAM policy with its only version. */
export interface ManagedPolicy {
  readonly name: string;
  readonly path: string;
  readonly arn: Arn;
  readonly id: string;
  readonly created: number;
  readonly document: string;
  tags?: Tag[];
}

/** A bucket with its configurations; an absent one was never put, or was deleted. */
export interface Bucket {
  readonly name: BucketName;
  readonly partition: Partition;
  readonly region: Region;
  /** The name that its Region was called by, if that was an old one. */
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
  /** The document as it was put. */
  lifecycle?: string;
  /** From which size on it moves objects, where its writer says so. */
  lifecycleMinimumSize?: string;
  /** By key, oldest first. Only `object-store.ts` changes them. */
  readonly objects: Record<string, ObjectVersion[]>;
  /** The multipart uploads that are under way, by id. */
  readonly uploads: Record<string, Upload>;
}

/** A KMS key. It lives in one Region of one account. */
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

/** A grant of the use of a key. Who is named is kept by unique id, where there is one. */
export interface Grant {
  readonly id: string;
  readonly token: string;
  readonly created: number;
  readonly name?: string;
  readonly grantee: string;
  readonly retiring?: string;
  /** The account that made it. */
  readonly issuer: AccountId;
  /** Without `kms:`. */
  readonly operations: readonly string[];
  readonly constraints?: {
    readonly EncryptionContextEquals?: Readonly<Record<string, string>>;
    readonly EncryptionContextSubset?: Readonly<Record<string, string>>;
  };
}

/** A KMS alias. */
export interface Alias {
  readonly name: string;
  readonly arn: Arn;
  keyId: string;
  readonly created: number;
  updated: number;
}

/** Temporary credentials of an assumed role. */
export interface Session {
  readonly account: AccountId;
  readonly role: string;
  readonly roleId: string;
  readonly name: string;
  readonly token: string;
  readonly issued?: number;
  readonly expires: number;
  /** The session policy, as text. */
  readonly policy?: string;
}

/** A cloud in which nothing has happened yet. */
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
  };
}

/** An account's part of the state; every account exists. */
export function accountIn(state: SandboxState, account: string): Account {
  state.accounts[account] ??= { roles: emptyRecord(), users: emptyRecord(), policies: emptyRecord() };
  return state.accounts[account];
}

/** The ARN of a bucket. */
export function arnOfBucket({ partition, name }: Bucket): string {
  return bucketArn({ partition, bucket: name });
}
