/** The completion report of a job, as it lies in S3: of any size, with the memory of one piece of it. */
import { createHash, getFips } from 'node:crypto';
import { required } from '../aws/required.ts';
import { catchAbsent } from '../connect/absent.ts';
import type { Connection } from '../connect/connection.ts';
import type { ReportPlace } from '../plan/backfill-jobs.ts';
import {
  type FailureGroup,
  FailureGroups,
  type ReportFile,
  type ReportRow,
  readIndex,
  readRow,
  reportFolder,
  UnreadableReport,
} from '../plan/job-report.ts';
import { CsvReader, type CsvRecord, CsvTooLong } from '../text/csv.ts';
import { pagesOf } from './pages.ts';

const { GetObjectCommand, paginateListObjectsV2 } = required('@aws-sdk/client-s3');

export interface JobReport {
  /** Why tasks failed: all are counted, the first versions of each reason kept. */
  readonly groups: readonly FailureGroup[];
  /** Tasks, as far as they could be read. */
  readonly failed: number;
  /** What could not be read, a sentence each. */
  readonly problems: readonly string[];
}

/** In bytes; an answer that is larger than 16 MiB is not taken for one of AWS (connect/answers.ts). */
const pieceBytes = 4 * 2 ** 20;

/** Of a thousand keys. A report has one result file for many tasks. */
const mostPages = 100;

/**
 * @param at a connection in the Region of the bucket.
 * @param onFailed called for every task that failed.
 * @returns null where there is none: no task was begun, or it could not be written (S3 User Guide, batch-ops-examples-reports).
 * @throws what AWS refuses; UnreadableReport for an index that is none.
 */
export async function readJobReport(
  at: Pick<Connection, 's3'>,
  place: ReportPlace,
  job: string,
  onFailed: (row: ReportRow) => void = () => undefined,
): Promise<JobReport | null> {
  const reader = new ReportReader(at, place, job, onFailed);
  const files = await reader.findFiles();
  if (files === null) return null;
  for (const file of files) await reader.readFile(file);
  return reader.report();
}

/** A result file, with what the index says of it where there is one. */
type FileToRead = Pick<ReportFile, 'key'> & Partial<ReportFile>;

class ReportReader {
  readonly #at: Pick<Connection, 's3'>;
  readonly #place: ReportPlace;
  readonly #folder: string;
  readonly #onFailed: (row: ReportRow) => void;
  readonly #groups = new FailureGroups();
  readonly #problems: string[] = [];
  #failed = 0;

  constructor(at: Pick<Connection, 's3'>, place: ReportPlace, job: string, onFailed: (row: ReportRow) => void) {
    this.#at = at;
    this.#place = place;
    this.#folder = reportFolder(place.prefix, job);
    this.#onFailed = onFailed;
  }

  report(): JobReport {
    return { groups: this.#groups.list(), failed: this.#failed, problems: this.#problems };
  }

  /** The guide and the API reference have a name each for the index; where neither is there, the files speak for themselves. */
  async findFiles(): Promise<readonly FileToRead[] | null> {
    const index = await this.#readText(`${this.#folder}manifest.json`);
    if (index !== null) return this.#chooseFiles(index);
    const keys = await this.#listKeys();
    const named = keys.includes(`${this.#folder}report.json`)
      ? await this.#readText(`${this.#folder}report.json`)
      : null;
    if (named !== null) return this.#chooseFiles(named);
    const results = keys.filter((key) => key.startsWith(`${this.#folder}results/`) && key.endsWith('.csv'));
    if (results.length === 0) return null;
    this.#problems.push(
      `the report has no index: s3repl cannot tell whether ${results.length === 1 ? 'its one result file is' : `its ${results.length} result files are`} all of it`,
    );
    return results.map((key) => ({ key }));
  }

