/** What the model says about an object under a rule: the `verdict` line of design.md 5. */

import type { Path } from './replication/path.ts';
import type { Known, ObjectEncryption } from './snapshot.ts';

/** AWS's failure codes (rules.md 2.1; S3 User Guide, replication-metrics-events, "Amazon S3 replication failure reasons"). */
export const failureCodes = [
  'AssumeRoleNotPermitted',
  'DstBucketInvalidRegion',
  'DstBucketNotFound',
  'DstBucketObjectLockConfigMissing',
  'DstBucketUnversioned',
  'DstDelObjNotPermitted',
  'DstKmsKeyInvalidState',
  'DstKmsKeyNotFound',
  'DstMultipartCompleteNotPermitted',
  'DstMultipartInitNotPermitted',
  'DstMultipartUploadNotPermitted',
  'DstObjectHardDeleted',
  'DstPutAclNotPermitted',
  'DstPutLegalHoldNotPermitted',
  'DstPutObjectNotPermitted',
  'DstPutRetentionNotPermitted',
  'DstPutTaggingNotPermitted',
  'DstVersionNotFound',
  'InitiateReplicationNotPermitted',
  'SrcBucketInvalidRegion',
  'SrcBucketNotFound',
  'SrcBucketReplicationConfigMissing',
  'SrcGetAclNotPermitted',
  'SrcGetLegalHoldNotPermitted',
  'SrcGetObjectNotPermitted',
  'SrcGetRetentionNotPermitted',
  'SrcGetTaggingNotPermitted',
  'SrcHeadObjectNotPermitted',
  'SrcKeyNotFound',
  'SrcKmsKeyInvalidState',
  'SrcObjectNotEligible',
  'SrcObjectNotFound',
  'SrcReplicationNotPending',
  'SrcVersionNotFound',
] as const;
export type FailureCode = (typeof failureCodes)[number];

/** Why an object is not meant to replicate: S3 sends no event and sets no status (rules.md 2.2). */
export const silentReasons = [
  'no-rule',
  'rule-disabled',
  'filter',
  'tagged-later',
  'kms-not-selected',
  'existing-object',
  'replica',
  'delete-marker-not-selected',
  'version-delete',
  'archived',
] as const;
export type SilentReason = (typeof silentReasons)[number];

/** `replicates`, `fails`, silently `not-replicated`, or decided by something that could not be read. */
export type Outcome = 'replicates' | 'fails' | 'not-replicated' | 'unknown';

export interface Verdict {
  /** Key of the object. */
  readonly object: string;
  readonly versionId: string | null;
  /** ID of the rule that governs the object; null where none does. */
  readonly rule: string | null;
  /** ARN of the destination bucket. */
  readonly destination: string | null;
  readonly outcome: Outcome;
  /** Null where the object replicates, and where AWS gives no code. */
  readonly reason: FailureCode | SilentReason | null;
  readonly causes: readonly Cause[];
  readonly warnings: readonly Cause[];
  /** What arrives; null when nothing does, or nobody can say. */
  readonly replica: Replica | null;
}

type Digit = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
/** The checks of rules.md 2.4 that the model names. The doctor has a record of each, and of more (doctor/catalogue.ts). */
export type ModelCheck =
  | `C0${1 | 2 | 3 | 4 | 5 | 6 | 7 | 9}`
  | `C1${Digit}`
  | `C2${Digit}`
  | `C3${0 | 1 | 3 | 4 | 6 | 8}`;

export interface Cause<Check extends string = ModelCheck> {
  readonly check: Check;
  readonly summary: string;
  /** What to do about it, as a sentence. */
  readonly fix: string;
  readonly evidence: Evidence;
  /** What it is told by among the causes of its check; like `same` no part of its JSON line. */
  readonly code?: 'organization-unread' | 'age-unknown';
  /** What it says, whatever object and action it was met at. Absent: its sentences name neither. */
  readonly same?: readonly unknown[];
}

/** Where in AWS, and where in the snapshot, the cause is. */
export interface Evidence {
  /** The role, bucket, key or policy. */
  readonly arn?: string;
  /** Path in the snapshot: `accounts["111111111111"].buckets.SRC.policy.Statement[0]`. */
  readonly path?: Path;
  readonly sid?: string;
  /** What about the nearest statement does not match. */
  readonly mismatch?: string;
  /** The call that is refused. */
  readonly refused?: Refused;
  /** What could not be read or is not known. */
  readonly unknown?: readonly string[];
  /** Where the rule comes from, when its sources disagree or nobody has seen it. */
  readonly sources?: readonly Source[];
}

/** A page of AWS's, or a note that only the developers of s3repl have. */
export type Source = string | { readonly note: string };

export function sourceText(source: Source): string {
  return typeof source === 'string' ? source : source.note;
}

export interface Refused {
  /** `deny`: a statement denies it; `no-allow`: none allows it. */
  readonly by: 'deny' | 'no-allow';
  readonly action: string;
  /** ARN of the bucket, object or key. */
  readonly resource: string;
  /** ARN of the bucket for which it is. */
  readonly bucket: string;
  /** Who refuses: the role's own policies, the bucket policy or key policy, or bounds set around them. */
  readonly side: 'identity' | 'resource' | 'boundary' | 'session' | 'service-control' | 'resource-control';
}

export interface Replica {
  readonly encryption: ObjectEncryption;
  /** ARN. */
  readonly kmsKey: string | null;
  /** Account ID. */
  readonly owner: Known<string>;
  readonly storageClass: Known<string>;
  /** False where the replica arrives without the tags of its source. */
  readonly tags?: false;
}
