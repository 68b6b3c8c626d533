/** What s3repl looks at in the accounts, in AWS's shapes (design.md 5): observed, desired or left after `destroy`. `null`: it does not exist. */

import type {
  DefaultRetention,
  LifecycleRule,
  NotificationConfiguration,
  ObjectOwnership,
  ReplicationConfiguration,
  ServerSideEncryptionConfiguration,
} from '@aws-sdk/client-s3';
import type { AlarmSettings, ReplicationSeries, Topic, TopicKey } from '../aws/alert-documents.ts';
import { type AccountId, type BucketName, brand, type Region } from '../aws/brand.ts';
import { type KeyMetadata, lookUp, type PublicAccessBlock, type Tags } from '../aws/documents.ts';
import type { PolicyDocument } from '../aws/policy.ts';
import type { UnknownMembers } from '../aws/unknown-elements.ts';

export interface State {
  readonly accounts: Readonly<Record<string, AccountState>>;
}

export interface AccountState {
  readonly roles: Readonly<Record<string, RoleState | null>>;
  readonly buckets: Readonly<Record<string, BucketState | InaccessibleBucket | null>>;
  readonly keys: Readonly<Record<string, KeyState | null>>;
  /** Managed policies that roles have attached or as their boundary, by ARN. s3repl never changes them. */
  readonly policies?: Readonly<Record<string, PolicyDocument | 'unknown' | null>>;
  /** Of the whole account; read where a bucket policy is public. Absent: not looked at. */
  readonly publicAccessBlock?: PublicAccessBlock | null | 'unknown';
  /** Read where a policy asks for it. Absent: not looked at. */
  readonly organization?: Organization | null | 'unknown';
  /** By ARN. Read where repl.yaml has alerts, and by `destroy`; so are the next two, and the notifications of the source bucket. */
  readonly topics?: Readonly<Record<string, Topic | null>>;
  /** Of ours, by ARN. */
  readonly alarms?: Readonly<Record<string, AlarmSettings | null>>;
  /** Of topics, by the name that these have for them. Nothing is planned with them. */
  readonly topicKeys?: Readonly<Record<string, TopicKey | null | 'unknown'>>;
  /** Metrics of the source bucket. Nothing but alarms on them waits for these. */
  readonly series?: readonly ReplicationSeries[];
}

export interface Organization {
  readonly id: string;
}

export interface RoleState {
  readonly trustPolicy: PolicyDocument;
  readonly inlinePolicies: Readonly<Record<string, PolicyDocument>>;
  readonly attachedPolicies: readonly string[];
  readonly permissionsBoundary: string | null;
  readonly tags: Tags;
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
  /** `unknown`: the answer was a document that is not S3's. Nothing is planned with it. */
  readonly requestPayment: 'BucketOwner' | 'Requester' | 'unknown';
  /** Also holds elements that the SDK does not know, by name. */
  readonly tags: Tags;
  /** The elements that the SDK does not know, beside the one word that each of these has. */
  readonly beside?: { readonly versioning?: UnknownMembers; readonly ownership?: UnknownMembers } | undefined;
  readonly objectLockRetention?: DefaultRetention | null;
  readonly notification?: NotificationConfiguration | null;
  /** Nothing is planned with it, so it need not be readable. Absent: not looked at. */
  readonly lifecycle?: { readonly Rules?: readonly LifecycleRule[] } | null | 'unknown';
}

/** It exists, but not in the expected Region, or the account may not use it. */
export interface InaccessibleBucket {
  readonly inaccessible: 'wrong-region' | 'forbidden';
  readonly region?: Region;
  readonly owned?: boolean;
}

export interface KeyState {
  readonly metadata: KeyMetadata;
  readonly policy: PolicyDocument;
  readonly aliases: readonly string[];
  readonly rotation: boolean;
  readonly tags: Tags;
}

const emptyAccount: AccountState = { roles: {}, buckets: {}, keys: {} };

/** An account that was not looked at has nothing. */
export function accountOf(state: State, account: AccountId): AccountState {
  return lookUp(state.accounts, account) ?? emptyAccount;
}

export function bucketOf(state: State, account: AccountId, name: BucketName): BucketState | undefined {
  const bucket = lookUp(accountOf(state, account).buckets, name);
  return bucket && !('inaccessible' in bucket) ? bucket : undefined;
}

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

export function bucketNamed(state: State, name: string): BucketState | undefined {
  return allBuckets(state).find(([, one]) => one === name)?.[2];
}

export function keysOf(state: State): readonly KeyState[] {
  return Object.values(state.accounts).flatMap((account) =>
    Object.values(account.keys).filter((key): key is KeyState => key !== null),
  );
}

export function nameOfKey({ aliases, metadata }: KeyState): string {
  return aliases[0] ?? metadata.Arn;
}

type Kind = 'roles' | 'buckets' | 'keys' | 'policies' | 'topics' | 'alarms';

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
