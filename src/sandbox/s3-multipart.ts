import { createHash, randomBytes } from 'node:crypto';
import { type Answer, element, s3Document, s3Empty } from './answer.ts';
import { contentOf, joinContents, keepContent } from './contents.ts';
import { AwsError } from './errors.ts';
import { addPart, addUpload, removeUpload } from './object-store.ts';
import { checkedChecksum, checksumHeader, checksumHeaders, digest, isAlgorithm } from './s3-checksums.ts';
import { CUSTOMER_KEY, customerKeyMd5 } from './s3-customer-key.ts';
import { useKeyForObject } from './s3-kms.ts';
import { newAttributes } from './s3-object-attributes.ts';
import { encryptionHeaders, usesKms } from './s3-object-encryption.ts';
import type { ObjectRequest } from './s3-object-request.ts';
import { checkWriteConditions } from './s3-preconditions.ts';
import { etagOf, sentContent, writeObject, writtenHeaders } from './s3-put-object.ts';
import { document, invalidArgument, invalidRequest } from './s3-request.ts';
import { completeShape } from './s3-shapes.ts';
import type { Checksum, Upload, UploadPart } from './stored-object.ts';

const SMALLEST = 5 * 1024 * 1024;

/** CreateMultipartUpload: what the object will be is decided here, and its key is asked for. */
export function createMultipartUpload(request: ObjectRequest): Answer {
  const { bucket, key, call, now, caller } = request;
  const attributes = newAttributes(request);
  const checksum = askedChecksum(call.headers['x-amz-checksum-algorithm'], call.headers['x-amz-checksum-type']);
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

function askedChecksum(algorithm: string | undefined, type: string | undefined): Upload['checksum'] {
  if (algorithm === undefined) return undefined;
  if (!isAlgorithm(algorithm)) throw invalidRequest('Checksum algorithm provided is unsupported.');
  const chosen = type ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  const impossible = algorithm === 'CRC64NVME' ? 'COMPOSITE' : algorithm.startsWith('SHA') ? 'FULL_OBJECT' : '';
  if (chosen === impossible || (chosen !== 'FULL_OBJECT' && chosen !== 'COMPOSITE')) {
    const words = `The ${chosen} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`;
    throw invalidRequest(words);
  }
  return { algorithm, type: chosen };
}

/** The upload that a request names, which must be for its key. */
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

/** UploadPart. */
export function uploadPart(request: ObjectRequest): Answer {
  const { bucket, key, call, now } = request;
  const number = Number(call.query.partNumber);
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
  const { content, headers } = sentContent(call);
  const checksum = checkedChecksum(headers, content);
  const part: UploadPart = {
    number,
    etag: etagOf(encryption, content),
    md5: createHash('md5').update(content).digest('hex'),
    size: content.length,
    lastModified: now,
    checksum,
    content: keepContent(request, content),
  };
  addPart(upload, part);
  const sent = headers[checksumHeader(checksum.algorithm)] === undefined ? {} : checksumHeaders(checksum);
  const { 'x-amz-checksum-type': _, ...shown } = { 'x-amz-checksum-type': '', ...sent };
  return s3Empty(200, { etag: `"${part.etag}"`, ...encryptionHeaders(encryption), ...shown });
}

function requireSameKey({ call }: ObjectRequest, { attributes: { encryption } }: Upload): void {
  const md5 = customerKeyMd5(call.headers, CUSTOMER_KEY, false);
  if ((md5 === undefined) === (encryption.type === 'SSE-C')) {
    throw invalidRequest(
      'The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.',
    );
  }
  if (encryption.type === 'SSE-C' && md5 !== encryption.keyMd5) {
    throw invalidRequest('The provided encryption parameters did not match the ones used originally.');
  }
}

/** CompleteMultipartUpload. */
export function completeMultipartUpload(request: ObjectRequest): Answer {
  const { bucket, key, call } = request;
  const upload = uploadOf(request);
  const parts = listedParts(request, upload);
  checkWriteConditions(request);
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
  const checksum = checksumOfParts(request, upload, parts, () => contentOf(request, content, size));
  removeUpload(bucket, upload);
  const object = writeObject(request, upload.attributes, {
    size,
    etag: `${md5.digest('hex')}-${parts.length}`,
    checksum,
    content,
    parts: parts.map((part) => part.size),
  });
  const { etag: _, ...written } = writtenHeaders(bucket, object);
  const members = [
    element('Location', `https://${bucket.name}.s3.${bucket.region}.amazonaws.com/${encodeURIComponent(key)}`),
    element('Bucket', bucket.name),
    element('Key', key),
    element('ETag', `"${object.etag}"`),
    element(`Checksum${checksum.algorithm}`, checksum.value),
    element('ChecksumType', checksum.type),
  ];
  const name = 'CompleteMultipartUploadResult';
  const answer = s3Document(name, `<${name}>${members.join('')}</${name}>`);
  return { ...answer, headers: { ...answer.headers, ...written } };
}

function listedParts(request: ObjectRequest, upload: Upload): readonly UploadPart[] {
  const { Parts } = document(request, 'CompleteMultipartUpload', completeShape);
  if (Parts.length === 0) throw invalidRequest('You must specify at least one part');
  if (Parts.some(({ PartNumber }, index) => PartNumber <= (Parts[index - 1]?.PartNumber ?? 0))) {
    const message = 'The list of parts was not in ascending order. Parts must be ordered by part number.';
    throw new AwsError('InvalidPartOrder', 400, message, { UploadId: upload.id });
  }
  return Parts.map((listed, index) => {
    const part = upload.parts[String(listed.PartNumber)];
    const etag = listed.ETag?.replace(/^"|"$/g, '') ?? '';
    const checksum = part === undefined ? undefined : listed[`Checksum${part.checksum.algorithm}`];
    if (part === undefined || part.etag !== etag || (checksum !== undefined && checksum !== part.checksum.value)) {
      throw new AwsError(
        'InvalidPart',
        400,
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        { UploadId: upload.id, PartNumber: String(listed.PartNumber), ETag: etag },
      );
    }
    if (part.size < SMALLEST && index < Parts.length - 1) {
      throw new AwsError('EntityTooSmall', 400, 'Your proposed upload is smaller than the minimum allowed size', {
        ETag: etag,
        MinSizeAllowed: String(SMALLEST),
        PartNumber: String(part.number),
        ProposedSize: String(part.size),
      });
    }
    return part;
  });
}

function checksumOfParts(
  request: ObjectRequest,
  { checksum }: Upload,
  parts: readonly UploadPart[],
  content: () => Buffer,
): Checksum {
  const { algorithm, type } = checksum ?? { algorithm: 'CRC64NVME', type: 'FULL_OBJECT' };
  if (type === 'FULL_OBJECT') return { algorithm, type, value: digest(algorithm, content()).toString('base64') };
  const ofParts = parts.map((part) => digest(algorithm, contentOf(request, part.content, part.size)));
  return { algorithm, type, value: `${digest(algorithm, Buffer.concat(ofParts)).toString('base64')}-${parts.length}` };
}

/** AbortMultipartUpload. */
export function abortMultipartUpload(request: ObjectRequest): Answer {
  removeUpload(request.bucket, uploadOf(request));
  return s3Empty(204);
}
