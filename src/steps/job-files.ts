/** What a job of S3 Batch Operations reads and writes besides the objects. */
import { bucketArn } from '../aws/arn.ts';
import type { BucketName } from '../aws/brand.ts';
import type { Statement } from '../aws/policy.ts';
import type { SourceSide, Spec } from '../config/spec.ts';
import { objectPatterns, unwrapSingle } from './scope.ts';

export interface JobPlace {
  readonly bucket: BucketName;
  /** What its keys begin with. */
  readonly keysFrom: string;
}

export interface JobFiles {
  /** Absent: no report is written. */
  readonly report?: JobPlace;
  /** Where a list of somebody's own is; absent: S3 makes one. */
  readonly manifest?: JobPlace;
}

export const manifestActions = ['s3:GetObject', 's3:GetObjectVersion'];

export const reportActions = ['s3:PutObject'];

/** S3 User Guide, s3-batch-replication-policies. */
export function fileStatements({ source }: Spec, { report, manifest }: JobFiles): readonly Statement[] {
  return [
    ...(manifest ? [allow('Manifest', manifestActions, filePattern(source, manifest))] : []),
    ...(report ? [allow('Report', reportActions, filePattern(source, report))] : []),
  ];
}

function allow(Sid: string, actions: readonly string[], Resource: string): Statement {
  return { Sid, Effect: 'Allow', Action: unwrapSingle(actions), Resource };
}

/** For a policy. */
export function filePattern(source: SourceSide, { bucket, keysFrom }: JobPlace): string {
  const side = { ...source, bucket };
  return objectPatterns(side, [{ prefix: keysFrom }])[0] ?? bucketArn(side);
}
