/** AWS's failure codes and the silent reasons, with the checks that lead to their causes (rules.md 2.1, 2.2). */
import type { FailureCode, SilentReason } from '../../model/verdict.ts';
import type { ReasonEntry } from './reason.ts';
import { silentReasonEntries } from './silent-reasons.ts';

const multipart = {
  causes:
    'The same as for `DstPutObjectNotPermitted`. This code appears only for large objects, which S3 writes in parts.',
  fix: 'Allow `s3:ReplicateObject` on both sides, and the KMS actions with the destination key.',
  checks: ['C13', 'C21', 'C23', 'C30'],
} as const;
const objectLock = {
  causes: 'Object Lock was enabled after the role was created, or a policy denies the action.',
  checks: ['C15', 'C30'],
} as const;

export const reasons: Readonly<Record<FailureCode | SilentReason, ReasonEntry>> = {
  AssumeRoleNotPermitted: {
    means: 'S3 cannot assume the role of the replication configuration, or of the Batch Replication job.',
    causes:
      'The role was deleted or its ARN is misspelled; its trust policy does not name `s3.amazonaws.com`, or that of the job’s role `batchoperations.s3.amazonaws.com`.',
    fix: 'Create the role, or correct its trust policy or the ARN in the configuration.',
    checks: ['C01', 'C02', 'C32'],
  },
  DstBucketInvalidRegion: {
    means: 'The destination bucket is not in the Region that the Batch Replication job names.',
    causes: 'The bucket was deleted and created again in another Region.',
    fix: 'Correct the rule or the bucket, and run `s3repl backfill` again.',
    checks: ['C05'],
    only: 'batch',
  },
  DstBucketNotFound: {
    means: 'There is no destination bucket of that name.',
    causes: 'It was deleted or renamed, or the name in the rule is misspelled.',
    fix: 'Create it with versioning, or correct the rule.',
    checks: ['C05'],
  },
  DstBucketObjectLockConfigMissing: {
    means: 'The version has Object Lock settings, and the destination bucket has no Object Lock.',
    causes: 'Object Lock was enabled at the source only.',
    fix: 'Enable Object Lock on the destination bucket.',
    checks: ['C09'],
  },
  DstBucketUnversioned: {
    means: 'Versioning of the destination bucket is not enabled.',
    causes: 'Somebody suspended versioning after replication was set up.',
    fix: 'Enable versioning of the destination bucket.',
    checks: ['C06'],
  },
  DstDelObjNotPermitted: {
    means: 'S3 may not replicate the delete marker.',
    causes: '`s3:ReplicateDelete` is missing in the role’s policy or the destination bucket policy, or denied.',
    fix: 'Allow `s3:ReplicateDelete` on both sides, or disable delete marker replication.',
    checks: ['C14', 'C30'],
  },
  DstKmsKeyInvalidState: {
    means: 'The KMS key for the replicas cannot be used in its state.',
    causes: 'It is disabled, pending deletion or pending import.',
    fix: 'Enable the key, or cancel its deletion first.',
    checks: ['C19'],
  },
  DstKmsKeyNotFound: {
    means: 'There is no KMS key with the ID that the rule names.',
    causes:
      'The key was deleted or is in another Region, or the rule names an alias that does not exist in the source account.',
    fix: 'Put the ARN of a key in the destination’s Region into the rule.',
    checks: ['C18', 'C20'],
  },
  DstMultipartCompleteNotPermitted: { means: 'S3 may not complete the multipart upload of a replica.', ...multipart },
  DstMultipartInitNotPermitted: { means: 'S3 may not begin the multipart upload of a replica.', ...multipart },
  DstMultipartUploadNotPermitted: {
    means: 'S3 may not upload the parts of a replica. Older AWS pages spell it `DstMultipartPartUploadNotPermitted`.',
    ...multipart,
  },
  DstObjectHardDeleted: {
    means: 'The replica was deleted by its version ID, and Batch Replication cannot write it again.',
    causes: 'Somebody, or a lifecycle rule, deleted the version at the destination.',
    fix: 'Copy the source object onto itself, and name its encryption or its storage class in the request, as S3 requires: the new version replicates. Copy only the newest version, because a copy becomes the newest. The old version stays FAILED.',
    checks: ['C33'],
    only: 'batch',
  },
  DstPutAclNotPermitted: {
    means: 'S3 may not write the ACL of the replica.',
    causes: '`s3:ReplicateObject` is missing or denied.',
    fix: 'Allow `s3:ReplicateObject` on both sides; Bucket owner enforced needs no ACLs at all.',
    checks: ['C13', 'C30'],
  },
  DstPutLegalHoldNotPermitted: {
    means: 'S3 may not put the legal hold on the replica.',
    fix: 'Allow `s3:PutObjectLegalHold` on the destination’s objects.',
    ...objectLock,
  },
  DstPutObjectNotPermitted: {
    means: 'S3 may not write the replica. AWS uses this one code for a dozen causes, in S3 and in KMS.',
    causes:
      'No statement for the role in the destination bucket policy or key policy; `s3:ReplicateObject` or the owner override missing on one side; a key that is not customer managed; a wrong `kms:ViaService` or encryption context; a Deny; SSE-C blocked.',
    fix: 'Run `s3repl doctor`: it says which cause it is. Usually the destination bucket policy or key policy does not name the role.',
    checks: ['C07', 'C12', 'C13', 'C16', 'C20', 'C21', 'C22', 'C23', 'C24', 'C25', 'C26', 'C27', 'C30'],
  },
  DstPutRetentionNotPermitted: {
    means: 'S3 may not put the retention on the replica.',
    fix: 'Allow `s3:PutObjectRetention` on the destination’s objects.',
    ...objectLock,
  },
  DstPutTaggingNotPermitted: {
    means: 'S3 may not write the tags of the replica.',
    causes:
      'A Deny of `s3:ReplicateTags`. When this was tried on AWS, the replica arrived without tags, and S3 sent no event.',
    fix: 'Remove the Deny, and run `s3repl backfill --status failed`. If the replica still has no tags, write the object again.',
    checks: ['C17', 'C30'],
  },
  DstVersionNotFound: {
    means: 'The version whose metadata changed is not at the destination.',
    causes: 'The replica was deleted, or the version was never replicated.',
    fix: 'Replicate the version with S3 Batch Replication (`s3repl backfill`), or write the object again.',
    checks: ['C33'],
    only: 'runtime',
  },
  InitiateReplicationNotPermitted: {
    means: 'The role of the Batch Replication job may not start replication.',
    causes:
      '`s3:InitiateReplication` on the source’s objects is missing in the policy of the job’s role, or the source bucket policy denies it.',
    fix: 'Allow `s3:InitiateReplication` to the role of the job, which may differ from the replication role. (`s3repl backfill` writes the policy of its own role each time, for the objects that its rules select.) Check that no Deny in the source bucket policy covers it.',
    checks: ['C32'],
    only: 'batch',
  },
  SrcBucketInvalidRegion: {
    means: 'The source bucket is not in the Region of the Batch Replication job.',
    causes: 'The job was created in another Region.',
    fix: 'Create the job in the Region of the source bucket, as `s3repl backfill` does.',
    checks: ['C32'],
    only: 'batch',
  },
  SrcBucketNotFound: {
    means: 'There is no source bucket of that name.',
    causes: 'It was deleted, or its name is misspelled.',
    fix: 'Name a bucket that exists.',
    checks: ['C05'],
  },
  SrcBucketReplicationConfigMissing: {
    means: 'The source bucket has no replication configuration.',
    causes: 'It was deleted while objects were waiting, or a Batch Replication job ran without one.',
    fix: 'Put a replication configuration on the source bucket.',
    checks: ['C03'],
    only: 'runtime',
  },
  SrcGetAclNotPermitted: {
    means: 'S3 may not read the ACL of the source object.',
    causes:
      '`s3:GetObjectVersionAcl` is missing or denied; or another account owns the object, which the bucket owner cannot read.',
    fix: 'Allow `s3:GetObjectVersionAcl`, and set Object Ownership to Bucket owner enforced.',
    checks: ['C10', 'C11', 'C30'],
  },
  SrcGetLegalHoldNotPermitted: {
    means: 'S3 may not read the legal hold of the source object.',
    fix: 'Allow `s3:GetObjectLegalHold` on the source’s objects.',
    ...objectLock,
  },
  SrcGetObjectNotPermitted: {
    means: 'S3 may not read the source object.',
    causes:
      '`s3:GetObjectVersionForReplication` is missing; `kms:Decrypt` with the key of the object is not allowed, for example because of the encryption context or `kms:ViaService`; a Deny in the source bucket policy. AWS has no separate code for KMS.',
    fix: 'Allow both to the role; `s3:GetObjectVersion` is not enough for KMS-encrypted objects.',
    checks: ['C11', 'C21', 'C22', 'C23', 'C24', 'C25', 'C26', 'C30'],
  },
  SrcGetRetentionNotPermitted: {
    means: 'S3 may not read the retention of the source object.',
    fix: 'Allow `s3:GetObjectRetention` on the source’s objects.',
    ...objectLock,
  },
  SrcGetTaggingNotPermitted: {
    means: 'S3 may not read the tags of the source object.',
    causes:
      '`s3:GetObjectVersionTagging` is missing, or names the destination bucket; or the source bucket policy denies it.',
    fix: 'Allow `s3:GetObjectVersionTagging` on the source’s objects to the replication role, and check that no Deny in the source bucket policy covers it.',
    checks: ['C17', 'C30'],
  },
  SrcHeadObjectNotPermitted: {
    means: 'S3 may not read the metadata of the source object.',
    causes: 'The same as for `SrcGetObjectNotPermitted`: S3 may report either code.',
    fix: 'Allow `s3:GetObjectVersionForReplication`, and `kms:Decrypt` with the key of the object.',
    checks: ['C11', 'C21', 'C30'],
  },
  SrcKeyNotFound: {
    means: 'There is no source object with that key (an object key, not a KMS key).',
    causes: 'It was deleted before S3 had replicated it.',
    fix: 'Nothing to do if the deletion was intended. Otherwise keep lifecycle rules and people from deleting so soon.',
    checks: ['C31'],
    only: 'runtime',
  },
  SrcKmsKeyInvalidState: {
    means: 'The KMS key of the source object cannot be used in its state.',
    causes: 'It is disabled, pending deletion or pending import.',
    fix: 'Enable the key, or cancel its deletion first.',
    checks: ['C19'],
  },
  SrcObjectNotEligible: {
    means: 'S3 does not replicate this source object.',
    causes: 'It is archived, or its tags no longer match the rule.',
    fix: 'If it is archived, restore it and copy it onto itself in another storage class: the new version replicates. Otherwise widen the rule.',
    checks: ['C28', 'C29'],
    only: 'runtime',
  },
  SrcObjectNotFound: {
    means: 'The source object does not exist.',
    causes: 'It was deleted before S3 had replicated it.',
    fix: 'Nothing to do if the deletion was intended.',
    checks: ['C31'],
    only: 'runtime',
  },
  SrcReplicationNotPending: {
    means: 'S3 has replicated the object already.',
    causes: 'Two Batch Replication jobs, or a job and live replication, took the same object.',
    fix: 'Nothing to do: the replica exists.',
    checks: ['C36'],
    only: 'runtime',
  },
  SrcVersionNotFound: {
    means: 'The source version was deleted before S3 had replicated it.',
    causes: 'A lifecycle rule expires versions too soon, or somebody deleted the version.',
    fix: 'Nothing to do if the deletion was intended. Otherwise let the lifecycle rule wait longer.',
    checks: ['C31'],
    only: 'runtime',
  },
  ...silentReasonEntries,
};
