/** `--out`: every version that a job could not replicate, for a spreadsheet or a program. */
import { AtomicFile } from '../files/write-file.ts';
import type { ReportRow } from '../plan/job-report.ts';
import { csvLine } from '../text/csv.ts';

const titles = ['Bucket', 'Key', 'VersionId', 'HTTPStatusCode', 'ErrorCode', 'ResultMessage'];

/** Keys are as they are, not URL-encoded. */
export class FailedFile {
  readonly #file: AtomicFile;

  private constructor(file: AtomicFile) {
    this.#file = file;
    file.write(csvLine(titles));
  }

  static async open(name: string): Promise<FailedFile> {
    return new FailedFile(await AtomicFile.open(name));
  }

  add({ bucket, key, versionId = '', httpStatus, errorCode, message }: ReportRow): void {
    this.#file.write(csvLine([bucket, key, versionId, httpStatus?.toString() ?? '', errorCode, message]));
  }

  keep(): void {
    this.#file.keep();
  }

  discard(): void {
    this.#file.discard();
  }
}

/** Before a job runs for hours. @throws Failure `invalid` where the file could not be written. */
export async function assertWritable(name: string): Promise<void> {
  (await AtomicFile.open(name)).discard();
}
