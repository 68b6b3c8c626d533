/** The completion report of a job (S3 User Guide, batch-ops-examples-reports). */
import { createHash } from 'node:crypto';
import { bucketNameIn } from '../../aws/arn.ts';
import type { Replicator } from '../replication/replicator.ts';
import { checkChecksum } from '../s3/checksums.ts';
import { ownerOf } from '../s3/object-acl.ts';
import { defaultRetention } from '../s3/object-lock.ts';
import { addVersion, newVersionId } from '../s3/object-store.ts';
import type { StoredObject } from '../s3/stored-object.ts';
import { type Keeping, keepContent } from '../store/contents.ts';
import { arnOfBucket, type Bucket, type SandboxState } from '../store/state.ts';
import { type Job, type JobFailure, sourceOf } from './job.ts';
import { assumeJobRole, rightsOf } from './job-role.ts';
import { missingVersionId } from './job-task.ts';

interface Writer extends Keeping {
  readonly state: SandboxState;
  readonly replicator: Replicator;
}

/** Where the files go, and whose they are. */
interface Place {
  readonly bucket: Bucket;
  readonly account: string;
}

/** AWS does not say how many it writes into one; here few, so that several files are nothing rare. */
const rowsInFile = 100;

/** The text is AWS's (S3 User Guide, replication-troubleshoot), the code is not documented. */
const notWritten: JobFailure = {
  code: 'ReportWriteFailed',
  reason: 'The job report could not be written to your report bucket. Please check your permissions.',
};

type Status = 'succeeded' | 'failed';

/** Of the tasks that were begun: where there is none, there is no report. Gives why it could not be written. */
export function writeReport(writer: Writer, job: Job): JobFailure | undefined {
  const { Report } = job.request;
  const begun = job.succeeded + job.failed;
  if (!Report.Enabled || begun === 0) return undefined;
  const bucket = writer.state.buckets[bucketNameIn(Report.Bucket ?? '')];
  const folder = `${Report.Prefix === undefined ? '' : `${Report.Prefix}/`}job-${job.id}`;
  if (bucket === undefined || !mayWrite(writer.state, job, bucket, folder)) return notWritten;
  const place = { bucket, account: job.account };
  const statuses: readonly Status[] = Report.ReportScope === 'FailedTasksOnly' ? ['failed'] : ['succeeded', 'failed'];
  const Results = statuses.flatMap((status) =>
    filesOf(rowsOf(job, begun, status)).map((text, number) => {
      const Key = `${folder}/results/${digestOf('sha1', `${job.id} ${status} ${number}`)}.csv`;
      write(writer, place, { key: Key, text, type: 'text/csv' });
      return { TaskExecutionStatus: status, Bucket: bucket.name, MD5Checksum: digestOf('md5', text), Key };
    }),
  );
  const index = {
    Format: Report.Format,
    ReportCreationDate: new Date(writer.state.now).toISOString(),
    Results,
    ReportSchema: 'Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage',
  };
  write(writer, place, {
    key: `${folder}/manifest.json`,
    text: JSON.stringify(index, null, 4),
    type: 'application/json',
  });
  return undefined;
}

/** Nothing is written where Object Lock has a default retention (S3 User Guide of 2023, troubleshooting-batch-operations). Always SSE-S3. */
function mayWrite(state: SandboxState, job: Job, bucket: Bucket, folder: string): boolean {
  const role = assumeJobRole(state, job);
  if (role === undefined || defaultRetention(bucket, state.now) !== undefined) return false;
  const may = rightsOf(state, role, bucket);
  const keys = { 's3:x-amz-server-side-encryption': 'AES256' };
  return ['manifest.json', `results/${digestOf('sha1', job.id)}.csv`].every((name) =>
    may('s3:PutObject', `${arnOfBucket(bucket)}/${folder}/${name}`, keys),
  );
}

function filesOf(rows: readonly string[]): readonly string[] {
  const files = Math.ceil(rows.length / rowsInFile);
  return Array.from({ length: files }, (_, at) => rows.slice(at * rowsInFile, (at + 1) * rowsInFile).join(''));
}

/** The HTTP status before the code, as in the sample rows, though the schema has them the other way round. */
function rowsOf(job: Job, begun: number, wanted: Status): readonly string[] {
  const { tasks = [], taskFailures } = job;
  const bucket = sourceOf(job);
  return tasks.slice(0, begun).flatMap(([key, versionId], number) => {
    const code = taskFailures[String(number)];
    if ((code === undefined) !== (wanted === 'succeeded')) return [];
    // As Java encodes form data, which S3 does in S3 Inventory; for reports nobody has recorded it.
    const name = encodeURIComponent(key).replaceAll('%20', '+');
    const end =
      code === undefined ? '200,,Successful' : `${code === missingVersionId ? 400 : 200},${code},${messageOf(code)}`;
    return [`${bucket},${name},${versionId},${wanted},${end}\n`];
  });
}

function messageOf(code: string): string {
  return code === missingVersionId ? 'Task failed due to missing VersionId' : `"Replication failed, with ""${code}"""`;
}

function write(
  writer: Writer,
  { bucket, account }: Place,
  { key, text, type }: { readonly key: string; readonly text: string; readonly type: string },
): void {
  const content = Buffer.from(text);
  const object: StoredObject = {
    key,
    versionId: newVersionId(bucket),
    lastModified: writer.state.now,
    deleteMarker: false,
    headers: { 'content-type': type },
    metadata: {},
    storageClass: 'STANDARD',
    tags: [],
    acl: 'private',
    owner: ownerOf(bucket, account, 'private'),
    encryption: { type: 'SSE-S3' },
    size: content.length,
    etag: digestOf('md5', content),
    checksum: checkChecksum({}, content),
    content: keepContent(writer, content),
  };
  addVersion(bucket, object);
  writer.replicator.newVersion(bucket, object);
}

function digestOf(algorithm: 'md5' | 'sha1', content: string | Uint8Array): string {
  return createHash(algorithm).update(content).digest('hex');
}
