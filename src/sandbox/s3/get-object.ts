import { contentOf } from '../store/contents.ts';
import { type Answer, s3Empty } from '../wire/answer.ts';
import { AwsError } from '../wire/errors.ts';
import type { Call } from '../wire/route.ts';
import { customerKey, requireCustomerKey } from './customer-key.ts';
import { useKeyForObject } from './kms.ts';
import { refusalOnObject } from './object-access.ts';
import { objectHeaders } from './object-attributes.ts';
import { usesKms } from './object-encryption.ts';
import { findRequestedObject, type ObjectRequest, onVersion } from './object-request.ts';
import { checkReadConditions } from './preconditions.ts';
import { type Part, partOf } from './range.ts';
import type { Checksum, StoredObject } from './stored-object.ts';

const overridable = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

export const readActions = onVersion('s3:GetObject', 's3:GetObjectVersion');

export function readAction(call: Call): string {
  return readActions(call)[0] ?? '';
}

const tagReadActions = onVersion('s3:GetObjectTagging', 's3:GetObjectVersionTagging');

/** Checks the caller's access, the SSE-C key and the conditions. */
export function readObject(request: ObjectRequest): StoredObject {
  const { headers } = request.call;
  const object = findRequestedObject(request, readAction(request.call), true);
  requireCustomerKey(object.encryption, headers, customerKey);
  checkReadConditions(headers, object, request.now);
  return object;
}

export function getObject(request: ObjectRequest): Answer {
  const object = readObject(request);
  requireRestored(object);
  decrypt(request, object);
  const part = partOf(request.call, object);
  const [start, end] = part === undefined ? [0, object.size] : [part.start, part.end + 1];
  const body = contentOf(request, object.content, object.size, start, end);
  return { ...answerObject(request, object, part), body };
}

/** KMS is asked only for the checksum, which is encrypted with the object. */
export function headObject(request: ObjectRequest): Answer {
  const object = readObject(request);
  if (wantsChecksum(request.call)) decrypt(request, object);
  return answerObject(request, object, partOf(request.call, object));
}

/** Uses the key of an SSE-KMS object as the caller. */
export function decrypt(request: ObjectRequest, object: StoredObject, bucket = request.bucket): void {
  if (usesKms(object.encryption)) useKeyForObject(request, bucket, object.key, object.encryption, 'kms:Decrypt');
}

export function requireRestored({ storageClass }: StoredObject): void {
  if (storageClass !== 'GLACIER' && storageClass !== 'DEEP_ARCHIVE') return;
  const message = "The operation is not valid for the object's storage class";
  throw new AwsError('InvalidObjectState', 403, message, { StorageClass: storageClass });
}

function wantsChecksum({ headers }: Call): boolean {
  return headers['x-amz-checksum-mode'] === 'ENABLED';
}

function answerObject(request: ObjectRequest, object: StoredObject, part: Part | undefined): Answer {
  const { bucket, call } = request;
  const { size, tags, parts } = object;
  // "When you have the relevant permission to read object tags" (API: HeadObject, x-amz-tagging-count).
  const [tagAction = ''] = tagReadActions(call);
  const showsTags = tags.length > 0 && refusalOnObject(request, bucket, tagAction, object) === undefined;
  const overrides = overridable.flatMap((name) => {
    const value = call.query[`response-${name}`];
    return value === undefined ? [] : [[name, value]];
  });
  return s3Empty(part === undefined ? 200 : 206, {
    ...objectHeaders(bucket, object, wantsChecksum(call) ? checksumOf(object, part) : undefined),
    ...Object.fromEntries(overrides),
    'content-length': String(part === undefined ? size : part.end - part.start + 1),
    ...(part === undefined ? {} : { 'content-range': `bytes ${part.start}-${part.end}/${size}` }),
    ...(showsTags ? { 'x-amz-tagging-count': String(tags.length) } : {}),
    ...(part?.number !== undefined && parts !== undefined ? { 'x-amz-mp-parts-count': String(parts.length) } : {}),
  });
}

/** Of the whole, or of one part where the object's checksum is composite. */
function checksumOf({ checksum, partChecksums, size }: StoredObject, part: Part | undefined): Checksum | undefined {
  const value = part?.number === undefined ? undefined : partChecksums?.[part.number - 1];
  if (value !== undefined) return { ...checksum, value };
  return part === undefined || (part.start === 0 && part.end === size - 1) ? checksum : undefined;
}
