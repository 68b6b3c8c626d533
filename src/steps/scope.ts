import { bucketArn } from '../aws/arn.ts';
import type { AnySide, RuleSpec, Spec } from '../config/spec.ts';

type Where = Pick<AnySide, 'bucket' | 'partition'> & { readonly region: string };
type Reach = Pick<RuleSpec, 'prefix'>;

/** `arn:aws:s3:::bucket/prefix*` for each prefix of the rules, or the whole bucket where one rule has none. */
export function objectPatterns(side: Where, rules: readonly Reach[]): readonly string[] {
  const widest: string[] = [];
  // Sorted, so that what a prefix covers comes right after it.
  for (const prefix of new Set(rules.map((rule) => literalPart(rule.prefix)).sort())) {
    const last = widest.at(-1);
    if (last === undefined || !prefix.startsWith(last)) widest.push(prefix);
  }
  return widest.map((prefix) => `${bucketArn(side)}/${prefix}*`);
}

/** `*`, `?` and `$` mean something in a policy and nothing in a prefix: the text before them is as narrow as is safe. */
function literalPart(prefix: string): string {
  return prefix.split(/[*?$]/, 1)[0] ?? '';
}

export function rulesOf(spec: Spec): readonly RuleSpec[] {
  return spec.destinations.flatMap((destination) => destination.rules);
}

/** rules.md 1.1. */
export const sourceBucketActions = ['s3:GetReplicationConfiguration', 's3:ListBucket'];

/** rules.md 1.1, 1.2. Annotations need a right of their own (S3 User Guide, annotations-overview, 2026). */
export function sourceActions(objectLock: boolean): readonly string[] {
  return [
    's3:GetObjectVersionForReplication',
    's3:GetObjectVersionAcl',
    's3:GetObjectVersionTagging',
    's3:GetObjectVersionAnnotationForReplication',
    ...(objectLock ? ['s3:GetObjectRetention', 's3:GetObjectLegalHold'] : []),
  ];
}

/** What the rules need at a destination bucket (rules.md 1.1, M13, M16, M19). */
export function replicaActions(
  rules: readonly Pick<RuleSpec, 'deleteMarkers' | 'ownerOverride'>[],
  objectLock: boolean,
): readonly string[] {
  return [
    's3:ReplicateObject',
    ...(rules.some((rule) => rule.deleteMarkers) ? ['s3:ReplicateDelete'] : []),
    's3:ReplicateTags',
    ...(rules.some((rule) => rule.ownerOverride) ? ['s3:ObjectOwnerOverrideToBucketOwner'] : []),
    ...(objectLock ? ['s3:PutObjectRetention', 's3:PutObjectLegalHold'] : []),
  ];
}

/**
 * The role may use a key only through S3 in the bucket's Region, for its objects. The encryption context is the bucket's ARN with a Bucket Key, else the
 * object's; that is decided per object, and neither pattern matches the other (rules.md 0.4, 1.5; S3 User Guide, bucket-key).
 */
export function conditionThroughS3(uses: readonly { readonly side: Where; readonly rules: readonly Reach[] }[]) {
  return {
    StringLike: {
      'kms:ViaService': unwrapSingle([...new Set(uses.flatMap(({ side }) => s3Endpoints(side)))]),
      'kms:EncryptionContext:aws:s3:arn': uses.flatMap(({ side, rules }) => [
        bucketArn(side),
        ...objectPatterns(side, rules),
      ]),
    },
  };
}

/** No recorded answer confirms the name in the China Regions: both spellings, and no other service has either. */
export function s3Endpoints({ region, partition }: Pick<Where, 'region' | 'partition'>): readonly string[] {
  const endpoint = `s3.${region}.amazonaws.com`;
  return partition === 'aws-cn' ? [endpoint, `${endpoint}.cn`] : [endpoint];
}

/** AWS itself writes a list of one so. */
export function unwrapSingle(values: readonly string[]): string | readonly string[] {
  const [first, ...others] = values;
  return first !== undefined && others.length === 0 ? first : values;
}
