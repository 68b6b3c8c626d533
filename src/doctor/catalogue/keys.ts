import { ofDestinations, ofKeys, ofSource, rolePolicies, theKeys, withKeys } from '../needs.ts';
import { enableKey } from '../remedy.ts';
import type { Check } from './check.ts';
import { kmsPage, s3Page } from './pages.ts';

const encrypted = s3Page('replication-config-for-kms-objects');
const policies = kmsPage('key-policies');

export const keyChecks = {
  C18: {
    title: 'The replica key exists in the Region of the destination',
    seen: 'destination',
    means:
      'The key that the rule names must be in the Region of the destination bucket, and should be in its account. PutBucketReplication accepts any text as a key.',
    causes:
      'The key was deleted; the key is in the source’s Region; the rule names an alias, which S3 looks up in the source account; the ARN of a multi-Region key names the other Region.',
    fix: 'Put the ARN of a customer managed key in the destination’s Region and account into the rule.',
    page: encrypted,
    when: withKeys,
    needs: [theKeys],
    fixedByApply: ['another key'],
    byHand: 'Only you know which key to use.',
  },
  C19: {
    title: 'The keys are enabled',
    seen: 'destination',
    means:
      'S3 decrypts with the key of the source object and encrypts with the key that the rule names. Both must be `Enabled`.',
    causes:
      'A key was disabled, or scheduled for deletion; its imported key material expired, or will expire within 90 days.',
    fix: 'Enable the key. If its deletion is pending, cancel that first: the key is still disabled afterwards. Import expiring key material again, with a later expiration date or none.',
    page: kmsPage('key-state'),
    when: withKeys,
    needs: [ofKeys('metadata')],
    remedy: enableKey,
  },
  C20: {
    title: 'The keys are of the right kind',
    seen: 'destination',
    means:
      'S3 needs symmetric encryption keys, and across accounts customer managed ones: the policy of `aws/s3` cannot name another account.',
    causes:
      'The key is the default one, `aws/s3`; the key is asymmetric or an HMAC key; the rule names an alias, which may point to another key later.',
    fix: 'Use a customer managed symmetric key, and name it by its ARN.',
    page: encrypted,
    when: withKeys,
    needs: [ofKeys('metadata')],
    byHand: 'Only you know which key to use.',
  },
  C21: {
    title: 'The role may use the keys',
    seen: 'destination',
    means:
      '`kms:Decrypt` with the key of the source object; `kms:Encrypt`, and with Bucket Keys `kms:GenerateDataKey` and `kms:Decrypt`, with the key of the replica. If the key is in another account, both its key policy and the role’s policy must allow this.',
    causes:
      'A role policy without any KMS statement, as in most examples for unencrypted objects; a destination key policy that does not name the role or its account.',
    fix: 'Add the statements to the role’s policy and to the policy of the destination key.',
    page: encrypted,
    when: withKeys,
    needs: [ofKeys('policy'), rolePolicies],
    calls: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
  },
  C22: {
    title: 'The policies expect the encryption context that S3 sends',
    seen: 'destination',
    means:
      'With an S3 Bucket Key, S3 sends the bucket’s ARN as `kms:EncryptionContext:aws:s3:arn`. Without one, it sends the object’s ARN. `arn:…:bucket/*` does not match `arn:…:bucket`.',
    causes:
      'A policy lists only one of the two forms; Bucket Keys were enabled or disabled later; the condition key is misspelled; the pattern `bucket*` also matches other buckets.',
    fix: 'List both forms: the bucket’s ARN, and the bucket’s ARN followed by `/*`.',
    page: encrypted,
    when: withKeys,
    needs: [ofKeys('policy'), rolePolicies],
  },
  C23: {
    title: 'The policies work with and without Bucket Keys',
    seen: 'destination',
    means:
      'S3 decides whether an object uses a Bucket Key when the object is written, so one bucket can hold both kinds.',
    causes: 'Objects from before the Bucket Key was enabled; writers that send their own header or their own key.',
    fix: 'Allow both forms of the encryption context, all three actions on the destination key, and every key that source objects use.',
    page: s3Page('bucket-key'),
    when: withKeys,
    needs: [ofKeys('policy'), rolePolicies, ofDestinations('encryption'), ofSource('encryption')],
  },
  C24: {
    title: 'kms:ViaService names the right Region',
    seen: 'destination',
    means:
      '`kms:ViaService` names S3 in the Region of the bucket that S3 accesses: the source’s Region for the source key, the destination’s Region for the replica key.',
    causes: 'Both statements name the same Region, as an AWS walkthrough does.',
    fix: 'Write `s3.REGION.amazonaws.com` with the Region of the bucket that uses the key.',
    page: encrypted,
    when: withKeys,
    needs: [ofKeys('policy'), rolePolicies],
  },
  C25: {
    title: 'The key policies do not depend on a network',
    seen: 'destination',
    means:
      'S3 does not call KMS from your network, so its requests do not meet conditions on IP addresses, VPCs, VPC endpoints or access points.',
    causes: '`aws:SourceIp`, `aws:SourceVpc`, `aws:SourceVpce` or `s3:DataAccessPointArn` in a key policy.',
    fix: 'Exempt the replication role from these conditions (`aws:PrincipalArn`).',
    page: s3Page('replication-troubleshoot'),
    when: withKeys,
    needs: [ofKeys('policy')],
  },
  C26: {
    title: 'The key policies have no common mistakes',
    seen: 'destination',
    means: 'In a key policy, `Resource` is `"*"`, which means this key. The principals must exist.',
    causes:
      'A statement with any other Resource, which has no effect and causes no error; the `AROA…` ID of a role that was deleted; no statement for the account’s root, so that IAM policies have no effect; a statement from an earlier version of s3repl that lets people use the key outside S3.',
    fix: 'Write `"Resource": "*"`, and name the role again by its ARN.',
    page: policies,
    when: withKeys,
    needs: [ofKeys('policy')],
    byHand: 'Only the author of the key policy knows what it should allow.',
  },
  C27: {
    title: 'Replication works with the default encryption of the destination',
    seen: 'destination',
    means:
      'S3 encrypts replicas of unencrypted objects with the default encryption of the destination. If that is KMS, it needs `kms:GenerateDataKey`. The destination must not block SSE-C if there are SSE-C objects.',
    causes:
      'Unencrypted objects from before 2023, with KMS as the default of the destination; SSE-C is blocked, as on new buckets.',
    fix: 'Allow `kms:GenerateDataKey` with the default key, or unblock SSE-C on the destination bucket.',
    page: encrypted,
    needs: [ofDestinations('encryption')],
  },
} satisfies Readonly<Record<string, Check>>;
