/** The completion report of a job of S3 Batch Operations: what its files say, and why tasks failed. Pure. */
import { isObject } from '../model/evaluation/element.ts';
import { type FailureCode, failureCodes } from '../model/verdict.ts';
import { keyIn, reportKeys } from '../steps/job-files.ts';
import { type CsvRecord, readCsv } from '../text/csv.ts';

export type TaskStatus = 'succeeded' | 'failed';

const taskStatuses: ReadonlySet<string> = new Set<TaskStatus>(['succeeded', 'failed']);

export class UnreadableReport extends Error {
  override readonly name = 'UnreadableReport';
}

export interface ReportFile {
  readonly status: TaskStatus;
  readonly bucket: string;
  readonly key: string;
  /** As AWS writes it: in hexadecimal. */
  readonly md5: string;
}

export interface ReportIndex {
  /** As AWS says it; not what the columns are: see `readRow`. */
  readonly schema: string;
  readonly results: readonly ReportFile[];
}

export const reportFormat = 'Report_CSV_20180820';

/** Where the files of a job's report are, with a slash at the end (API Reference, JobReport). @param prefix of all reports; may be empty. */
export function reportFolder(prefix: string, job: string): string {
  return keyIn(prefix, `${reportKeys}${job}/`);
}

/** @param text of `manifest.json` (S3 User Guide, batch-ops-examples-reports) or `report.json` (API Reference, JobReport), which say the same. @throws UnreadableReport */
export function readIndex(text: string): ReportIndex {
  const index = parse(text);
  if (!isObject(index)) throw new UnreadableReport('the index of the report is not a JSON object');
  const { Format, ReportSchema, Results } = index;
  if (Format !== reportFormat) {
    throw new UnreadableReport(`the format of the report is ${JSON.stringify(Format)}, not ${reportFormat}`);
  }
  if (!Array.isArray(Results)) throw new UnreadableReport('the index of the report has no list of results');
  return { schema: typeof ReportSchema === 'string' ? ReportSchema : '', results: Results.map(readResult) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UnreadableReport('the index of the report is not JSON', { cause: error });
  }
}

function readResult(result: unknown): ReportFile {
  const { TaskExecutionStatus, Bucket, Key, MD5Checksum } = isObject(result) ? result : {};
  const status = typeof TaskExecutionStatus === 'string' ? readStatus(TaskExecutionStatus) : undefined;
  if (status === undefined || typeof Bucket !== 'string' || typeof Key !== 'string') {
    throw new UnreadableReport(`the index of the report has a result of an unknown kind: ${JSON.stringify(result)}`);
  }
  return { status, bucket: Bucket, key: Key, md5: typeof MD5Checksum === 'string' ? MD5Checksum : '' };
}

function readStatus(text: string): TaskStatus | undefined {
  const status = text.trim().toLowerCase();
  return isTaskStatus(status) ? status : undefined;
}

function isTaskStatus(text: string): text is TaskStatus {
  return taskStatuses.has(text);
}

export interface ReportRow {
  readonly bucket: string;
  readonly key: string;
  /** Absent where the row names none. */
  readonly versionId?: string;
  readonly status: TaskStatus;
  readonly httpStatus?: number;
  /** As AWS writes it, empty where there is none: a word such as `PermanentFailure`, or one of the failure codes of replication. */
  readonly errorCode: string;
  readonly message: string;
}

/** @param text of a result file. @throws UnreadableReport */
export function readRows(text: string): readonly ReportRow[] {
  return [...readCsv(text)].map(readRow);
}

/**
 * A row has no header to go by. The schema that AWS gives has the error code before the HTTP status, its sample rows have them the other way round (S3 User Guide,
 * batch-ops-examples-reports), and other sample rows have no version ID (troubleshooting-batch-operations, 2023).
 * @throws UnreadableReport
 */
