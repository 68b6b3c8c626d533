import {
  acrossAccounts,
  ofDestinations,
  ofKeys,
  ofSource,
  rolePolicies,
  trustPolicy,
  withObjectLock,
} from '../needs.ts';
import type { Check } from './check.ts';
import { iamPage, s3Page } from './pages.ts';

const permissions = s3Page('setting-repl-config-perm-overview');

export const permissionChecks = {
  C11: {
    title: 'The role may read the source',
    seen: 'source',
    means:
      'S3 reads with the permissions of the role: `s3:GetReplicationConfiguration` and `s3:ListBucket` on the bucket, `s3:GetObjectVersionForReplication` and `s3:GetObjectVersionAcl` on its objects.',
    causes:
      '`s3:GetObjectVersion` in place of `s3:GetObjectVersionForReplication`, which is not enough for KMS-encrypted objects; a Resource without `/*` or with the wrong prefix; a Deny in the source bucket policy.',
    fix: 'Add the statements to a permissions policy of the role.',
    page: permissions,
    needs: [rolePolicies, ofSource('policy')],
    calls: [
      's3:GetReplicationConfiguration',
      's3:ListBucket',
      's3:GetObjectVersionForReplication',
      's3:GetObjectVersion',
      's3:GetObjectVersionAcl',
      's3:GetObjectVersionAnnotationForReplication',
    ],
  },
  C12: {
    title: 'The destination bucket policy allows the role',
    seen: 'destination',
    means:
      'Across accounts, both the role’s own policy and the destination bucket policy must allow what the role does.',
    causes:
      'There is no bucket policy; it names another role, or one that was deleted (`AROA…`): a new role with the same name is a different principal.',
    fix: 'Put a statement for the role’s ARN into the destination bucket policy.',
    page: permissions,
    when: acrossAccounts,
    needs: [ofDestinations('policy')],
  },
  C13: {
    title: 'The role may write replicas',
    seen: 'destination',
    means:
      '`s3:ReplicateObject` on the destination’s objects, in the role’s policy and, across accounts, in the bucket policy.',
    causes:
      '`s3:PutObject` in place of `s3:ReplicateObject`; a Resource without `/*`; a condition on encryption headers; a statement on one side only.',
    fix: 'Allow `s3:ReplicateObject` on both sides.',
    page: permissions,
    needs: [rolePolicies, ofDestinations('policy')],
    calls: ['s3:ReplicateObject'],
  },
  C14: {
    title: 'The role may replicate delete markers',
    seen: 'destination',
    means: 'A rule that replicates delete markers needs `s3:ReplicateDelete` on both sides.',
    causes:
      'The action is missing in the role’s policy or in the bucket policy, or a Deny that protects replicas from deletion covers it.',
    fix: 'Allow `s3:ReplicateDelete`, or disable delete marker replication in the rule.',
    page: s3Page('delete-marker-replication'),
    when: ({ rules }) => rules.some(({ deleteMarkers }) => deleteMarkers),
    needs: [rolePolicies, ofDestinations('policy')],
    calls: ['s3:ReplicateDelete'],
  },
  C15: {
    title: 'The role may replicate Object Lock settings',
    seen: 'destination',
    means:
      'With Object Lock, S3 reads retention and legal hold (`s3:GetObjectRetention`, `s3:GetObjectLegalHold`) and writes them at the destination.',
    causes: 'Object Lock was enabled after the role was created.',
    fix: 'Allow both read actions on the source’s objects, and both put actions on the destination’s.',
    page: s3Page('object-lock-managing'),
    when: withObjectLock,
    needs: [rolePolicies, ofSource('policy'), ofDestinations('policy')],
    calls: ['s3:GetObjectRetention', 's3:GetObjectLegalHold', 's3:PutObjectRetention', 's3:PutObjectLegalHold'],
  },
  C16: {
    title: 'The role may change the owner of replicas',
    seen: 'destination',
    means:
      'A rule with `AccessControlTranslation` needs `s3:ObjectOwnerOverrideToBucketOwner` on both sides, and `Account` must be the destination’s owner. Without an override, and with ACLs enabled at the destination, replicas belong to the source account.',
    causes:
      'The action is missing on one side; the account ID in the rule is wrong; the destination has ACLs enabled and the rule has no override.',
    fix: 'Allow the action on both sides, or remove the override from the rule: with Bucket owner enforced it is not needed.',
    page: s3Page('replication-change-owner'),
    when: ({ rules }) => rules.some(({ ownerOverride }) => ownerOverride),
    needs: [rolePolicies, ofDestinations('policy')],
    calls: ['s3:ObjectOwnerOverrideToBucketOwner'],
    fixedByApply: ['rule'],
  },
  C17: {
    title: 'The role may replicate tags',
    seen: 'destination',
    means:
      'S3 reads tags with `s3:GetObjectVersionTagging` at the source. If a policy denies it, the replica arrives without tags, the source object becomes FAILED, and S3 sends no event.',
    causes:
      'The statement names the destination bucket instead of the source; a Deny of `s3:ReplicateTags` at the destination.',
    fix: 'Allow `s3:GetObjectVersionTagging` on the source’s objects, and remove the Deny.',
    page: permissions,
    needs: [rolePolicies, ofSource('policy'), ofDestinations('policy')],
    calls: ['s3:GetObjectVersionTagging', 's3:ReplicateTags'],
  },
  C30: {
    title: 'No policy denies replication',
    seen: 'destination',
    means:
      'An explicit Deny wins over every Allow: in a bucket policy, the role’s policies, its permissions boundary, service control policies and resource control policies.',
    causes:
      'Deny statements for everybody except a few principals, for requests from outside a network or an organization, or for requests without an encryption header; a boundary that does not list the replication actions.',
    fix: 'Exempt the replication role from the Deny. Control policies can be read only in the organization’s management account.',
    page: iamPage('reference_policies_evaluation-logic'),
    needs: [rolePolicies, ofSource('policy'), ofDestinations('policy'), ofKeys('policy')],
  },
  C37: {
    title: 'The policies have no copy-and-paste mistakes',
    seen: 'documents',
    means:
      'A policy copied from an article may contain typographic quotes, dashes or placeholders, which match nothing.',
    causes:
      '`“ ”` and `2012–10–17` from a formatted page; `<account-id>`, `DOC-EXAMPLE-BUCKET` or `amzn-s3-demo-…` left in place.',
    fix: 'Write the real names, plain quotes and `2012-10-17`.',
    page: iamPage('troubleshoot_policies'),
    needs: [rolePolicies, trustPolicy, ofDestinations('policy'), ofKeys('policy')],
    byHand: 'Only you know the real names.',
  },
  C38: {
    title: 'The role has no more permissions than it needs',
    seen: 'documents',
    means: 'Broad permissions let the replication role, or anybody who takes it over, do more than replicate.',
    causes:
      '`s3:*` or `kms:*` for the role; `s3:PutBucketVersioning` at the destination, copied from an example, lets it suspend versioning there.',
    fix: 'List the replication actions one by one.',
    page: permissions,
    needs: [rolePolicies, ofDestinations('policy')],
    byHand: 'Only the author of the policy knows what else it is for.',
  },
} satisfies Readonly<Record<string, Check>>;