  /** What succeeded is not read. An index may name no other files than those of its own folder: it may not send us elsewhere. */
  #chooseFiles(index: string): readonly FileToRead[] {
    const results = readIndex(index).results.filter(({ status }) => status === 'failed');
    const isOwn = ({ bucket, key }: ReportFile) => bucket === this.#place.bucket && key.startsWith(this.#folder);
    for (const { bucket, key } of results.filter((file) => !isOwn(file))) {
      this.#problems.push(
        `the index names ${key} in ${bucket}, which is outside of the report; s3repl does not read it`,
      );
    }
    return results.filter(isOwn);
  }

  async #listKeys(): Promise<readonly string[]> {
    const keys: string[] = [];
    const { bucket: Bucket } = this.#place;
    const pages = paginateListObjectsV2(
      { client: this.#at.s3 },
      { Bucket, Prefix: this.#folder, ...this.#ownerCheck() },
    );
    for await (const { Contents = [] } of pagesOf(pages, { list: 'S3 ListObjectsV2', most: mostPages })) {
      keys.push(...Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key])));
    }
    return keys;
  }

  #ownerCheck() {
    const { owner } = this.#place;
    return owner === undefined ? {} : { ExpectedBucketOwner: owner };
  }

  async readFile({ key, md5 = '' }: FileToRead): Promise<void> {
    const digest = /^[0-9a-f]{32}$/i.test(md5) && getFips() === 0 ? createHash('md5') : undefined;
    const text = new TextDecoder();
    const csv = new CsvReader();
    const wrong = { count: 0, first: '' };
    try {
      let isThere = false;
      for await (const piece of this.#piecesOf(key)) {
        isThere = true;
        digest?.update(piece);
        this.#take(csv.read(text.decode(piece, { stream: true })), wrong);
      }
      if (!isThere) this.#problems.push(`${key} is not there, or empty, though the report has it`);
      this.#take(csv.finish(), wrong);
    } catch (error) {
      if (!(error instanceof CsvTooLong)) throw error;
      this.#problems.push(`${key}: ${error.message}`);
      return;
    }
    if (wrong.count > 0) {
      this.#problems.push(`${key}: rows that cannot be read: ${wrong.count}; the first one: ${wrong.first}`);
    }
    if (digest !== undefined && digest.digest('hex') !== md5.toLowerCase()) {
      this.#problems.push(`${key} is not as the job wrote it: its MD5 is not the one in the index`);
    }
  }

  #take(records: Iterable<CsvRecord>, wrong: { count: number; first: string }): void {
    for (const record of records) {
      try {
        const row = readRow(record);
        if (row.status !== 'failed') continue;
        this.#failed += 1;
        this.#groups.add(row);
        this.#onFailed(row);
      } catch (error) {
        if (!(error instanceof UnreadableReport)) throw error;
        if (wrong.count === 0) wrong.first = error.message;
        wrong.count += 1;
      }
    }
  }

  async #readText(key: string): Promise<string | null> {
    const text = new TextDecoder();
    let read: string | null = null;
    for await (const piece of this.#piecesOf(key)) read = (read ?? '') + text.decode(piece, { stream: true });
    return read;
  }

  /** Piece by piece, all of one object; nothing where there is none. */
  async *#piecesOf(Key: string): AsyncGenerator<Uint8Array> {
    const { bucket: Bucket } = this.#place;
    let match: { readonly IfMatch?: string } = {};
    for (let start = 0, size = 1; start < size; ) {
      const Range = `bytes=${start}-${start + pieceBytes - 1}`;
      const command = new GetObjectCommand({ Bucket, Key, Range, ...match, ...this.#ownerCheck() });
      // An empty object has no range at all. Later on, both are errors: the object is another one now.
      const absent = start === 0 ? ['NoSuchKey', 'InvalidRange'] : [];
      const answer = await this.#at.s3.send(command).catch(catchAbsent(...absent));
      if (answer === null) return;
      const { Body, ContentRange = '', ETag } = answer;
      const piece = (await Body?.transformToByteArray()) ?? new Uint8Array();
      yield piece;
      start += piece.length;
      size = Number(/\/(\d+)$/.exec(ContentRange)?.[1] ?? start);
      if (piece.length === 0 && start < size) throw new UnreadableReport(`${Key} ends after ${start} of ${size} bytes`);
      match = ETag === undefined ? {} : { IfMatch: ETag };
    }
  }
}
