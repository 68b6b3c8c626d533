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
    causes: 'It was disabled temporarily and forgotten.',
    fix: 'Enable it. Objects that were written in the meantime need S3 Batch Replication (`s3repl backfill`).',
    checks: ['C03'],
  },
  filter: {
    means: 'No enabled rule matches the object.',
    causes:
      'The key has another prefix (`/Tax/` and `Tax/` are different), the object has other tags, or its tags were added later.',
    fix: 'Widen the filter, if the object should replicate. Objects that were written before need S3 Batch Replication (`s3repl backfill`).',
    checks: ['C28'],
  },
  'tagged-later': {
    means: 'The object has the tags that the rule asks for, but probably got them only after it was written.',
    causes: 'S3 checks the tags when the object is written. Tags that are added later do not start replication.',
    fix: 'Write the object again with its tags in the same request, or use S3 Batch Replication (`s3repl backfill`).',
    checks: ['C28'],
  },
  'kms-not-selected': {
    means: 'The object is encrypted with SSE-KMS or DSSE-KMS, and the rule does not select such objects.',
    causes:
      '`SseKmsEncryptedObjects` is not enabled, or there is no `ReplicaKmsKeyID`. Without both, S3 skips such objects.',
    fix: 'Set both in the rule. Objects that were written before need S3 Batch Replication (`s3repl backfill`).',
    checks: ['C04'],
  },
  'existing-object': {
    means: 'The object is older than the rule.',
    causes:
      'Live replication is for versions that are written after the rule. A missing replication status does not prove that the object is older: an object that was written while the rule was disabled or different has none either.',
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
    fix: 'Enable it in a rule without tags, if deletions should be visible at the destination.',
    checks: ['C04'],
  },
  'version-delete': {
    means: 'A version was deleted by its ID, which S3 never replicates.',
    causes: 'This keeps anybody who deletes at the source from deleting the replicas.',
    fix: 'Delete the version at the destination as well, if that is what you want.',
    checks: ['C33'],
  },
  archived: {
    means: 'The object is in an archive class or tier.',
    causes: 'It was written to, or moved to, S3 Glacier Flexible Retrieval, Deep Archive or an archive tier.',
    fix: 'Restore it and copy it onto itself in another storage class.',
    checks: ['C29'],
  },
};
