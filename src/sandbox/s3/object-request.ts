import type { ChangedPart } from '../replication/replication-state.ts';
import type { Bucket } from '../store/state.ts';
import type { Answer } from '../wire/answer.ts';
import { AwsError } from '../wire/errors.ts';
import type { Operation } from '../wire/operation.ts';
import type { Call } from '../wire/route.ts';
import { refusal, refusalOnObject, requireAction } from './object-access.ts';
import { findVersion, latestVersion, updateVersion, type VersionChanges } from './object-store.ts';
import { type BucketRequest, invalidArgument, locateBucket } from './request.ts';
import type { DeleteMarker, ObjectVersion, StoredObject } from './stored-object.ts';

export interface ObjectRequest extends BucketRequest {
  readonly key: string;
}

/** `actions` are checked on the object's ARN. */
export interface ObjectOperation {
  readonly actions: (call: Call) => readonly string[];
  readonly run: (request: ObjectRequest) => Answer;
}

/** `version` where the request names one: `s3:GetObject`, `s3:GetObjectVersion`. */
export function onVersion(current: string, version: string): (call: Call) => readonly string[] {
  return ({ query }) => [query.versionId === undefined ? current : version];
}

export function openObject(operation: Operation, { actions }: ObjectOperation): ObjectRequest {
  const bucket = locateBucket(operation);
  const key = operation.call.key ?? '';
  if (Buffer.byteLength(key) > 1024) {
    throw new AwsError('KeyTooLongError', 400, 'Your key is too long', {
      MaxSizeAllowed: '1024',
      Size: String(Buffer.byteLength(key)),
    });
  }
  const { call } = operation;
  for (const action of actions(call)) if (!isLeftToAcl(bucket, call)) requireAction(operation, bucket, action, key);
  return { ...operation, bucket, key };
}

/** Reading another account's object is decided by its ACL, once the object is known. */
function isLeftToAcl(bucket: Bucket, { operation }: Call): boolean {
  return bucket.ownership !== 'BucketOwnerEnforced' && /^(Get|Head)Object$|ObjectAcl$/.test(operation);
}

/** Only those who may list learn that a key is missing. */
function errorOfMissing(request: ObjectRequest, error: AwsError): AwsError {
  return refusal(request, request.bucket, 's3:ListBucket') ?? error;
}

export function noSuchKey(key: string, headers: Readonly<Record<string, string>> = {}): AwsError {
  return new AwsError('NoSuchKey', 404, 'The specified key does not exist.', { Key: key }, headers);
}

/** By `versionId`, or the current one. @throws AwsError `NoSuchKey`, `NoSuchVersion`, `InvalidArgument` */
export function findRequestedVersion(request: ObjectRequest, versionId = request.call.query.versionId): ObjectVersion {
  const { bucket, key } = request;
  const version = versionId === undefined ? latestVersion(bucket, key) : findNamedVersion(bucket, key, versionId);
  if (version !== undefined) return version;
  throw errorOfMissing(request, versionId === undefined ? noSuchKey(key) : noSuchVersion(key, versionId));
}

/** @throws AwsError `InvalidArgument` for what is no ID. */
export function findNamedVersion(bucket: Bucket, key: string, versionId: string): ObjectVersion | undefined {
  const isId = versionId === 'null' || (bucket.versioning !== undefined && /^[\w.-]{32}$/.test(versionId));
  if (!isId) throw invalidArgument('Invalid version id specified', 'versionId', versionId);
  return findVersion(bucket, key, versionId);
}

export function noSuchVersion(key: string, versionId: string): AwsError {
  const members = { Key: key, VersionId: versionId };
  return new AwsError('NoSuchVersion', 404, 'The specified version does not exist.', members);
}

/** If the caller may do the action. As recorded, a delete marker is 405, but 404 where it is current and its content is asked for. */
export function findRequestedObject(request: ObjectRequest, action: string, markerIsMissing = false): StoredObject {
  const version = findRequestedVersion(request);
  if (version.deleteMarker) throw onMarker(request, version, markerIsMissing);
  const refused = refusalOnObject(request, request.bucket, action, version);
  if (refused) throw refused;
  return version;
}

function onMarker(request: ObjectRequest, marker: DeleteMarker, markerIsMissing: boolean): AwsError {
  const { call, key, bucket } = request;
  const headers = { 'x-amz-delete-marker': 'true', ...versionHeader(bucket, marker) };
  if (call.query.versionId === undefined && markerIsMissing) return errorOfMissing(request, noSuchKey(key, headers));
  const method = /^(Get|Put|Delete|Head)/.exec(call.operation)?.[0].toUpperCase() ?? '';
  const members = { Method: method, ResourceType: 'DeleteMarker' };
  const message = 'The specified method is not allowed against this resource.';
  const named =
    call.query.versionId === undefined ? {} : { 'last-modified': new Date(marker.lastModified).toUTCString() };
  return new AwsError('MethodNotAllowed', 405, message, members, { ...headers, ...named, allow: 'DELETE' });
}

/** A bucket that never had versioning shows none. */
export function versionHeader(bucket: Bucket, version: ObjectVersion): Record<string, string> {
  return bucket.versioning === undefined ? {} : { 'x-amz-version-id': version.versionId };
}

export function changeObject(
  request: ObjectRequest,
  object: StoredObject,
  changes: VersionChanges,
  part: ChangedPart,
): void {
  const changed = updateVersion(request.bucket, object, changes);
  request.watch?.noteChange(request.bucket, changed, part);
}
