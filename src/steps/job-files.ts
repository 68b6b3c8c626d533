/** What a job of S3 Batch Operations reads and writes besides the objects. */
import { bucketArn } from '../aws/arn.ts';
import type { BucketName } from '../aws/brand.ts';
import type { Statement } from '../aws/policy.ts';
import type { Spec } from '../config/spec.ts';
import { objectPatterns } from './scope.ts';

export interface JobPlace {
  readonly bucket: BucketName;
  /** Without a slash at its end; empty: the whole bucket. */
  readonly prefix: string;
}

export interface JobFiles {
  /** Absent: no report is written. */
  readonly report?: JobPlace;
  /** Where a list of somebody's own is; absent: S3 makes one. */
  readonly manifest?: JobPlace;
}

/** S3 User Guide, s3-batch-replication-policies. */
export function fileStatements({ source }: Spec, { report, manifest }: JobFiles): readonly Statement[] {
  const patternOf = ({ bucket, prefix }: JobPlace) => {
    const side = { ...source, bucket };
    return objectPatterns(side, [{ prefix: prefix === '' ? '' : `${prefix}/` }])[0] ?? bucketArn(side);
  };
  return [
    ...(manifest
      ? [
          {
            Sid: 'Manifest',
            Effect: 'Allow' as const,
            Action: ['s3:GetObject', 's3:GetObjectVersion'],
            Resource: patternOf(manifest),
          },
        ]
      : []),
    ...(report
      ? [{ Sid: 'Report', Effect: 'Allow' as const, Action: 's3:PutObject', Resource: patternOf(report) }]
      : []),
  ];
}
