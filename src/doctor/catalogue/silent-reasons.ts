/** rules.md 2.2. */
import type { SilentReason } from '../../model/verdict.ts';
import type { ReasonEntry } from './reason.ts';

export const silentReasonEntries: Readonly<Record<SilentReason, ReasonEntry>> = {
  'no-rule': {
    means: 'The source bucket has no replication rule.',
    causes: 'There is no replication configuration, or it was deleted.',
    fix: 'Put a replication configuration on the source bucket.',
    checks: ['C03'],
  },
  'rule-disabled': {
    means: 'The rule that matches the object is disabled.',
    causes: 'It was switched off for a while and forgotten.',
    fix: 'Enable it; what was written meanwhile needs S3 Batch Replication (`s3repl backfill`).',
    checks: ['C03'],
  },
  filter: {
    means: 'No enabled rule matches the object.',
    causes: 'Another prefix (`/Tax/` and `Tax/` are two), other tags, or tags that came after the object.',
    fix: 'Widen the filter, if the object is to replicate; what was written before needs S3 Batch Replication (`s3repl backfill`).',
    checks: ['C28'],
  },
  'tagged-later': {
    means: 'The object has the tags that the rule wants, and was probably given them only after it was written.',
    causes: 'S3 looks at the tags when the object is written: tags that are added later do not start replication.',
    fix: 'Write the object again with its tags in the same request, or use S3 Batch Replication (`s3repl backfill`).',
    checks: ['C28'],
  },
  'kms-not-selected': {
    means: 'The object is encrypted with SSE-KMS or DSSE-KMS, and the rule does not select such objects.',
    causes:
      '`SseKmsEncryptedObjects` is not enabled, or there is no `ReplicaKmsKeyID`: without both S3 leaves them alone.',
    fix: 'Set both in the rule; what was written before needs S3 Batch Replication (`s3repl backfill`).',
    checks: ['C04'],
  },
  'existing-object': {
    means: 'The object is older than the rule.',
    causes:
      'Live replication is for versions that are written after the rule. That an object has no replication status does not prove it: a rule that was disabled or different then leaves none either.',
    fix: 'Use S3 Batch Replication (`s3repl backfill`).',
    checks: ['C36'],
  },
  replica: {
    means: 'The object is a replica itself.',
    causes: 'S3 does not replicate from A to B and on to C.',
    fix: 'Replicate from A to both, or use S3 Batch Replication for objects with status REPLICA (`s3repl backfill --status replica`).',
    checks: ['C36'],
  },
  'delete-marker-not-selected': {
    means: 'The rule does not replicate delete markers.',
    causes: '`DeleteMarkerReplication` is not enabled, or the rule filters by tags.',
    fix: 'Enable it in a rule without tags, if deletions are to be seen at the destination.',
    checks: ['C04'],
  },
  'version-delete': {
    means: 'A version was deleted by its ID, which S3 never replicates.',
    causes: 'It keeps whoever deletes at the source from deleting the replicas.',
    fix: 'Delete the version at the destination as well, if that is what you want.',
    checks: ['C33'],
  },
  archived: {
    means: 'The object is in an archive class or tier.',
    causes: 'It was written to, or moved to, S3 Glacier Flexible Retrieval, Deep Archive or an archive tier.',
    fix: 'Restore it and copy it over itself in another storage class.',
    checks: ['C29'],
  },
};
