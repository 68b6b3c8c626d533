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

/** `not-replicated`: silently; `unknown`: something that decides could not be read. */
export type Outcome = 'replicates' | 'fails' | 'not-replicated' | 'unknown';

/** `destination` is a bucket's ARN; `rule` an ID, null where none governs the object. */
export interface Verdict {
  readonly object: string;
  readonly versionId: string | null;
  readonly rule: string | null;
  readonly destination: string | null;
  readonly outcome: Outcome;
  /** Null where the object replicates, and where AWS gives no code. */
  readonly reason: FailureCode | SilentReason | null;
  readonly causes: readonly Cause[];
  readonly warnings: readonly Cause[];
  readonly replica: Replica | null;
}

type Digit = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
/** The checks of rules.md 2.4 that the model names; the doctor has a record of each, and of more (doctor/catalogue.ts). */
export type ModelCheck =
  | `C0${1 | 2 | 3 | 4 | 5 | 6 | 7 | 9}`
  | `C1${Digit}`
  | `C2${Digit}`
  | `C3${0 | 1 | 3 | 4 | 6 | 8}`;

export interface Cause<Check extends string = ModelCheck> {
  readonly check: Check;
  readonly summary: string;
  readonly fix: string;
  /** A command that helps a person with the fix: it only looks, or leaves a place for what only a person knows. */
  readonly paste?: string;
  readonly evidence: Evidence;
  /** Identifies it among the causes of its check; like `same`, not in its JSON line. */
  readonly code?: 'organization-unread' | 'age-unknown';
  /** Its content for any object and action. Absent: its sentences name neither. */
  readonly same?: readonly unknown[];
}

export interface Evidence {
  readonly arn?: string;
  readonly path?: Path;
  readonly sid?: string;
  readonly mismatch?: string;
  readonly refused?: Refused;
  readonly unknown?: readonly string[];
  /** Set where the rule's sources disagree, or nobody has seen it. */
  readonly sources?: readonly Source[];
}

/** A page of AWS's, or a note that only the developers of s3repl have. */
export type Source = string | { readonly note: string };

export function sourceText(source: Source): string {
  return typeof source === 'string' ? source : source.note;
}

/** `resource` and `bucket` are ARNs. */
export interface Refused {
  readonly by: 'deny' | 'no-allow';
  readonly action: string;
  readonly resource: string;
  readonly bucket: string;
  readonly side: 'identity' | 'resource' | 'boundary' | 'session' | 'service-control' | 'resource-control';
}

export interface Replica {
  readonly encryption: ObjectEncryption;
  readonly kmsKey: string | null;
  readonly owner: Known<string>;
  readonly storageClass: Known<string>;
  /** False where the replica arrives without the tags of its source. */
  readonly tags?: false;
}
