/** Where a job writes its report, and whether it could. */
import type { S3Place } from '../config/report-place.ts';
import type { Spec } from '../config/spec.ts';
import { Failure } from '../events/failure.ts';
import { readReportBucket } from '../observe/bucket.ts';
import type { ReportChoice } from '../plan/job-documents.ts';
import { findObstacle, type Obstacle, type ReportBucket, sourceReportBucket } from '../plan/report-place.ts';
import type { InaccessibleBucket, State } from '../state/state.ts';
import { usualReportPlace } from '../steps/job-files.ts';
import type { BackfillOptions } from './backfill-options.ts';
import type { Session } from './session.ts';

export interface PlacedReport {
  /** Absent: none is written. */
  readonly report?: ReportChoice;
  /** What the plan says of it. */
  readonly line: string;
}

/** Another one than the source bucket, where one is named. */
export type NamedBucket = ReportBucket | InaccessibleBucket | null | undefined;

/** @returns the place that the options or repl.yaml name; undefined: none is named. */
export function findNamedPlace({ report }: Pick<BackfillOptions, 'report'>, spec: Spec): S3Place | undefined {
  if (report === false) return undefined;
  return report ?? (spec.backfill.report === undefined ? undefined : usualReportPlace(spec));
}

/** Beside the other reads. */
export async function readNamedBucket(
  { connections, spec }: Pick<Session, 'spec' | 'connections'>,
  place: S3Place | undefined,
): Promise<NamedBucket> {
  if (place === undefined || place.bucket === spec.source.bucket) return undefined;
  return readReportBucket(connections.get('source'), place.bucket);
}

/** @throws Failure `invalid` where the named bucket does not exist; `blocked` where a report surely could not be written there. */
export function placeReport(
  { spec, view, file }: Pick<Session, 'spec' | 'view' | 'file'>,
  options: Pick<BackfillOptions, 'report' | 'fullReport' | 'force'>,
  observed: State,
  named: NamedBucket,
): PlacedReport {
  if (options.report === false)
    return { line: 'none (--no-report): afterwards, s3repl cannot tell which objects failed' };
  const { account } = spec.source;
  const place = findNamedPlace(options, spec);
  const wanted = place ?? usualReportPlace(spec);
  const obstacle = obstacleAt(wanted, named, observed, { spec, file });
  const at = `s3://${wanted.bucket}/${wanted.prefix === '' ? '' : `${wanted.prefix}/`}`;
  if (place === undefined && obstacle) {
    return {
      line: `none in ${at}: ${obstacle.why}. To have one, name another bucket of account ${account}: --report BUCKET/PREFIX, or backfill.report in ${file}`,
    };
  }
  if (obstacle?.isCertain && !options.force) {
    const fix =
      'name another place with --report, or run without a report: --no-report; to start the job anyway: --force';
    throw new Failure('blocked', 'report-refused', `S3 could not write a report to ${at}: ${obstacle.why}`, fix);
  }
  if (obstacle) {
    const message = `perhaps S3 cannot write a report to ${at}: ${obstacle.why}`;
    view.report({ type: 'warning', code: 'report-in-doubt', message, fix: 'the job runs anyway' });
  }
  const full = options.fullReport === true;
  return {
    report: { ...wanted, owner: account, full },
    line: `${full ? 'of all objects' : 'of the objects that fail'}, in ${at}`,
  };
}

function obstacleAt(
  place: S3Place,
  named: NamedBucket,
  observed: State,
  { spec, file }: Pick<Session, 'spec' | 'file'>,
): Obstacle | undefined {
  const { account, region, bucket: source } = spec.source;
  const nameAnother = `name a bucket of account ${account} with --report, or in backfill.report of ${file}`;
  const theirs = spec.destinations.find((one) => one.bucket === place.bucket && one.account !== account);
  if (theirs) {
    throw new Failure(
      'invalid',
      'report-elsewhere',
      `the bucket ${place.bucket} belongs to account ${theirs.account}, but reports have to be in account ${account}`,
      nameAnother,
    );
  }
  const bucket = place.bucket === source ? sourceReportBucket(observed, spec) : named;
  // Without the source bucket there is nothing to replicate, which is said for itself.
  if (place.bucket === source && bucket === undefined) return undefined;
  if (bucket === undefined || bucket === null) {
    throw new Failure('invalid', 'no-report-bucket', `there is no bucket ${place.bucket} for the report`, nameAnother);
  }
  if (!('inaccessible' in bucket)) return findObstacle(place, bucket, observed, spec);
  return bucket.inaccessible === 'wrong-region'
    ? {
        isCertain: false,
        why: `${place.bucket} is in ${bucket.region ?? 'another Region'}, not in ${region}, and AWS does not document whether S3 writes reports there`,
      }
    : {
        isCertain: false,
        why: `${place.bucket} does not belong to account ${account}, or s3repl has no permission to see it (s3:ListBucket)`,
      };
}
