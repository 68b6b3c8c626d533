import {
  acrossAccounts,
  bothBuckets,
  ofDestinations,
  ofSource,
  theRole,
  trustPolicy,
  withObjectLock,
} from '../needs.ts';
import { enableRule, makeRole, setBucket, trustS3 } from '../remedy.ts';
import type { Check } from './check.ts';
import { s3Page } from './pages.ts';

export const setUpChecks = {
  C01: {
    title: 'The replication role exists',
    seen: 'source',
    means: 'S3 does all its work as the role that the replication configuration names, by its full ARN.',
    causes:
      'The role was deleted or renamed; its path (`/service-role/`) is missing from the ARN; it is in a different account than the source bucket. AWS does not check the role when the configuration is put.',
    fix: 'Create the role in the account of the source bucket, or put a replication configuration with the ARN that `aws iam get-role` shows.',
    page: s3Page('setting-repl-config-perm-overview'),
    needs: [theRole],
    remedy: (scope, _evidence, own) => makeRole(scope, own),
    fixedByApply: ['our role'],
  },
  C02: {
    title: 'S3 may assume the replication role',
    seen: 'source',
    means: 'The trust policy of the role must allow `sts:AssumeRole` to the service `s3.amazonaws.com`.',
    causes:
      'It trusts only `batchoperations.s3.amazonaws.com`, another service or an account; a Deny; a condition that S3 does not meet.',
    fix: 'Allow `sts:AssumeRole` to `s3.amazonaws.com` in the trust policy, without conditions.',
    page: s3Page('setting-repl-config-perm-overview'),
    needs: [trustPolicy],
    remedy: trustS3,
    fixedByApply: ['our role'],
  },
  C03: {
    title: 'There is an enabled replication rule',
    seen: 'documents',
    means:
      'Without a replication configuration, or with disabled rules only, S3 replicates nothing and reports nothing.',
    causes: 'The configuration was deleted or replaced; a rule was disabled temporarily and forgotten.',
    fix: 'Put a replication configuration with an enabled rule. Objects that were written in the meantime need S3 Batch Replication (`s3repl backfill`).',
    page: s3Page('replication-add-config'),
    needs: [ofSource('replication')],
    withoutRules: true,
    remedy: enableRule,
    fixedByApply: ['missing', 'rule'],
    byHand: 'Only you know which objects should replicate: s3repl init asks, and s3repl apply creates the rule.',
  },
  C04: {
    title: 'The rules are complete',
    seen: 'documents',
    means:
      'A rule must say what it selects. It selects KMS-encrypted objects only with `SseKmsEncryptedObjects` and a `ReplicaKmsKeyID`, and delete markers only if they are enabled.',
    causes:
      'A rule without the KMS selection; delete marker replication with tag filters; the same priority or ID twice; S3 RTC without metrics; a destination that is the source.',
    fix: 'Complete the rule. PutBucketReplication replaces the whole configuration, so send all rules.',
    page: s3Page('replication-add-config'),
    needs: [ofSource('replication')],
    fixedByApply: ['rule'],
    byHand:
      'Only you know which objects should replicate, and with which key: s3repl init asks, and s3repl apply creates the rule.',
  },
  C05: {
    title: 'Both buckets exist',
    seen: 'documents',
    means: 'Once a bucket is deleted, anybody can create one with its name, in any account and Region.',
    causes: 'The bucket was deleted or renamed, or its name is misspelled; it was created again in another Region.',
    fix: 'Create the bucket with versioning, or name the right one in the rule.',
    page: s3Page('replication-requirements'),
    needs: [bothBuckets],
    withoutRules: true,
    fixedByApply: ['no bucket'],
    byHand: 'Only you know where the bucket should be: with a configuration, s3repl apply creates it.',
  },
  C06: {
    title: 'Versioning is enabled on both buckets',
    seen: 'destination',
    means: 'Replication copies versions; without versioning there is nothing to copy or nowhere to put it.',
    causes:
      'Somebody suspended versioning of the destination after replication was set up. S3 refuses to suspend it at the source.',
    fix: 'Enable versioning.',
    page: s3Page('replication-requirements'),
    needs: [ofSource('versioning'), ofDestinations('versioning')],
    remedy: setBucket('versioning', 'PutBucketVersioning', { VersioningConfiguration: { Status: 'Enabled' } }),
    fixedByApply: ['bucket'],
  },
  C07: {
    title: 'The destination is not a Requester Pays bucket',
    seen: 'destination',
    means: 'Across accounts S3 does not replicate into a bucket whose requesters pay.',
    causes: 'Requester Pays was turned on at the destination.',
    fix: 'Turn off Requester Pays on the destination bucket, so that its owner pays for requests.',
    page: s3Page('replication-requirements'),
    when: acrossAccounts,
    needs: [ofDestinations('requestPayment')],
    remedy: setBucket('requestPayment', 'PutBucketRequestPayment', {
      RequestPaymentConfiguration: { Payer: 'BucketOwner' },
    }),
  },
  C08: {
    title: 'The Regions are enabled in the accounts',
    seen: 'account',
    means:
      'The source account needs both Regions, the destination account its own. Newer Regions are disabled until you enable them.',
    causes: 'The destination is in a Region that is disabled by default.',
    fix: 'Enable the Region in the account (`aws account enable-region`).',
    page: s3Page('replication-requirements'),
  },
  C09: {
    title: 'The destination has Object Lock if the source has it',
    seen: 'destination',
    means:
      'Versions with a retention or a legal hold, even one set to OFF, replicate only into a bucket with Object Lock.',
    causes: 'Object Lock was enabled at the source only.',
    fix: 'Enable Object Lock on the destination bucket.',
    page: s3Page('object-lock-managing'),
    when: withObjectLock,
    needs: [ofSource('objectLock'), ofDestinations('objectLock')],
    remedy: setBucket('objectLock', 'PutObjectLockConfiguration', {
      ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' },
    }),
  },
  C10: {
    title: 'The source account owns its objects',
    seen: 'documents',
    means: 'With ACLs enabled, an object belongs to the account that wrote it, and S3 may not be able to read it.',
    causes:
      'Object Ownership of the source bucket is Object writer or Bucket owner preferred, and other accounts write.',
    fix: 'Set Object Ownership of the source bucket to Bucket owner enforced, or have writers send the ACL `bucket-owner-full-control`.',
    page: s3Page('about-object-ownership'),
    needs: [ofSource('ownership')],
    byHand: 'Ask those who write from other accounts first: once ACLs are disabled, S3 refuses requests that send one.',
  },
} satisfies Readonly<Record<string, Check>>;
