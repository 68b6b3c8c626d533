/** What a job reads and writes besides the objects: a list of somebody's own, and its report. */
import { Failure } from '../events/failure.ts';
import type { JobChoice } from '../plan/job-documents.ts';
import type { State } from '../state/state.ts';
import type { BackfillOptions } from './backfill-options.ts';
import { assertWritable } from './failed-file.ts';
import { type GivenManifest, type ListToUpload, placeManifest, readGivenManifest } from './given-manifest.ts';
import { findNamedPlace, type NamedBucket, placeReport, readNamedBucket } from './place-report.ts';
import type { Session } from './session.ts';

export interface GivenFiles {
  readonly manifest: GivenManifest | undefined;
  readonly bucket: NamedBucket;
}

/** Before anything is sent. @throws Failure `invalid` for a list or a file that cannot be used. */
export async function readGivenFiles(session: Session, options: BackfillOptions): Promise<GivenFiles> {
  if (options.out !== undefined) await assertWritable(options.out);
  const [manifest, bucket] = await Promise.all([
    readGivenManifest(session, options),
    readNamedBucket(session, findNamedPlace(options, session.spec)),
  ]);
  return { manifest, bucket };
}

export interface PlacedFiles {
  readonly choice: JobChoice;
  readonly upload?: ListToUpload;
  /** Objects of the list; absent: S3 makes it, or it is too large to be read here. */
  readonly rows?: number;
  /** For the plan. */
  readonly lines: { readonly list?: string; readonly report: string };
}

/** @throws Failure `blocked` or `invalid` where there is no place for them. */
export function placeFiles(
  session: Session,
  options: BackfillOptions,
  observed: State,
  given: GivenFiles,
): PlacedFiles {
  const placed = placeReport(session, options, observed, given.bucket);
  if (options.out !== undefined && !placed.report) throw noReportFailure();
  const report = placed.report && { report: placed.report };
  if (given.manifest === undefined) return { choice: { ...report }, lines: { report: placed.line } };
  const { manifest, upload, line } = placeManifest(given.manifest, placed);
  const { rows } = given.manifest;
  return {
    choice: { ...report, manifest },
    ...(upload && { upload }),
    ...(rows !== 'unknown' && { rows }),
    lines: { list: line, report: placed.line },
  };
}

function noReportFailure(): Failure {
  return new Failure(
    'invalid',
    'no-report',
    "--out writes the content of the job's report, and there is no place for a report",
    'name a bucket of the source account: --report BUCKET/PREFIX',
  );
}
