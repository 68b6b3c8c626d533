import { unwrapRecorded } from '../store/recorder.ts';
import type { Bucket } from '../store/state.ts';
import { type Answer, element, s3Document, timeElement } from '../wire/answer.ts';
import { indexOf, type ListedUpload } from './bucket-index.ts';
import { canonicalId } from './canonical-id.ts';
import { pageOf } from './listing.ts';
import { uploadOf } from './multipart.ts';
import type { ObjectRequest } from './object-request.ts';
import { type BucketRequest, pageLimit } from './request.ts';
import { compareUtf8 } from './sorted-list.ts';
import type { Upload } from './stored-object.ts';

export function listParts(request: ObjectRequest): Answer {
  const { bucket, key, call } = request;
  const upload = uploadOf(request);
  const limit = pageLimit('max-parts', call.query['max-parts']);
  const marker = Number(call.query['part-number-marker'] ?? '0');
  const parts = Object.values(upload.parts)
    .filter((part) => part.number > marker)
    .toSorted((a, b) => a.number - b.number);
  const page = parts.slice(0, limit);
  const shown = page.map((part) => {
    const { algorithm, value } = part.checksum;
    const members = [
      element('PartNumber', String(part.number)),
      timeElement('LastModified', part.lastModified),
      element('ETag', `"${part.etag}"`),
      element('Size', String(part.size)),
      upload.checksum?.algorithm === algorithm ? element(`Checksum${algorithm}`, value) : '',
    ];
    return `<Part>${members.join('')}</Part>`;
  });
  const members = [
    element('Bucket', bucket.name),
    element('Key', key),
    element('UploadId', upload.id),
    ...people(upload),
    element('PartNumberMarker', String(marker)),
    element('NextPartNumberMarker', String(page.at(-1)?.number ?? 0)),
    element('MaxParts', String(limit)),
    element('IsTruncated', String(parts.length > page.length)),
    ...shown,
  ];
  return s3Document('ListPartsResult', `<ListPartsResult>${members.join('')}</ListPartsResult>`);
}

/** Without a delimiter. */
export function listMultipartUploads({ bucket, call }: BucketRequest): Answer {
  const { prefix = '', 'key-marker': keyMarker = '', 'upload-id-marker': idMarker = '' } = call.query;
  const limit = pageLimit('max-uploads', call.query['max-uploads']);
  const { page, more } = pageOf(uploadsUnder(bucket, prefix, keyMarker, idMarker), limit);
  const last = page.at(-1);
  const shown = page.map((upload) => {
    const members = [
      element('Key', upload.key),
      element('UploadId', upload.id),
      ...people(upload),
      timeElement('Initiated', upload.initiated),
    ];
    return `<Upload>${members.join('')}</Upload>`;
  });
  const members = [
    element('Bucket', bucket.name),
    element('KeyMarker', keyMarker),
    element('UploadIdMarker', idMarker),
    element('NextKeyMarker', last?.key ?? ''),
    element('NextUploadIdMarker', last?.id ?? ''),
    prefix === '' ? '' : element('Prefix', prefix),
    element('MaxUploads', String(limit)),
    element('IsTruncated', String(more)),
    ...shown,
  ];
  const name = 'ListMultipartUploadsResult';
  return s3Document(name, `<${name}>${members.join('')}</${name}>`);
}

/** By key, then by time. The marker's upload may be over: then all uploads of its key are listed. */
function* uploadsUnder(bucket: Bucket, prefix: string, keyMarker: string, idMarker: string): Generator<Upload, void> {
  const { uploads } = indexOf(bucket);
  const read = unwrapRecorded(bucket.uploads);
  const marker = read[idMarker];
  const { initiated } = marker?.key === keyMarker ? marker : { initiated: idMarker === '' ? Infinity : -Infinity };
  const isPast = (other: ListedUpload) =>
    (compareUtf8(other.key, keyMarker) || other.initiated - initiated || compareUtf8(other.id, idMarker)) > 0;
  const begin = uploads.firstWhere((one) => compareUtf8(one.key, prefix) >= 0 && isPast(one));
  for (let index = begin; uploads.at(index)?.key.startsWith(prefix); index++) {
    const upload = read[uploads.at(index)?.id ?? ''];
    if (upload !== undefined) yield upload;
  }
}

function people({ initiator, attributes }: Upload): readonly string[] {
  return [
    `<Initiator>${element('ID', canonicalId(initiator))}</Initiator>`,
    `<Owner>${element('ID', canonicalId(attributes.owner))}</Owner>`,
    element('StorageClass', attributes.storageClass),
  ];
}
