import { contentOf } from '../store/contents.ts';
import { type Answer, element, s3Document, timeElement } from '../wire/answer.ts';
import { digest } from './checksums.ts';
import { sourceHeader, sourceObject, sourceRequest } from './copy-source.ts';
import { decrypt } from './get-object.ts';
import { storePart, uploadForPart } from './multipart.ts';
import { encryptionHeaders } from './object-encryption.ts';
import type { ObjectRequest } from './object-request.ts';
import { invalidArgument, invalidRequest } from './request.ts';

const rangeHeader = 'x-amz-copy-source-range';

/** The part is another object, or bytes of it (recorded, `test_upload_part_copy_range`). */
export function uploadPartCopy(request: ObjectRequest): Answer {
  const { call } = request;
  const upload = uploadForPart(request);
  const from = sourceRequest(request);
  const source = sourceObject(request, from);
  const { first, last } = bytesToCopy(call.headers[rangeHeader], source.size);
  decrypt(from, source);
  const content = contentOf(request, source.content, source.size, first, last + 1);
  const algorithm = upload.checksum?.algorithm ?? 'CRC64NVME';
  const value = digest(algorithm, content).toString('base64');
  const part = storePart(request, upload, content, { algorithm, value, type: 'FULL_OBJECT' });
  const members = [
    timeElement('LastModified', part.lastModified),
    element('ETag', `"${part.etag}"`),
    upload.checksum === undefined ? '' : element(`Checksum${algorithm}`, value),
  ];
  const answer = s3Document('CopyPartResult', `<CopyPartResult>${members.join('')}</CopyPartResult>`);
  const headers = { ...encryptionHeaders(upload.attributes.encryption), ...sourceHeader(from, source) };
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

/** All bytes where no range is named. */
function bytesToCopy(range: string | undefined, size: number): { readonly first: number; readonly last: number } {
  if (range === undefined) return { first: 0, last: size - 1 };
  const [, from = '', to = ''] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
  const [first, last] = [Number(from), Number(to)];
  if (from === '' || first > last) {
    throw invalidArgument(
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      rangeHeader,
      range,
    );
  }
  if (first >= size) throw invalidRequest('The specified copy range is invalid for the source object size');
  if (last >= size)
    throw invalidArgument(`Range specified is not valid for source object of size: ${size}`, rangeHeader, range);
  return { first, last };
}
