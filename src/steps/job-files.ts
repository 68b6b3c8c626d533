/** What a job of S3 Batch Operations reads and writes besides the objects. */
import { bucketArn, objectOfArn } from '../aws/arn.ts';
import type { BucketName } from '../aws/brand.ts';
import { listOf, type PolicyDocument, type Statement, statementsOf } from '../aws/policy.ts';
import type { RuleFilter } from '../aws/rule-filter.ts';
import { parseReportPlace, type S3Place } from '../config/report-place.ts';
import type { SourceSide, Spec } from '../config/spec.ts';
import { objectPatterns, rulesOf, unwrapSingle } from './scope.ts';

export interface JobPlace {
  readonly bucket: BucketName;
  /** What its keys begin with. */
  readonly keysFrom: string;
  /** Whether that is a key, and the only one. */
  readonly isOneKey?: boolean;
}

export interface JobFiles {
  /** Absent: no report is written. */
  readonly report?: JobPlace;
  /** Where a list of somebody's own is; absent: S3 makes one. */
  readonly manifest?: JobPlace;
}

/** A folder of our own: in the source bucket nothing else is of ours but what `verify` writes and removes. */
export const usualReportFolder = '.s3repl-backfill';

/** What keys begin with in a folder of reports: the folder of each job, and the lists that s3repl uploads. */
export const reportKeys = 'job-';
export const manifestKeys = 'manifest-';

/** @param folder without a trailing slash; empty: the top of the bucket. */
export function keyIn(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** Where reports are written, and lists uploaded, if no option says otherwise. */
export function usualReportPlace({ source, backfill }: Spec): S3Place {
  const named = backfill.report === undefined ? undefined : parseReportPlace(backfill.report);
  return named ?? { bucket: source.bucket, prefix: usualReportFolder };
}

/** As `usualReportPlace`; undefined where a rule of repl.yaml takes it: then nothing is written there. */
export function possibleReportPlace(spec: Spec): S3Place | undefined {
  const place = usualReportPlace(spec);
  const isTaken =
    place.bucket === spec.source.bucket &&
    rulesOf(spec).some(({ prefix, tags = {} }) => takesReport({ prefix, tags: Object.entries(tags) }, place));
  return isTaken ? undefined : place;
}

/** The files of a report have no tags, and S3 encrypts them with keys of its own, which every rule takes (rules.md 1.2). */
export function takesReport(rule: RuleFilter, { prefix }: S3Place): boolean {
  const folder = keyIn(prefix, reportKeys);
  return rule.tags.length === 0 && (folder.startsWith(rule.prefix) || rule.prefix.startsWith(folder));
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
export function filePattern(source: SourceSide, { bucket, keysFrom, isOneKey = false }: JobPlace): string {
  const side = { ...source, bucket };
  const pattern = objectPatterns(side, [{ prefix: keysFrom }])[0] ?? bucketArn(side);
  // Of a key with a wildcard the pattern has the beginning only.
  return isOneKey && pattern.endsWith(`/${keysFrom}*`) ? pattern.slice(0, -1) : pattern;
}

/** @param document policy of the role. @returns `s3://BUCKET/PREFIX/…` for each place that the last job used. */
export function filePlaces(document: PolicyDocument | null): readonly string[] {
  const ours = statementsOf(document).filter(({ Sid }) => Sid === 'Manifest' || Sid === 'Report');
  const patterns = ours.flatMap(({ Resource }) => listOf(Resource));
  return patterns.flatMap((pattern) => {
    const place = objectOfArn(pattern);
    return place ? [`s3://${place.bucket}/${place.key}`] : [];
  });
}
