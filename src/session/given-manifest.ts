/** The list of objects that somebody gives to `backfill`: a file of this machine, or an object in S3. */
import { objectInS3 } from '../config/report-place.ts';
import { Failure } from '../events/failure.ts';
import { readText } from '../files/text-file.ts';
import { readStoredManifest } from '../observe/stored-manifest.ts';
import type { ManifestChoice } from '../plan/job-documents.ts';
import {
  explainFirstRow,
  leaveOutRepeats,
  type ManifestFile,
  type ManifestReading,
  makeManifestFile,
  type OwnManifest,
  readManifest,
  seemsEncoded,
} from '../plan/own-manifest.ts';
import { keyIn, manifestKeys } from '../steps/job-files.ts';
import { countText } from '../text/count-text.ts';
import type { BackfillOptions } from './backfill-options.ts';
import type { PlacedReport } from './place-report.ts';
import type { Session } from './session.ts';

/** What there is of it before a job is asked for. */
export type GivenManifest =
  | (Rows & {
      readonly kind: 'file';
      readonly rows: number;
      readonly hasVersions: boolean;
      readonly file: ManifestFile;
    })
  | (Rows & { readonly kind: 'stored'; readonly choice: ManifestChoice });

interface Rows {
  readonly rows: number | 'unknown';
  /** Rows that name a version again: left out of a file that s3repl uploads. */
  readonly repeats: number;
}

type ManifestOptions = Pick<BackfillOptions, 'manifest' | 'manifestKeys' | 'maxObjects' | 'force'>;

/** In bytes; a larger one is uploaded by whoever has it. */
const mostOfFile = 256 * 2 ** 20;

/** Reads it, and checks every row before anything is sent. @throws Failure `invalid` with the first wrong rows. */
export async function readGivenManifest(
  { spec, connections }: Pick<Session, 'spec' | 'connections'>,
  options: ManifestOptions,
): Promise<GivenManifest | undefined> {
  if (options.manifest === undefined) return undefined;
  const given = await readGiven({ spec, connections }, options.manifest, options);
  const { hasVersions } = given.kind === 'file' ? given : given.choice;
  if (!hasVersions && !options.force) throw noVersionsFailure(options.manifest);
  if (options.maxObjects !== undefined && given.rows !== 'unknown' && given.rows > options.maxObjects)
    throw tooManyFailure(options.manifest, given.rows, options.maxObjects);
  return given;
}

async function readGiven(
  { spec, connections }: Pick<Session, 'spec' | 'connections'>,
  manifest: string,
  { manifestKeys }: ManifestOptions,
): Promise<GivenManifest> {
  const { bucket } = spec.source;
  if (!manifest.startsWith('s3://')) {
    const read = await readLocal(manifest, { bucket, keys: manifestKeys ?? 'plain' }, manifestKeys === undefined);
    const rows = leaveOutRepeats(read.rows);
    return {
      kind: 'file',
      rows: rows.length,
      repeats: read.rows.length - rows.length,
      hasVersions: read.hasVersions,
      file: makeManifestFile({ rows }, bucket),
    };
  }
  const place = objectInS3(manifest);
  if (place === undefined) throw refuse(`${manifest} names no object (write s3://BUCKET/KEY)`);
  const stored = await readStoredManifest(connections.get('source'), place);
  const { text, firstLine, etag, versionId } = stored;
  const wrong = explainFirstRow(firstLine);
  if (wrong !== undefined) throw refuse(`${manifest} ${wrong}`);
  const hasVersions = firstLine.split(',').length > 2;
  if (text === undefined)
    return { kind: 'stored', rows: 'unknown', repeats: 0, choice: { ...place, etag, hasVersions, ...versionId } };
  const read = check(text, manifest, { bucket, keys: 'url-encoded' });
  return {
    kind: 'stored',
    rows: read.rows.length,
    repeats: read.rows.length - leaveOutRepeats(read.rows).length,
    choice: { ...place, etag, hasVersions: read.hasVersions, ...versionId },
  };
}

