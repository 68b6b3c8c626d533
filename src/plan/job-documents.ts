/** The report and the own list of a job, as it is asked for them, and what its role needs for them. Pure. */
import type { JobManifest, JobReport } from '@aws-sdk/client-s3-control';
import { bucketArn } from '../aws/arn.ts';
import type { AccountId, BucketName } from '../aws/brand.ts';
import type { S3Place } from '../config/report-place.ts';
import type { Spec } from '../config/spec.ts';
import { type JobFiles, type JobPlace, keyIn, reportKeys } from '../steps/job-files.ts';
import { reportFormat } from './job-report.ts';
import { manifestFields, type OwnManifest } from './own-manifest.ts';

export interface ReportChoice extends S3Place {
  /** The job fails where the bucket is another account's (API Reference, JobReport). */
  readonly owner?: AccountId;
  /** What succeeded, too. */
  readonly full: boolean;
}

/** As it lies in S3. */
export interface ManifestChoice extends Pick<OwnManifest, 'hasVersions'> {
  readonly bucket: BucketName;
  readonly key: string;
  /** Without quotation marks. */
  readonly etag: string;
  readonly versionId?: string;
  /** What the role may read: what all lists begin with that s3repl uploads; absent: this one. */
  readonly keysFrom?: string;
}

export interface JobChoice {
  /** Absent: the job writes none. */
  readonly report?: ReportChoice;
  /** A list of somebody's own, which leaves out all that selects: rules, statuses and times. */
  readonly manifest?: ManifestChoice;
}

/** What the role of a job may read and write besides the objects: its reports, and all lists that s3repl uploads, because the next run may upload another one. */
export function jobFiles({ report, manifest }: JobChoice): JobFiles {
  return {
    ...(report && { report: { bucket: report.bucket, keysFrom: keyIn(report.prefix, reportKeys) } }),
    ...(manifest && { manifest: placeOf(manifest) }),
  };
}

function placeOf({ bucket, key, keysFrom }: ManifestChoice): JobPlace {
  return keysFrom === undefined ? { bucket, keysFrom: key, isOneKey: true } : { bucket, keysFrom };
}

/** API Reference, JobManifest. */
export function manifestDocument(
  { source }: Pick<Spec, 'source'>,
  { bucket, key, etag, versionId, hasVersions }: ManifestChoice,
): JobManifest {
  return {
    Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: manifestFields({ hasVersions }) },
    Location: {
      ObjectArn: `${bucketArn({ ...source, bucket })}/${key}`,
      ETag: etag,
      ...(versionId !== undefined && { ObjectVersionId: versionId }),
    },
  };
}

/** API Reference, JobReport. @param report absent: none is written. */
export function reportDocument({ source }: Pick<Spec, 'source'>, report: ReportChoice | undefined): JobReport {
  if (report === undefined) return { Enabled: false };
  const { bucket, prefix, owner, full } = report;
  return {
    Enabled: true,
    Bucket: bucketArn({ ...source, bucket }),
    ...(owner !== undefined && { ExpectedBucketOwner: owner }),
    Format: reportFormat,
    ...(prefix !== '' && { Prefix: prefix }),
    ReportScope: full ? 'AllTasks' : 'FailedTasksOnly',
  };
}
