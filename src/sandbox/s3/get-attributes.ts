import { type Answer, element, s3Document } from '../wire/answer.ts';
import type { Call } from '../wire/route.ts';
import { readObject } from './get-object.ts';
import { type ObjectRequest, versionHeader } from './object-request.ts';
import { invalidArgument, pageLimit, wholeNumber } from './request.ts';
import type { StoredObject } from './stored-object.ts';

export function getObjectAttributes(request: ObjectRequest): Answer {
  const { bucket, call } = request;
  const object = readObject(request);
  const asked = call.headers['x-amz-object-attributes']?.split(',').map((name) => name.trim());
  if (asked === undefined) throw invalidArgument('No attributes were specified', 'x-amz-object-attributes');
  const { algorithm, value, type } = object.checksum;
  // Here the parts, not the checksum, tell how many there are.
  const checksum = element(`Checksum${algorithm}`, value.replace(/-\d+$/, '')) + element('ChecksumType', type);
  const members: readonly (readonly [name: string, xml: string])[] = [
    ['ETag', element('ETag', object.etag)],
    ['Checksum', `<Checksum>${checksum}</Checksum>`],
    ['ObjectParts', asked.includes('ObjectParts') ? objectParts(call, object) : ''],
    ['StorageClass', element('StorageClass', object.storageClass)],
    ['ObjectSize', element('ObjectSize', String(object.size))],
  ];
  const name = 'GetObjectAttributesResponse';
  const xml = members.map(([member, text]) => (asked.includes(member) ? text : '')).join('');
  const answer = s3Document(name, `<${name}>${xml}</${name}>`);
  const modified = { 'last-modified': new Date(object.lastModified).toUTCString() };
  return { ...answer, headers: { ...answer.headers, ...modified, ...versionHeader(bucket, object) } };
}

/** One by one only where each has its checksum (recorded, `test_complete_multipart_parts_checksum_composite`). */
function objectParts({ headers }: Call, { parts, partChecksums, checksum }: StoredObject): string {
  if (parts === undefined) return '';
  const count = element('PartsCount', String(parts.length));
  if (partChecksums === undefined) return `<ObjectParts>${count}</ObjectParts>`;
  const most = pageLimit('x-amz-max-parts', headers['x-amz-max-parts']);
  const marker = wholeNumber('x-amz-part-number-marker', headers['x-amz-part-number-marker'], 0);
  const after = partChecksums.map((value, index) => ({ value, number: index + 1 })).slice(marker);
  const page = after.slice(0, most);
  const members = [
    count,
    element('PartNumberMarker', String(marker)),
    element('NextPartNumberMarker', String(page.at(-1)?.number ?? 0)),
    element('MaxParts', String(most)),
    element('IsTruncated', String(after.length > page.length)),
    ...page.map(({ value, number }) => {
      const size = element('Size', String(parts[number - 1]));
      return `<Part>${element('PartNumber', String(number))}${size}${element(`Checksum${checksum.algorithm}`, value)}</Part>`;
    }),
  ];
  return `<ObjectParts>${members.join('')}</ObjectParts>`;
}
