import { createHash, randomBytes } from 'node:crypto';
import { keepContent } from '../store/contents.ts';
import type { Bucket } from '../store/state.ts';
import { type Answer, s3Empty } from '../wire/answer.ts';
import type { Call } from '../wire/route.ts';
import { decodeChunks } from './aws-chunked.ts';
import { checkChecksum, checksumHeaders } from './checksums.ts';
import { useKeyForObject } from './kms.ts';
import { newAttributes } from './object-attributes.ts';
import { encryptionHeaders, usesKms } from './object-encryption.ts';
import type { ObjectRequest } from './object-request.ts';
import { addVersion, newVersionId } from './object-store.ts';
import { checkWriteConditions } from './preconditions.ts';
import { invalidRequest } from './request.ts';
import type { ObjectAttributes, ObjectEncryption, StoredObject } from './stored-object.ts';

export function putObject(request: ObjectRequest): Answer {
  const { bucket, key } = request;
  const sent = readContent(request.call);
  const attributes = newAttributes(request);
  checkWriteConditions(request);
  if (usesKms(attributes.encryption)) {
    useKeyForObject(request, bucket, key, attributes.encryption, 'kms:GenerateDataKey');
  }
  const object = writeObject(request, attributes, {
    size: sent.content.length,
    etag: etagOf(attributes.encryption, sent.content),
    checksum: checkChecksum(sent.headers, sent.content),
    content: keepContent(request, sent.content),
  });
  return s3Empty(200, { ...headersOfWrite(bucket, object), ...checksumHeaders(object.checksum) });
}

/** Headers include those that came after the content. */
export function readContent({ headers, content }: Call) {
  const isChunked =
    headers['content-encoding']?.includes('aws-chunked') === true ||
    headers['x-amz-content-sha256']?.startsWith('STREAMING-') === true;
  if (!isChunked) return { content, headers };
  const decoded = decodeChunks(content);
  if (decoded === undefined)
    throw invalidRequest('The body does not have the aws-chunked encoding that its headers name.');
  return { content: decoded.content, headers: { ...headers, ...decoded.trailers } };
}

/** Its MD5; with a KMS or customer key, it says nothing about the content. */
export function etagOf(encryption: ObjectEncryption, content: Uint8Array): string {
  const isMd5 = encryption.type === 'SSE-S3' || encryption.type === 'NONE';
  return isMd5 ? createHash('md5').update(content).digest('hex') : randomBytes(16).toString('hex');
}

export function writeObject(
  request: ObjectRequest,
  attributes: ObjectAttributes,
  written: Pick<StoredObject, 'size' | 'etag' | 'checksum' | 'content' | 'uploadId' | 'parts' | 'partChecksums'>,
): StoredObject {
  const { bucket, key, now } = request;
  const object: StoredObject = {
    key,
    versionId: newVersionId(bucket),
    lastModified: now,
    deleteMarker: false,
    ...attributes,
    ...written,
  };
  addVersion(bucket, object);
  request.watch?.newVersion(bucket, object);
  return object;
}

/** Only a bucket with versioning enabled shows the version. */
export function headersOfWrite(bucket: Bucket, { etag, versionId, encryption }: StoredObject): Record<string, string> {
  return {
    etag: `"${etag}"`,
    ...(bucket.versioning === 'Enabled' ? { 'x-amz-version-id': versionId } : {}),
    ...encryptionHeaders(encryption),
  };
}