/** The bucket has versions, as replication wants it (S3 User Guide of 2023, troubleshooting-batch-operations). */
function noVersionsFailure(manifest: string): Failure {
  return refuse(
    `${manifest} has no version IDs: each task would fail, and AWS would charge for it`,
    'write the version ID into each row, and null for a version without one (aws s3api list-object-versions shows them); to start the job anyway: --force',
  );
}

function tooManyFailure(manifest: string, rows: number, most: number): Failure {
  const message = `${manifest} has ${countRows(rows)}, but --max-objects allows ${countText(most)}: s3repl started no job`;
  return new Failure('blocked', 'too-many-objects', message, 'shorten the list, or raise --max-objects');
}

export interface ListToUpload {
  readonly to: ManifestChoice;
  readonly text: string;
}

export interface PlacedManifest {
  readonly manifest: ManifestChoice;
  readonly upload?: ListToUpload;
  readonly line: string;
}

/** Beside the report. @throws Failure `invalid` where there is no place. */
export function placeManifest(given: GivenManifest, { report }: PlacedReport): PlacedManifest {
  const rows = given.rows === 'unknown' ? 'too large to check here' : countRows(given.rows);
  const { repeats } = given;
  if (given.kind === 'stored') {
    const { bucket, key } = given.choice;
    const again = repeats === 0 ? '' : `; ${countRepeats(repeats)} a version again, and costs extra`;
    return { manifest: given.choice, line: `s3://${bucket}/${key} (${rows}${again})` };
  }
  if (report === undefined) {
    const message = 's3repl has to upload the list next to the report, and there is no place for a report';
    throw new Failure('invalid', 'manifest', message, 'name a bucket of the source account: --report BUCKET/PREFIX');
  }
  const { bucket, prefix } = report;
  const { file, hasVersions } = given;
  const keysFrom = keyIn(prefix, manifestKeys);
  const manifest = { bucket, key: keyIn(prefix, file.name), etag: file.etag, hasVersions, keysFrom };
  const again = repeats === 0 ? '' : `, each once (${countRepeats(repeats)} one again)`;
  const line = `${rows}${again}; s3repl uploads the list as s3://${bucket}/${manifest.key}`;
  return { manifest, upload: { to: manifest, text: file.text }, line };
}

function countRows(rows: number): string {
  return rows === 1 ? 'one object' : `${countText(rows)} objects`;
}

function countRepeats(rows: number): string {
  return rows === 1 ? 'one row names' : `${countText(rows)} rows name`;
}

async function readLocal(file: string, reading: ManifestReading, guesses: boolean): Promise<OwnManifest> {
  const text = await readText(file, { most: mostOfFile, refuse });
  if (text === undefined) throw refuse(`there is no file ${file}`);
  const read = check(text, file, reading);
  if (guesses && seemsEncoded(read)) {
    throw refuse(
      `the keys in ${file} look URL-encoded, as in S3 Inventory, but s3repl cannot be sure`,
      'add --manifest-keys url-encoded, or --manifest-keys plain if the keys really contain these percent signs',
    );
  }
  return read;
}

const mostShown = 10;

function check(text: string, name: string, reading: ManifestReading): OwnManifest {
  const read = readManifest(text, reading);
  if ('rows' in read) return read;
  const { problems, more } = read;
  const shown = problems
    .slice(0, mostShown)
    .map(({ line, message }) => (line === undefined ? message : `line ${line} ${message}`));
  const rest = problems.length - shown.length + more;
  throw refuse(
    `${name}: ${shown.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`,
    'correct these rows; s3repl sent nothing to AWS. docs/backfill.md describes the format',
  );
}

function refuse(message: string, fix = 'docs/backfill.md describes the list'): Failure {
  return new Failure('invalid', 'manifest', message, fix);
}
