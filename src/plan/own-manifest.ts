/** A list of versions that somebody gives to `backfill`, and as S3 Batch Operations wants it. Pure. */
import { createHash } from 'node:crypto';
import type { BucketName } from '../aws/brand.ts';
import { type CsvRecord, CsvTooLong, readCsv } from '../text/csv.ts';
import { quote } from '../text/quote.ts';
import { decodeKey } from './job-report.ts';

export interface ManifestRow {
  readonly key: string;
  /** `null` for the version that has no ID; absent in a list without version IDs. */
  readonly versionId?: string;
}

export interface OwnManifest {
  readonly rows: readonly ManifestRow[];
  /** All rows have one, or none has: S3 Batch Replication wants them for a bucket with versioning (S3 User Guide, s3-batch-replication-batch). */
  readonly hasVersions: boolean;
}

export interface RowProblem {
  /** From 1; absent: it is about the whole list. */
  readonly line?: number;
  readonly message: string;
}

/** Wrong rows, the first ones; `more`: how many further ones there are. */
export interface ManifestProblems {
  readonly problems: readonly RowProblem[];
  readonly more: number;
}

/** Each version once: S3 Batch Operations takes a row for a task, and charges it. */
export function leaveOutRepeats(rows: readonly ManifestRow[]): readonly ManifestRow[] {
  return [...new Map(rows.map((row) => [`${row.versionId ?? ''} ${row.key}`, row])).values()];
}

/** What S3 would take for an object in a list that it reads itself; undefined: nothing. @param text of its first row at least. */
export function explainFirstRow(text: string): string | undefined {
  if (text.startsWith('\ufeff')) return 'begins with a byte order mark, which S3 reads as part of the bucket name';
  const [first] = readCsv(text);
  return first && isHeader(first.fields) ? 'has a header line, which S3 reads as an object' : undefined;
}

export interface ManifestReading {
  /** The source bucket: a row with another one is wrong. */
  readonly bucket: BucketName;
  /** How the list writes keys: as they are, or URL-encoded, as in S3 Inventory and in what s3repl sends. */
  readonly keys: 'plain' | 'url-encoded';
}

const mostProblems = 50;

/** @param text CSV of Bucket, Key and, in all rows or in none, VersionId, with or without these words in its first line. */
export function readManifest(text: string, reading: ManifestReading): OwnManifest | ManifestProblems {
  const rows: ManifestRow[] = [];
  const problems: RowProblem[] = [];
  let more = 0;
  const note = (line: number, message: string) => {
    if (problems.length < mostProblems) problems.push({ line, message });
    else more += 1;
  };
  let first: { readonly line: number; readonly hasVersion: boolean } | undefined;
  try {
    for (const record of readCsv(text)) {
      if (record.line === 1 && isHeader(record.fields)) continue;
      const row = readRow(record, reading);
      if (typeof row === 'string') {
        note(record.line, row);
        continue;
      }
      const hasVersion = row.versionId !== undefined;
      first ??= { line: record.line, hasVersion };
      if (hasVersion !== first.hasVersion) note(record.line, explainVersions(hasVersion, first.line));
      else rows.push(row);
    }
  } catch (error) {
    if (!(error instanceof CsvTooLong)) throw error;
    note(error.line, 'does not end: a quotation mark may be missing');
  }
  if (problems.length > 0) return { problems, more };
  if (first === undefined) return { problems: [{ message: 'there is no row: name at least one object' }], more };
  return { rows, hasVersions: first.hasVersion };
}

/** In capitals, so that no bucket is called like this. */
function isHeader([bucket, key, version]: readonly string[]): boolean {
  return bucket === 'Bucket' && key === 'Key' && (version === undefined || version === 'VersionId');
}

function explainVersions(hasVersion: boolean, first: number): string {
  return hasVersion
    ? `has a version ID, but line ${first} has none: give every row a version ID, or none`
    : `has no version ID, but line ${first} has one: write null for a version without an ID`;
}

/** S3 User Guide, object-keys. */
const longestKey = 1024;

/** "URL-ready" and 1,024 bytes at most (S3 User Guide, versioning-workflows). */
const versionIdPattern = /^[\w.~-]{1,1024}$/;

/** @returns a sentence without its subject where the row is wrong. */
function readRow({ fields, isSound }: CsvRecord, { bucket: wanted, keys }: ManifestReading): ManifestRow | string {
  const [bucket = '', written = '', version = '', ...rest] = fields;
  if (!isSound) return 'has a misplaced quotation mark';
  if (fields.length < 2) return 'has no key: a row is Bucket,Key,VersionId';
  if (rest.length > 0)
    return `has ${fields.length} columns: a row is Bucket,Key,VersionId, with "a,b" for a key with a comma`;
  if (bucket !== wanted) return `names the bucket ${quote(bucket)} instead of ${wanted}`;
  if (keys === 'url-encoded' && !isEncoded(written)) return `has the key ${quote(written)}, which is not URL-encoded`;
  const key = keys === 'plain' ? written : decodeKey(written);
  if (key === '') return 'has an empty key';
  if (/\p{Cs}/u.test(key)) return `has the key ${quote(key)}, which is not valid Unicode text`;
  const bytes = Buffer.byteLength(key);
  if (bytes > longestKey) return `has a key of ${bytes} bytes; S3 allows at most ${longestKey}: ${quote(key)}`;
  if (version === '') return { key };
  if (!versionIdPattern.test(version))
    return `has ${quote(version)} in the place of a version ID, which is not a version ID`;
  return { key, versionId: version };
}

/** Nothing that a URL would have to escape. */
function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
  } catch {
    return false;
  }
  return /^[\x21-\x7e]*$/.test(text);
}

/** Whether a list that is read as plain was probably URL-encoded: each key can be decoded, and at least one would be another. */
export function seemsEncoded({ rows }: OwnManifest): boolean {
  return rows.every(({ key }) => isEncoded(key)) && rows.some(({ key }) => /%[\da-f]{2}/i.test(key));
}

/** As AWS names the columns (API Reference, JobManifestSpec). */
export function manifestFields({ hasVersions }: Pick<OwnManifest, 'hasVersions'>): ('Bucket' | 'Key' | 'VersionId')[] {
  return hasVersions ? ['Bucket', 'Key', 'VersionId'] : ['Bucket', 'Key'];
}

/** Without a header, with keys URL-encoded (S3 User Guide, batch-ops-create-job, "Specifying a manifest"). */
export function manifestText({ rows }: Pick<OwnManifest, 'rows'>, bucket: BucketName): string {
  return rows
    .map(({ key, versionId }) => [bucket, encodeKey(key), ...(versionId === undefined ? [] : [versionId])])
    .map((fields) => `${fields.join(',')}\n`)
    .join('');
}

export interface ManifestFile {
  /** Of the content: a run that was killed, and the next one, upload the same file and ask for the same job (decision 0019). */
  readonly name: string;
  readonly text: string;
  /** That S3 gives it: under SSE-S3 and in one piece, its MD5 (API Reference, Object). */
  readonly etag: string;
}

/** @param bucket the source bucket. */
export function makeManifestFile(manifest: Pick<OwnManifest, 'rows'>, bucket: BucketName): ManifestFile {
  const text = manifestText(manifest, bucket);
  const digest = (algorithm: 'md5' | 'sha256') => createHash(algorithm).update(text).digest('hex');
  return { name: `manifest-${digest('sha256').slice(0, 16)}.csv`, text, etag: digest('md5') };
}

/** Slashes stay, so that people can read it. */
export function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/');
}
