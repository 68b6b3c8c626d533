import { bucketArn } from '../aws/arn.ts';
import type { AnySide, Spec } from '../config/spec.ts';
import { canaryPrefix } from '../state/names.ts';
import { destroying, type LiveBucket, type Need, type Purpose, planning } from '../state/need.ts';
import { rulesOf, unwrapSingle } from '../steps/scope.ts';
import { stepNeeds } from './step-needs.ts';

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

export function bucketNeeds(
  side: AnySide,
  spec: Spec,
  live: LiveBucket = { made: true, secured: spec.tlsOnly !== false },
): readonly Need[] {
  const need = (actions: readonly string[], ...commands: readonly Purpose[]): Need => ({
    sid: 'Bucket',
    actions,
    on: bucketArn(side),
    for: commands,
  });
  const atSource = side.id === 'source';
  return [
    need(['s3:ListBucket'], ...planning),
    need(readBucket, ...planning, 'doctor'),
    need(['s3:GetBucketTagging'], ...planning),
    need(['s3:GetLifecycleConfiguration'], 'plan', 'apply', 'verify', 'doctor', 'backfill'),
    need(['s3:GetBucketNotification'], 'doctor', ...(atSource ? (['status'] as const) : [])),
    ...stepNeeds({ sid: 'Bucket', on: bucketArn(side) }, (needs) => needs.bucket?.(side, spec, live)),
    ...(atSource
      ? [
          need(['s3:ListBucketVersions'], 'verify', 'doctor', 'status', 'backfill', ...destroying),
          need(['s3:GetBucketAcl'], 'doctor'),
        ]
      : [need(['s3:ListBucketVersions'], 'verify', 'backfill', 'delete-keys')]),
  ];
}

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
    on: unwrapSingle(canaries(side, rules)),
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
    objects(['s3:GetObjectVersion'], 'doctor', 'status', 'backfill', ...destroying),
    objects(['s3:GetObjectVersionTagging'], 'doctor', 'backfill'),
    objects(['s3:GetObjectRetention', 's3:GetObjectLegalHold'], 'doctor'),
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
  return prefixes.map((prefix) => `${bucketArn(side)}/${escapePolicyText(prefix)}*`);
}

/** For what means something in a policy and nothing in a key (IAM User Guide, reference_policies_variables). */
function escapePolicyText(text: string): string {
  return text.replace(/[*?$]/g, (character) => `\${${character}}`);
}
