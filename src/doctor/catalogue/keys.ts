import { ofDestinations, ofKeys, ofSource, rolePolicies, theKeys, withKeys } from '../needs.ts';
import { enableKey } from '../remedy.ts';
import type { Check } from './check.ts';
import { kmsPage, s3Page } from './pages.ts';

const encrypted = s3Page('replication-config-for-kms-objects');
const policies = kmsPage('key-policies');

export const keyChecks = {
  C18: {
    title: 'The key of the replicas exists where it must',
    seen: 'destination',
    means:
      'The key of the rule must be in the Region of the destination bucket, and best in its account. PutBucketReplication takes any text for it.',
    causes:
      'A key that is gone; a key of the source’s Region; an alias name, which means a key of the source account; a multi-Region key’s ARN in the other Region.',
    fix: 'Put the ARN of a customer managed key of the destination’s Region and account into the rule.',
    page: encrypted,
    when: withKeys,
    needs: [theKeys],
    fixedByApply: ['another key'],
    byHand: 'Only you know which key is meant.',
  },
  C19: {
    title: 'The keys are enabled',
    seen: 'destination',
    means: 'S3 decrypts with the key of the object and encrypts with the key of the rule; both must be `Enabled`.',
    causes: 'A key was disabled, or scheduled for deletion; imported key material expired, or will within 90 days.',
    fix: 'Enable the key; cancel its deletion first where one is pending. A deletion that was cancelled leaves the key disabled. Import expiring key material again, with a later date or with none.',
    page: kmsPage('key-state'),
    when: withKeys,
    needs: [ofKeys('metadata')],
    remedy: enableKey,
  },
  C20: {
    title: 'The keys are of the right kind',
    seen: 'destination',
    means:
      'A symmetric encryption key, and across accounts a customer managed one: the policy of `aws/s3` cannot name another account.',
    causes:
      'The default `aws/s3` was taken; an asymmetric or HMAC key; an alias in the rule, which may come to mean another key.',
    fix: 'Use a customer managed symmetric key, by its ARN.',
    page: encrypted,
    when: withKeys,
    needs: [ofKeys('metadata')],
    byHand: 'Only you know which key is meant.',
  },
  C21: {
    title: 'The role may use the keys',
    seen: 'destination',
    means:
      '`kms:Decrypt` with the key of the source object; `kms:Encrypt`, and with Bucket Keys `kms:GenerateDataKey` and `kms:Decrypt`, with the key of the replica. A key of another account asks both its key policy and the role’s policy.',
    causes:
      'A role policy without any KMS statement, as in most examples for unencrypted objects; a destination key policy that does not name the role or its account.',
    fix: 'Add the statements to the role’s policy and to the policy of the destination key.',
    page: encrypted,
    when: withKeys,
    needs: [ofKeys('policy'), rolePolicies],
    calls: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
  },
  C22: {
    title: 'The encryption context is the one that S3 gives',
    seen: 'destination',
    means:
      'With an S3 Bucket Key S3 gives the bucket’s ARN as `kms:EncryptionContext:aws:s3:arn`, without one the object’s. `arn:…:bucket/*` does not match `arn:…:bucket`.',
    causes:
      'Only one of the two forms is listed; Bucket Keys were switched on or off later; the condition key is misspelt; the pattern `bucket*` also reaches other buckets.',
    fix: 'List both forms: the bucket’s ARN, and the bucket’s ARN followed by `/*`.',
    page: encrypted,
    when: withKeys,
    needs: [ofKeys('policy'), rolePolicies],
  },
  C23: {
    title: 'Bucket Keys are allowed for',
    seen: 'destination',
    means: 'Whether an object uses a Bucket Key is decided when it is written, so that one bucket holds both kinds.',
    causes: 'Objects from before the Bucket Key was switched on; writers that send their own header or their own key.',
    fix: 'Allow both forms of the encryption context, all three actions on the destination key, and every key that source objects use.',
    page: s3Page('bucket-key'),
    when: withKeys,
    needs: [ofKeys('policy'), rolePolicies, ofDestinations('encryption'), ofSource('encryption')],
  },
  C24: {
    title: 'kms:ViaService names the right Region',
    seen: 'destination',
    means:
      '`kms:ViaService` is S3 in the Region of the bucket that is accessed: the source’s for its key, the destination’s for the other.',
    causes: 'Both statements name one Region, as a walkthrough of AWS does.',
    fix: 'Write `s3.REGION.amazonaws.com` with the Region of the bucket whose key it is.',
    page: encrypted,
    when: withKeys,
    needs: [ofKeys('policy'), rolePolicies],
  },
  C25: {
    title: 'The key policies ask for no network',
    seen: 'destination',
    means:
      'S3 does not come from your network: conditions on addresses, VPCs, VPC endpoints or access points do not hold for it.',
    causes: '`aws:SourceIp`, `aws:SourceVpc`, `aws:SourceVpce` or `s3:DataAccessPointArn` in a key policy.',
    fix: 'Except the replication role from these conditions (`aws:PrincipalArn`).',
    page: s3Page('replication-troubleshoot'),
    when: withKeys,
    needs: [ofKeys('policy')],
  },
  C26: {
    title: 'The key policies are in order',
    seen: 'destination',
    means: 'In a key policy `Resource` is `"*"`, which means this key, and principals must exist.',
    causes:
      'A Resource that names something else, which makes a statement void in silence; `AROA…` of a role that was deleted; no statement for the account’s root, so that IAM policies do not count; a statement of an earlier s3repl that lets people use the key outside S3.',
    fix: 'Write `"Resource": "*"`, and name the role again by its ARN.',
    page: policies,
    when: withKeys,
    needs: [ofKeys('policy')],
    byHand: 'Only whoever wrote the key policy knows what is meant.',
  },
  C27: {
    title: 'The default encryption of the destination takes part',
    seen: 'destination',
    means:
      'Plaintext objects take the default encryption of the destination, which with KMS needs `kms:GenerateDataKey`; SSE-C objects must not be blocked there.',
    causes:
      'Unencrypted objects from before 2023 and a KMS default at the destination; SSE-C blocked, as on new buckets.',
    fix: 'Allow `kms:GenerateDataKey` with the default key, or unblock SSE-C on the destination bucket.',
    page: encrypted,
    needs: [ofDestinations('encryption')],
  },
} satisfies Readonly<Record<string, Check>>;
