import { type Answer, element, s3Document, timeElement } from './answer.ts';
import { canonicalId } from './canonical-id.ts';
import { utf8Order } from './s3-listing.ts';
import { uploadOf } from './s3-multipart.ts';
import type { ObjectRequest } from './s3-object-request.ts';
import { type BucketRequest, invalidArgument } from './s3-request.ts';
import type { Upload } from './stored-object.ts';

/** ListParts. */
export function listParts(request: ObjectRequest): Answer {
  const { bucket, key, call } = request;
  const upload = uploadOf(request);
  const limit = limitOf('max-parts', call.query['max-parts']);
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

/** ListMultipartUploads, without a delimiter. */
export function listMultipartUploads({ bucket, call }: BucketRequest): Answer {
  const { prefix = '', 'key-marker': keyMarker = '', 'upload-id-marker': idMarker = '' } = call.query;
  const limit = limitOf('max-uploads', call.query['max-uploads']);
  const uploads = Object.values(bucket.uploads)
    .filter((upload) => upload.key.startsWith(prefix))
    .toSorted((a, b) => utf8Order(a.key, b.key) || a.initiated - b.initiated);
  const start = uploads.findIndex((upload) => upload.key === keyMarker && upload.id === idMarker) + 1;
  const rest = uploads.slice(start).filter((upload) => start > 0 || utf8Order(upload.key, keyMarker) > 0);
  const page = rest.slice(0, limit);
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
    element('IsTruncated', String(rest.length > page.length)),
    ...shown,
  ];
  const name = 'ListMultipartUploadsResult';
  return s3Document(name, `<${name}>${members.join('')}</${name}>`);
}

function limitOf(name: string, asked = '1000'): number {
  if (!/^\d+$/.test(asked))
    throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, asked);
  return Math.min(Number(asked), 1000);
}

function people({ initiator, attributes }: Upload): readonly string[] {
  return [
    `<Initiator>${element('ID', canonicalId(initiator))}</Initiator>`,
    `<Owner>${element('ID', canonicalId(attributes.owner))}</Owner>`,
    element('StorageClass', attributes.storageClass),
  ];
}
