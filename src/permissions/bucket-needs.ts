/** What the commands need at the bucket of a side and at its objects. */

import { bucketArn } from '../aws/arn.ts';
import type { AnySide, Spec } from '../config/spec.ts';
import { canaryPrefix } from '../state/names.ts';
import { rulesOf, single } from '../steps/scope.ts';
import { destroying, type Need, type Purpose, planning } from './need.ts';

const readBucket = [
  's3:GetBucketVersioning',
  's3:GetEncryptionConfiguration',
  's3:GetBucketPolicy',
  's3:GetReplicationConfiguration',
  's3:GetBucketPublicAccessBlock',
  's3:GetBucketOwnershipControls',
  's3:GetBucketObjectLockConfiguration',
  's3:GetBucketRequestPayment',
];

const makeBucket = [
  's3:CreateBucket',
  's3:TagResource',
  's3:PutBucketTagging',
  's3:PutBucketOwnershipControls',
  's3:PutBucketPublicAccessBlock',
];

const changeBucket = ['s3:PutBucketVersioning', 's3:PutEncryptionConfiguration'];

/** What s3repl does with the bucket of a side, as far as that shows on AWS. */
export interface LiveBucket {
  /** It makes the bucket, or has made it. */
  readonly made: boolean;
  /** Its policy has, or gets, our statement on TLS. */
  readonly secured: boolean;
}

/** The bucket itself. */
export function bucketNeeds(
  side: AnySide,
  spec: Spec,
  { made, secured }: LiveBucket = { made: true, secured: spec.tlsOnly !== false },
): readonly Need[] {
  const need = (actions: readonly string[], ...commands: readonly Purpose[]): Need => ({
    sid: 'Bucket',
    actions,
    on: bucketArn(side),
    for: commands,
  });
  const either = [
    need(['s3:ListBucket'], ...planning),
    need(readBucket, ...planning, 'doctor'),
    need(['s3:GetBucketTagging'], ...planning),
    need(['s3:GetLifecycleConfiguration'], 'plan', 'apply', 'verify', 'doctor'),
    need(['s3:GetBucketNotification'], 'doctor'),
    ...(made ? [need(makeBucket, 'apply')] : []),
    need(changeBucket, 'apply'),
  ];
  const policed = secured || (side.id !== 'source' && side.account !== spec.source.account);
  // What is taken out may have been all of the policy.
  const emptying: readonly Purpose[] = secured && spec.tlsOnly === false ? ['apply', ...destroying] : destroying;
  const policies = policed
    ? [need(['s3:PutBucketPolicy'], 'apply', ...destroying), need(['s3:DeleteBucketPolicy'], ...emptying)]
    : [];
  if (side.id === 'source') {
    return [
      ...either,
      ...policies,
      need(['s3:PutReplicationConfiguration'], 'apply', ...destroying),
      need(['s3:ListBucketVersions'], 'verify', 'doctor', ...destroying),
      need(['s3:GetBucketAcl'], 'doctor'),
    ];
  }
  return [...either, ...policies, need(['s3:ListBucketVersions'], 'verify', 'delete-keys')];
}

/** The objects in it: whatever lies there for those who look, canaries for `verify`. */
export function objectNeeds(side: AnySide, spec: Spec): readonly Need[] {
  const rules = rulesOf(spec);
  const objects = (actions: readonly string[], ...commands: readonly Purpose[]): Need => ({
    sid: 'Objects',
    actions,
    on: `${bucketArn(side)}/*`,
    for: commands,
  });
  const canary = (...actions: readonly string[]): Need => ({
    sid: 'Canary',
    actions,
    on: single(canaries(side, rules)),
    for: ['verify'],
  });
  if (side.id !== 'source') {
    return [
      objects(['s3:GetObjectVersion'], 'delete-keys'),
      canary('s3:GetObjectVersion', 's3:GetObjectVersionTagging', 's3:DeleteObjectVersion'),
    ];
  }
  const marked = rules.some(({ deleteMarkers }) => deleteMarkers);
  return [
    objects(['s3:GetObjectVersion'], 'doctor', ...destroying),
    objects(['s3:GetObjectVersionTagging', 's3:GetObjectRetention', 's3:GetObjectLegalHold'], 'doctor'),
    canary(
      's3:PutObject',
      's3:PutObjectTagging',
      's3:GetObjectVersion',
      ...(marked ? ['s3:DeleteObject'] : []),
      's3:DeleteObjectVersion',
    ),
  ];
}

/** Where the canaries of all rules are written; the replica of any may land in every destination. */
export function canaries(side: AnySide, rules: readonly { readonly prefix: string }[]): readonly string[] {
  const prefixes = [...new Set(rules.map(({ prefix }) => prefix + canaryPrefix))].sort();
  return prefixes.map((prefix) => `${bucketArn(side)}/${literally(prefix)}*`);
}

/** For what means something in a policy and nothing in a key (IAM User Guide, reference_policies_variables). */
function literally(text: string): string {
  return text.replace(/[*?$]/g, (character) => `\${${character}}`);
}
