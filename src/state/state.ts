/**
 * The two (or more) accounts as far as s3repl looks at them, in AWS's own shapes (design.md 5). What is observed, what is
 * desired and what is left after `destroy` have this one type. `null` is a thing that does not exist.
 */

import type {
  DefaultRetention,
  LifecycleRule,
  ObjectOwnership,
  ReplicationConfiguration,
  ServerSideEncryptionConfiguration,
} from '@aws-sdk/client-s3';
import { type AccountId, type BucketName, brand, type Region } from '../aws/brand.ts';
import { type KeyMetadata, lookUp, type PublicAccessBlock, type Tags } from '../aws/documents.ts';
import type { PolicyDocument } from '../aws/policy.ts';
import type { UnknownMembers } from '../aws/unknown-elements.ts';

export interface State {
  readonly accounts: Readonly<Record<string, AccountState>>;
}

export interface AccountState {
  /** By role ARN. */
  readonly roles: Readonly<Record<string, RoleState | null>>;
  /** By bucket name. */
  readonly buckets: Readonly<Record<string, BucketState | InaccessibleBucket | null>>;
  /** By key ARN. */
  readonly keys: Readonly<Record<string, KeyState | null>>;
  /** Managed policies that roles have attached or as their boundary, by ARN; null: there is none. Nothing of them is ever planned to change. */
  readonly policies?: Readonly<Record<string, PolicyDocument | 'unknown' | null>>;
  /** Of the whole account, beside each bucket's own; read where a bucket policy is public. Absent: not looked at. */
  readonly publicAccessBlock?: PublicAccessBlock | null | 'unknown';
  /** That the account belongs to; read where a policy asks for it. Absent: not looked at. */
  readonly organization?: Organization | null | 'unknown';
}

export interface Organization {
  readonly id: string;
}

export interface RoleState {
  readonly trustPolicy: PolicyDocument;
  readonly inlinePolicies: Readonly<Record<string, PolicyDocument>>;
  /** ARNs of the managed policies that are attached. */
  readonly attachedPolicies: readonly string[];
  /** ARN of the boundary policy. */
  readonly permissionsBoundary: string | null;
  readonly tags: Tags;
  /** `AROA…`. Absent: the role is not there yet. */
  readonly roleId?: string;
}

export interface BucketState {
  readonly region: Region;
  readonly versioning: 'Enabled' | 'Suspended' | null;
  readonly encryption: ServerSideEncryptionConfiguration | null;
  readonly policy: PolicyDocument | null;
  readonly replication: ReplicationConfiguration | null;
  readonly ownership: ObjectOwnership | null;
  readonly publicAccessBlock: PublicAccessBlock | null;
  readonly objectLock: 'Enabled' | null;
  /** `unknown`: the answer was another document than S3's. Nothing of it is planned with. */
  readonly requestPayment: 'BucketOwner' | 'Requester' | 'unknown';
  /** An element that the SDK does not know is one of them, by its name as a member. */
  readonly tags: Tags;
  /** The elements that the SDK does not know beside the one word that each of these has; absent where there are none. */
  readonly beside?: { readonly versioning?: UnknownMembers; readonly ownership?: UnknownMembers } | undefined;
  /** Default retention of new objects by Object Lock; null: none. Absent: not looked at. */
  readonly objectLockRetention?: DefaultRetention | null;
  /** Nothing of it is planned with, so that it need not be readable. Absent: not looked at. */
  readonly lifecycle?: { readonly Rules?: readonly LifecycleRule[] } | null | 'unknown';
}

/** A bucket that exists but not where, or not for whom, it was asked for. */
export interface InaccessibleBucket {
  readonly inaccessible: 'wrong-region' | 'forbidden';
  /** Where the bucket is, if S3 says so. */
  readonly region?: Region;
  /** Whether the account owns it; absent where nobody could say. */
  readonly owned?: boolean;
}

export interface KeyState {
  readonly metadata: KeyMetadata;
  readonly policy: PolicyDocument;
  /** With the leading `alias/`. */
  readonly aliases: readonly string[];
  readonly rotation: boolean;
  readonly tags: Tags;
}

const emptyAccount: AccountState = { roles: {}, buckets: {}, keys: {} };

/** An account that has not been looked at is one without anything. */
export function accountOf(state: State, account: AccountId): AccountState {
  return lookUp(state.accounts, account) ?? emptyAccount;
}

/** A bucket that can be worked on, or undefined. */
export function bucketOf(state: State, account: AccountId, name: BucketName): BucketState | undefined {
  const bucket = lookUp(accountOf(state, account).buckets, name);
  return bucket && !('inaccessible' in bucket) ? bucket : undefined;
}

/** All buckets that can be worked on, with their accounts. */
export function allBuckets(
  state: State,
): readonly (readonly [account: AccountId, name: BucketName, bucket: BucketState])[] {
  return Object.entries(state.accounts).flatMap(([account, { buckets }]) =>
    Object.entries(buckets).flatMap(([name, bucket]) =>
      bucket && !('inaccessible' in bucket)
        ? [[brand<AccountId>(account), brand<BucketName>(name), bucket] as const]
        : [],
    ),
  );
}

/** The bucket of a name, in whichever account it was looked at. */
export function bucketNamed(state: State, name: string): BucketState | undefined {
  return allBuckets(state).find(([, one]) => one === name)?.[2];
}

/** All keys that were looked at. */
export function keysOf(state: State): readonly KeyState[] {
  return Object.values(state.accounts).flatMap((account) =>
    Object.values(account.keys).filter((key): key is KeyState => key !== null),
  );
}

/** As people know a key: by its first alias. */
export function nameOfKey({ aliases, metadata }: KeyState): string {
  return aliases[0] ?? metadata.Arn;
}

type Kind = 'roles' | 'buckets' | 'keys' | 'policies';

/** The same state with one role, bucket, key or managed policy in another shape. */
export function put<K extends Kind>(
  state: State,
  account: AccountId,
  kind: K,
  id: string,
  value: NonNullable<AccountState[K]>[string],
): State {
  const before = accountOf(state, account);
  const after = { ...before, [kind]: { ...before[kind], [id]: value } };
  return { ...state, accounts: { ...state.accounts, [account]: after } };
}
