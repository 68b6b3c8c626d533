import { requireCustomerKey, sourceCustomerKey } from './customer-key.ts';
import { readAction, requireRestored } from './get-object.ts';
import { requireAction } from './object-access.ts';
import { findRequestedObject, findRequestedVersion, type ObjectRequest } from './object-request.ts';
import { checkReadConditions } from './preconditions.ts';
import { invalidArgument, invalidRequest, noSuchBucket } from './request.ts';
import type { StoredObject } from './stored-object.ts';

const copySource = 'x-amz-copy-source';

export function sourceRequest(request: ObjectRequest): ObjectRequest {
  const { state, call } = request;
  const [path = '', versionId] = (call.headers[copySource] ?? '').split('?versionId=');
  const [name = '', ...rest] = decodeURIComponent(path).replace(/^\//, '').split('/');
  const key = rest.join('/');
  if (key === '') throw invalidArgument('Invalid copy source object key', copySource, copySource);
  const bucket = state.buckets[name];
  if (bucket === undefined || bucket.partition !== call.partition) throw noSuchBucket(name);
  const query: Record<string, string> = versionId === undefined ? {} : { versionId };
  return { ...request, bucket, key, call: { ...call, operation: 'GetObject', query } };
}

/** Checks the caller's access, the SSE-C key and the conditions on the source. */
export function sourceObject({ call, now }: ObjectRequest, from: ObjectRequest): StoredObject {
  if (isNamed(from) && findRequestedVersion(from).deleteMarker) {
    throw invalidRequest('The source of a copy request may not specifically refer to a delete marker by version id.');
  }
  const source = findRequestedObject(from, readAction(from.call), true);
  requireCustomerKey(source.encryption, call.headers, sourceCustomerKey);
  checkReadConditions(call.headers, source, now, `${copySource}-`);
  requireRestored(source);
  return source;
}

export function requireTagRead(from: ObjectRequest): void {
  const action = isNamed(from) ? 's3:GetObjectVersionTagging' : 's3:GetObjectTagging';
  requireAction(from, from.bucket, action, from.key);
}

function isNamed({ call }: ObjectRequest): boolean {
  return call.query.versionId !== undefined;
}

export function sourceHeader({ bucket }: ObjectRequest, { versionId }: StoredObject): Record<string, string> {
  return bucket.versioning === undefined ? {} : { [`${copySource}-version-id`]: versionId };
}
