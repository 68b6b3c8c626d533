import { createHash, randomBytes } from 'node:crypto';
import { contentOf, joinContents, keepContent } from '../store/contents.ts';
import { type Answer, element, s3Document, s3Empty } from '../wire/answer.ts';
import { AwsError } from '../wire/errors.ts';
import { checksumHeader } from './checksums.ts';
import { customerKey, customerKeyMd5 } from './customer-key.ts';
import { useKeyForObject } from './kms.ts';
import {
  checksumOfWhole,
  checkTypeOfCompletion,
  hasPartChecksum,
  partChecksum,
  uploadChecksum,
} from './multipart-checksums.ts';
import { newAttributes } from './object-attributes.ts';
import { encryptionHeaders, usesKms } from './object-encryption.ts';
import type { ObjectRequest } from './object-request.ts';
import { addPart, addUpload, removeUpload, versionsOf } from './object-store.ts';
import { checkCompleteConditions } from './preconditions.ts';
import { etagOf, headersOfWrite, readContent, writeObject } from './put-object.ts';
import { document, invalidArgument, invalidRequest, listLimit } from './request.ts';
import { completeShape } from './shapes.ts';
import type { Checksum, ObjectVersion, StoredObject, Upload, UploadPart } from './stored-object.ts';

const smallestPart = 5 * 1024 * 1024;

/** Decides what the object will be, and uses its encryption key. */
export function createMultipartUpload(request: ObjectRequest): Answer {
  const { bucket, key, call, now, caller } = request;
  const attributes = newAttributes(request);
  const checksum = uploadChecksum(call.headers);
  const { encryption } = attributes;
  if (usesKms(encryption)) useKeyForObject(request, bucket, key, encryption, 'kms:GenerateDataKey');
  const upload: Upload = {
    id: randomBytes(48).toString('base64url'),
    key,
    initiated: now,
    initiator: caller.account,
    attributes,
    ...(checksum === undefined ? {} : { checksum }),
    parts: {},
  };
  addUpload(bucket, upload);
  const members = [element('Bucket', bucket.name), element('Key', key), element('UploadId', upload.id)];
  const name = 'InitiateMultipartUploadResult';
  const answer = s3Document(name, `<${name}>${members.join('')}</${name}>`);
  const algorithm: Record<string, string> =
    checksum === undefined
      ? {}
      : { 'x-amz-checksum-algorithm': checksum.algorithm, 'x-amz-checksum-type': checksum.type };
  return { ...answer, headers: { ...answer.headers, ...encryptionHeaders(encryption), ...algorithm } };
}

/** It must be for the request's object key. */
export function uploadOf({ bucket, call, key }: ObjectRequest): Upload {
  const id = call.query.uploadId ?? '';
  const upload = bucket.uploads[id];
  if (upload?.key === key) return upload;
  throw new AwsError(
    'NoSuchUpload',
    404,
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { UploadId: id },
  );
}

export function uploadPart(request: ObjectRequest): Answer {
  const upload = uploadForPart(request);
  const { content, headers } = readContent(request.call);
  const part = storePart(request, upload, content, partChecksum(upload, headers, content));
  const { algorithm, value } = part.checksum;
  const isShown = upload.checksum !== undefined || headers[checksumHeader(algorithm)] !== undefined;
  return s3Empty(200, {
    etag: `"${part.etag}"`,
    ...encryptionHeaders(upload.attributes.encryption),
    ...(isShown ? { [checksumHeader(algorithm)]: value } : {}),
  });
}

/** The caller may use its encryption key. */
export function uploadForPart(request: ObjectRequest): Upload {
  const { bucket, key, call } = request;
  const number = partNumber(call);
  if (!(Number.isInteger(number) && number >= 1 && number <= 10_000)) {
    const message = 'Part number must be an integer between 1 and 10000, inclusive';
    throw invalidArgument(message, 'partNumber', call.query.partNumber);
  }
  const upload = uploadOf(request);
  const { encryption } = upload.attributes;
  requireSameKey(request, upload);
  if (usesKms(encryption)) {
    for (const action of ['kms:Decrypt', 'kms:GenerateDataKey'] as const) {
      useKeyForObject(request, bucket, key, encryption, action);
    }
  }
  return upload;
}

function partNumber({ query }: ObjectRequest['call']): number {
  return Number(query.partNumber);
}

export function storePart(request: ObjectRequest, upload: Upload, content: Buffer, checksum: Checksum): UploadPart {
  const { call, now } = request;
  const part: UploadPart = {
    number: partNumber(call),
    etag: etagOf(upload.attributes.encryption, content),
    md5: createHash('md5').update(content).digest('hex'),
    size: content.length,
    lastModified: now,
    checksum,
    content: keepContent(request, content),
  };
  addPart(upload, part);
  return part;
}

