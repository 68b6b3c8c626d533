import { accountIn, bucketArn, iamArn, regionOf } from '../aws/arn.ts';
import { listOf, type PolicyDocument, policy, type Statement } from '../aws/policy.ts';
import type { AnySide, DestinationSide, Spec } from '../config/spec.ts';
import { jobBucketActions, jobObjectActions } from '../steps/backfill-role.ts';
import { fileStatements, keyIn, manifestKeys, possibleReportPlace, reportKeys } from '../steps/job-files.ts';
import { replicaKeyActions } from '../steps/role-policy.ts';
import {
  conditionThroughS3,
  replicaActions,
  sourceActions,
  sourceBucketActions,
  unwrapSingle,
} from '../steps/scope.ts';
import { anyKey } from './key-needs.ts';

/** Characters of a managed policy, white space aside (IAM User Guide, reference_iam-quotas). */
export const mostOfManagedPolicy = 6144;

export function boundaryArn({ name, source, role }: Spec): string {
  return role.permissionsBoundary ?? iamArn(source, `policy/s3repl-boundary-${name}`);
}

/**
 * All that the replication role of these buckets, and the role of S3 Batch Operations, can ever need (rules.md 0.4 a, 1.1, 1.5; S3 User Guide,
 * s3-batch-replication-policies); keys through S3 and for these buckets' objects only.
 * A boundary limits what a role's policies allow and allows nothing itself (IAM User Guide, access_policies_boundaries). This one denies everything else:
 * where a boundary is silent, a bucket policy of the account that names a role session still gives more (same page, "Resource-based policies").
 */
export function boundaryPolicy(spec: Spec): PolicyDocument {
  const { source, destinations } = spec;
  const anyRule = [{ prefix: '', deleteMarkers: true, ownerOverride: true }];
  const needed: readonly Statement[] = [
    {
      Sid: 'SourceBucket',
      Effect: 'Allow',
      Action: [...new Set([...sourceBucketActions, ...jobBucketActions])],
      Resource: bucketArn(source),
    },
    {
      Sid: 'SourceObjects',
      Effect: 'Allow',
      Action: [...sourceActions(true), ...jobObjectActions],
      Resource: `${bucketArn(source)}/*`,
    },
    {
      Sid: 'SourceKeys',
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: anyKey(source),
      Condition: conditionThroughS3([{ side: source, rules: anyRule }]),
    },
    {
      Sid: 'DestinationObjects',
      Effect: 'Allow',
      Action: replicaActions(anyRule, true),
      Resource: unwrapSingle([...new Set(destinations.map((side) => `${bucketArn(side)}/*`))]),
    },
    {
      Sid: 'DestinationKeys',
      Effect: 'Allow',
      Action: [...replicaKeyActions],
      Resource: unwrapSingle([
        ...new Set(destinations.flatMap((side) => [anyKey(side), ...foreignKeyPatterns(side, source)])),
      ]),
      Condition: conditionThroughS3(destinations.map((side) => ({ side, rules: anyRule }))),
    },
  ];
  const files = jobFileStatements(spec);
  const actions = [...new Set([...needed, ...files].flatMap(({ Action }) => listOf(Action)))];
  return policy(...needed, ...files, ...denyElsewhere(files), {
    Sid: 'NothingElse',
    Effect: 'Deny',
    NotAction: actions,
    Resource: '*',
  });
}

function denyElsewhere(files: readonly Statement[]): readonly Statement[] {
  if (files.length === 0) return [];
  const Action = [...new Set(files.flatMap(({ Action: actions }) => listOf(actions)))];
  const NotResource = files.flatMap(({ Resource }) => listOf(Resource));
  return [{ Sid: 'NoOtherFiles', Effect: 'Deny', Action, NotResource }];
}

/** Of the place in repl.yaml, or the usual one: another one that an option names needs a boundary of somebody's own. */
function jobFileStatements(spec: Spec): readonly Statement[] {
  const place = possibleReportPlace(spec);
  if (place === undefined) return [];
  const { bucket, prefix } = place;
  return fileStatements(spec, {
    report: { bucket, keysFrom: keyIn(prefix, reportKeys) },
    manifest: { bucket, keysFrom: keyIn(prefix, manifestKeys) },
  });
}

function foreignKeyPatterns({ kmsKey, partition }: DestinationSide, source: AnySide): readonly string[] {
  if (kmsKey.kind === 'source') return [anyKey(source)];
  if (kmsKey.kind !== 'arn') return [];
  return [anyKey({ partition, region: regionOf(kmsKey.arn), account: accountIn(kmsKey.arn) })];
}
