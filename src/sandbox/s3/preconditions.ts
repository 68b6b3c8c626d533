import { AwsError } from '../wire/errors.ts';
import { noSuchKey, type ObjectRequest } from './object-request.ts';
import { latestVersion } from './object-store.ts';
import type { StoredObject, Upload } from './stored-object.ts';

type Headers = Readonly<Record<string, string>>;

/** @param prefix before conditions on a copy's source, which never get 304. @throws AwsError 412 `PreconditionFailed`, 304 (RFC 9110, 13.2.2). */
export function checkReadConditions(headers: Headers, object: StoredObject, now: number, prefix = ''): void {
  const condition = (name: string) => headers[prefix + name.toLowerCase()];
  const match = condition('If-Match');
  const noneMatch = condition('If-None-Match');
  const since = Date.parse(condition('If-Modified-Since') ?? '');
  const until = Date.parse(condition('If-Unmodified-Since') ?? '');
  const modified = Math.floor(object.lastModified / 1000) * 1000;
  const headerName = (name: string) => prefix + name;
  if (match !== undefined && !includes(match, object.etag)) throw preconditionFailed(headerName('If-Match'));
  if (match === undefined && modified > until) throw preconditionFailed(headerName('If-Unmodified-Since'));
  if (noneMatch !== undefined && includes(noneMatch, object.etag)) {
    throw notModified(prefix, headerName('If-None-Match'), object);
  }
  // A date in the future is no condition.
  if (noneMatch === undefined && modified <= since && since <= now) {
    throw notModified(prefix, headerName('If-Modified-Since'), object);
  }
}

/** `If-None-Match: *` and `If-Match` with an ETag, in the words recorded. */
export function checkWriteConditions({ call, bucket, key }: ObjectRequest): void {
  const match = call.headers['if-match'];
  const noneMatch = call.headers['if-none-match'];
  if (match === undefined && noneMatch === undefined) return;
  if (match !== undefined && noneMatch !== undefined) {
    throw notImplementedHeader('If-Match,If-None-Match', 'Multiple conditional request headers present in the request');
  }
  const explainNotAccepted = (name: string) => `We don't accept the provided value of ${name} header for this API`;
  if (noneMatch !== undefined && noneMatch !== '*')
    throw notImplementedHeader('If-None-Match', explainNotAccepted('If-None-Match'));
  if (match === '*') throw notImplementedHeader('If-Match', explainNotAccepted('If-Match'));
  const current = latestVersion(bucket, key);
  const exists = current !== undefined && !current.deleteMarker;
  if (noneMatch !== undefined && exists) throw preconditionFailed('If-None-Match');
  if (match !== undefined && !exists) throw noSuchKey(key);
  if (match !== undefined && exists && !includes(match, current.etag)) throw preconditionFailed('If-Match');
}

/** As for a write, and nobody wrote or deleted it since (recorded, `test_multipart_if_match_with_put`, `test_multipart_if_none_match_with_delete`). */
export function checkCompleteConditions(request: ObjectRequest, upload: Upload): void {
  const { call, bucket, key } = request;
  const condition = ['if-match', 'if-none-match'].find((name) => call.headers[name] !== undefined);
  if (condition === undefined) return;
  checkWriteConditions(request);
  const current = latestVersion(bucket, key);
  const isNewer = current !== undefined && current.lastModified > upload.initiated;
  if (!isNewer && upload.keyDeleted !== true) return;
  const message = 'The conditional request cannot succeed due to a conflicting operation against this resource.';
  const Condition = condition === 'if-match' ? 'If-Match' : 'If-None-Match';
  throw new AwsError('ConditionalRequestConflict', 409, message, { Condition, Key: key });
}

/** Quoted or not. */
function includes(list: string, etag: string): boolean {
  return list === '*' || list.split(',').some((item) => item.trim().replace(/^"|"$/g, '') === etag);
}

function preconditionFailed(condition: string): AwsError {
  const message = 'At least one of the pre-conditions you specified did not hold';
  return new AwsError('PreconditionFailed', 412, message, { Condition: condition });
}

/** A 304 has what caches compare by (RFC 9110, 15.4.5). */
function notModified(prefix: string, condition: string, { etag, lastModified }: StoredObject): AwsError {
  if (prefix !== '') return preconditionFailed(condition);
  const headers = { etag: `"${etag}"`, 'last-modified': new Date(lastModified).toUTCString() };
  return new AwsError('NotModified', 304, 'Not Modified', {}, headers);
}

/** ETag or `*` of the current version: a missing one is 404, a marker under `*` 412 (S3 User Guide, "How to perform conditional deletes"). */
export function checkDeleteCondition({ bucket, key, call }: ObjectRequest, match: string | undefined): void {
  // Only directory buckets have these (recorded, `test_delete_object_if_match_all_non_express`).
  const express = ['x-amz-if-match-last-modified-time', 'x-amz-if-match-size'].find((name) => name in call.headers);
  if (express !== undefined) throw notImplementedHeader(express);
  if (match === undefined) return;
  const current = latestVersion(bucket, key);
  if (current?.deleteMarker === true && match === '*') throw preconditionFailed('If-Match');
  if (current === undefined || current.deleteMarker) throw noSuchKey(key);
  if (!includes(match, current.etag)) throw preconditionFailed('If-Match');
}

function notImplementedHeader(header: string, additionalMessage?: string): AwsError {
  const message = 'A header you provided implies functionality that is not implemented';
  const more = additionalMessage === undefined ? {} : { additionalMessage };
  return new AwsError('NotImplemented', 501, message, { Header: header, ...more });
}