export function readRow({ fields, line, isSound }: CsvRecord): ReportRow {
  const at = [3, 2].find((index) => readStatus(fields[index] ?? '') !== undefined);
  const status = readStatus(fields[at ?? -1] ?? '');
  if (!isSound || at === undefined || status === undefined) {
    throw new UnreadableReport(`line ${line} is not a row of a report: ${JSON.stringify(fields).slice(0, 200)}`);
  }
  const [bucket = '', key = '', version = ''] = fields;
  const [first = '', second = '', ...message] = fields.slice(at + 1);
  const isHttpFirst = /^\d{3}$/.test(first) || !/^\d{3}$/.test(second);
  const [http, errorCode] = isHttpFirst ? [first, second] : [second, first];
  return {
    bucket,
    key: decodeKey(key),
    ...(at === 3 && version !== '' && { versionId: version }),
    status,
    ...(/^\d{3}$/.test(http) && { httpStatus: Number(http) }),
    errorCode: /^\d{3}$/.test(http) ? errorCode : [http, errorCode].filter((text) => text !== '').join(' '),
    message: message.join(','),
  };
}

/** URL-encoded, with `+` or `%20` for a space; what is no URL encoding stays as it is. */
export function decodeKey(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll('+', '%20'));
  } catch {
    return encoded;
  }
}

export interface FailedVersion {
  readonly key: string;
  readonly versionId?: string;
}

export interface FailureGroup {
  /** AWS's failure code, or what else the rows say. */
  readonly reason: string;
  /** Where s3repl knows what it means. */
  readonly code?: FailureCode;
  readonly count: number;
  /** The first ones. */
  readonly versions: readonly FailedVersion[];
  /** Of the first one. */
  readonly message: string;
}

/** In no column that AWS documents; a key may be called like a code, so the first three do not count. */
export function failureCodeOf({
  errorCode,
  message,
}: Pick<ReportRow, 'errorCode' | 'message'>): FailureCode | undefined {
  const words = new Set(`${errorCode} ${message}`.split(/[^A-Za-z]+/));
  return failureCodes.find((code) => words.has(code));
}

interface Limits {
  /** Versions of each reason that are kept. */
  readonly versions: number;
  /** What further reasons there are is counted as `otherReasons`. */
  readonly reasons: number;
}

export const otherReasons = 'other reasons';

const usualLimits: Limits = { versions: 20, reasons: 100 };

/** Counts all failures, and keeps some: it takes as little memory for a billion rows. */
export class FailureGroups {
  readonly #limits: Limits;
  readonly #groups = new Map<string, { group: Omit<FailureGroup, 'count'>; count: number }>();

  constructor(limits: Partial<Limits> = {}) {
    this.#limits = { ...usualLimits, ...limits };
  }

  add(row: ReportRow): void {
    if (row.status !== 'failed') return;
    const found = this.#find(row);
    found.count += 1;
    const { versions } = found.group;
    if (versions.length >= this.#limits.versions) return;
    const { key, versionId } = row;
    const version = { key, ...(versionId !== undefined && { versionId }) };
    found.group = { ...found.group, versions: [...versions, version] };
  }

  #find(row: ReportRow) {
    const code = failureCodeOf(row);
    const named = code ?? reasonOf(row);
    const isFull = this.#groups.size >= this.#limits.reasons && !this.#groups.has(named);
    const reason = isFull ? otherReasons : named;
    const { message } = row;
    const group = { reason, ...(!isFull && code && { code }), versions: [], message };
    const found = this.#groups.get(reason) ?? { group, count: 0 };
    this.#groups.set(reason, found);
    return found;
  }

  /** The most frequent reason first. */
  list(): readonly FailureGroup[] {
    return [...this.#groups.values()]
      .map(({ group, count }) => ({ ...group, count }))
      .toSorted((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
  }
}

function reasonOf({ errorCode, httpStatus }: ReportRow): string {
  if (errorCode !== '') return errorCode;
  return httpStatus === undefined ? 'no reason given' : `HTTP ${httpStatus}`;
}

/** By reason. @param rows those of tasks that succeeded do not count. */
export function groupFailures(rows: Iterable<ReportRow>, limits: Partial<Limits> = {}): readonly FailureGroup[] {
  const groups = new FailureGroups(limits);
  for (const row of rows) groups.add(row);
  return groups.list();
}