function requireSameKey({ call }: ObjectRequest, { attributes: { encryption } }: Upload): void {
  const md5 = customerKeyMd5(call.headers, customerKey, false);
  if ((md5 === undefined) === (encryption.type === 'SSE-C')) {
    throw invalidRequest(
      'The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.',
    );
  }
  if (encryption.type === 'SSE-C' && md5 !== encryption.keyMd5) {
    throw invalidRequest('The provided encryption parameters did not match the ones used originally.');
  }
}

/** Completing again gives the same answer, as long as the object exists. */
export function completeMultipartUpload(request: ObjectRequest): Answer {
  const { bucket, key, call } = request;
  const completed = findCompleted(request);
  if (completed !== undefined) return completion(request, completed);
  const upload = uploadOf(request);
  checkTypeOfCompletion(upload, call.headers);
  const parts = selectParts(request, upload);
  checkCompleteConditions(request, upload);
  const { encryption } = upload.attributes;
  if (usesKms(encryption)) useKeyForObject(request, bucket, key, encryption, 'kms:Decrypt');
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const expected = call.headers['x-amz-mp-object-size'];
  if (expected !== undefined && Number(expected) !== size) {
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${expected} does not match what was computed: ${size}`,
    );
  }
  const md5 = createHash('md5').update(Buffer.concat(parts.map((part) => Buffer.from(part.md5, 'hex'))));
  const content = joinContents(request, parts);
  const checksum = checksumOfWhole(upload, call.headers, parts, () => contentOf(request, content, size));
  removeUpload(bucket, upload);
  const object = writeObject(request, upload.attributes, {
    size,
    etag: `${md5.digest('hex')}-${parts.length}`,
    checksum,
    content,
    uploadId: upload.id,
    parts: parts.map((part) => part.size),
    ...(checksum.type === 'COMPOSITE' ? { partChecksums: parts.map((part) => part.checksum.value) } : {}),
  });
  return completion(request, object);
}

function findCompleted({ bucket, key, call }: ObjectRequest): StoredObject | undefined {
  const { uploadId } = call.query;
  return versionsOf(bucket, key).find((version) => isOfUpload(version, uploadId));
}

function isOfUpload(version: ObjectVersion, uploadId: string | undefined): version is StoredObject {
  return !version.deleteMarker && version.uploadId !== undefined && version.uploadId === uploadId;
}

function completion({ bucket, key }: ObjectRequest, object: StoredObject): Answer {
  const { etag: _, ...written } = headersOfWrite(bucket, object);
  const members = [
    element('Location', `https://${bucket.name}.s3.${bucket.region}.amazonaws.com/${encodeURIComponent(key)}`),
    element('Bucket', bucket.name),
    element('Key', key),
    element('ETag', `"${object.etag}"`),
    element(`Checksum${object.checksum.algorithm}`, object.checksum.value),
    element('ChecksumType', object.checksum.type),
  ];
  const name = 'CompleteMultipartUploadResult';
  const answer = s3Document(name, `<${name}>${members.join('')}</${name}>`);
  return { ...answer, headers: { ...answer.headers, ...written } };
}

function selectParts(request: ObjectRequest, upload: Upload): readonly UploadPart[] {
  const { Parts } = document(request, 'CompleteMultipartUpload', completeShape, listLimit);
  if (Parts.length === 0) throw invalidRequest('You must specify at least one part');
  if (Parts.some(({ PartNumber }, index) => PartNumber <= (Parts[index - 1]?.PartNumber ?? 0))) {
    const message = 'The list of parts was not in ascending order. Parts must be ordered by part number.';
    throw new AwsError('InvalidPartOrder', 400, message, { UploadId: upload.id });
  }
  return Parts.map((listed, index) => {
    const part = upload.parts[String(listed.PartNumber)];
    const etag = listed.ETag?.replace(/^"|"$/g, '') ?? '';
    if (part === undefined || part.etag !== etag || !hasPartChecksum(upload, listed, part)) {
      throw new AwsError(
        'InvalidPart',
        400,
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        { UploadId: upload.id, PartNumber: String(listed.PartNumber), ETag: etag },
      );
    }
    if (part.size < smallestPart && index < Parts.length - 1) {
      throw new AwsError('EntityTooSmall', 400, 'Your proposed upload is smaller than the minimum allowed size', {
        ETag: etag,
        MinSizeAllowed: String(smallestPart),
        PartNumber: String(part.number),
        ProposedSize: String(part.size),
      });
    }
    return part;
  });
}

export function abortMultipartUpload(request: ObjectRequest): Answer {
  removeUpload(request.bucket, uploadOf(request));
  return s3Empty(204);
}
