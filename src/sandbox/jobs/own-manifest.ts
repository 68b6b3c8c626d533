/** A manifest that somebody has written: CSV without a header, keys URL-encoded (S3 User Guide, batch-ops-create-job, "Specifying a manifest"). */
import { objectOfArn } from '../../aws/arn.ts';
import { findVersion, latestVersion } from '../s3/object-store.ts';
import type { StoredObject } from '../s3/stored-object.ts';
import { contentOf, type Keeping } from '../store/contents.ts';
import { arnOfBucket, type Bucket, type Role, type SandboxState } from '../store/state.ts';
import type { JobFailure, JobTask } from './job.ts';
import { rightsOf } from './job-role.ts';
import type { OwnManifest } from './job-shapes.ts';

interface Reader extends Keeping {
  readonly state: SandboxState;
  readonly role: Role;
}

interface List {
  readonly tasks: readonly JobTask[];
  /** By name. */
  readonly bucket: string;
}

/** As AWS names it (S3 User Guide of 2023, troubleshooting-batch-operations). */
const invalidContent = 'InvalidManifestContent';

/** No page has it. */
const readFailed = 'ManifestReadFailed';

export function readOwnManifest(reader: Reader, manifest: OwnManifest): List | JobFailure {
  const object = openManifest(reader, manifest);
  if ('code' in object) return object;
  const { Fields = [] } = manifest.Spec;
  const missing = ['Bucket', 'Key'].filter((field) => !Fields.some((one) => one === field));
  if (missing.length > 0) {
    return { code: invalidContent, reason: `Required fields are missing in the schema: ${missing.join(', ')}` };
  }
  return readRows(contentOf(reader, object.content, object.size).toString(), Fields);
}

function invalid(why: string): JobFailure {
  return { code: invalidContent, reason: `The manifest is not valid: ${why}` };
}

function openManifest({ state, role }: Reader, { Location }: OwnManifest): StoredObject | JobFailure {
  const { ObjectArn, ObjectVersionId: version, ETag } = Location;
  const { bucket: name = '', key = '' } = objectOfArn(ObjectArn) ?? {};
  const bucket = state.buckets[name];
  if (bucket === undefined) return { code: readFailed, reason: `${ObjectArn} does not exist.` };
  if (!mayRead(state, role, bucket, key)) {
    return { code: readFailed, reason: 'Reading the manifest is forbidden: AccessDenied' };
  }
  const object = version === undefined ? latestVersion(bucket, key) : findVersion(bucket, key, version);
  if (object === undefined || object.deleteMarker) return { code: readFailed, reason: `${ObjectArn} does not exist.` };
  if (ETag.replaceAll('"', '') !== object.etag) {
    return { code: readFailed, reason: `The ETag of ${ObjectArn} is not the one that the job names.` };
  }
  // S3 User Guide, batch-ops-create-job.
  if (object.encryption.type !== 'SSE-S3' && object.encryption.type !== 'NONE') {
    return { code: readFailed, reason: `CSV manifests with ${object.encryption.type} are not supported.` };
  }
  return object;
}

/** AWS's policy for the role has both; which one a job needs is not documented (S3 User Guide, s3-batch-replication-policies). */
function mayRead(state: SandboxState, role: Role, bucket: Bucket, key: string): boolean {
  const may = rightsOf(state, role, bucket);
  return ['s3:GetObject', 's3:GetObjectVersion'].every((action) => may(action, `${arnOfBucket(bucket)}/${key}`));
}

type Column = NonNullable<OwnManifest['Spec']['Fields']>[number];

function readRows(text: string, columns: readonly Column[]): List | JobFailure {
  const tasks: JobTask[] = [];
  let bucket: string | undefined;
  const place = (column: Column) => columns.indexOf(column);
  for (const [number, fields] of splitRows(text).entries()) {
    const row = `row ${number + 1}`;
    if (fields.length !== columns.length) return invalid(`${row} does not have the columns ${columns}.`);
    const name = fields[place('Bucket')] ?? '';
    bucket ??= name;
    if (name !== bucket) return invalid(`${row} names another bucket than row 1.`);
    const key = decode(fields[place('Key')] ?? '');
    if (key === undefined) return invalid(`${row} has a key that is not URL-encoded.`);
    tasks.push([key, fields[place('VersionId')] ?? '']);
  }
  return bucket === undefined ? invalid('it has no row.') : { tasks, bucket };
}

/** A field with its end, in quotation marks or not. Nothing of s3repl's own reader, so that neither hides a mistake of the other. */
const field = /(?:"((?:[^"]|"")*)"|([^",\n]*?))(,|\r?\n|$)/y;

/** A row that is none ends the list, and has no field. */
function splitRows(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < text.length; ) {
    field.lastIndex = at;
    const [all, quoted, plain = '', end] = field.exec(text) ?? [];
    if (all === undefined) return [...rows, []];
    row.push(quoted?.replaceAll('""', '"') ?? plain);
    at += all.length;
    if (end === ',' && at < text.length) continue;
    if (end === ',') row.push('');
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  return rows;
}

function decode(key: string): string | undefined {
  try {
    return decodeURIComponent(key.replaceAll('+', '%20'));
  } catch {
    return undefined;
  }
}
