import type { Bucket } from '../store/state.ts';
import { AwsError } from '../wire/errors.ts';
import type { Call } from '../wire/route.ts';
import { checksumHeaders } from './checksums.ts';
import { ownerOf, readAskedAcl } from './object-acl.ts';
import { encryptionHeaders, newEncryption } from './object-encryption.ts';
import { lockHeaders, newLock } from './object-lock.ts';
import { type ObjectRequest, versionHeader } from './object-request.ts';
import { tagsOfHeader } from './object-tags.ts';
import { storageClasses } from './shapes.ts';
import type { Checksum, ObjectAttributes, StoredObject } from './stored-object.ts';

type Headers = Readonly<Record<string, string>>;

const keptHeaders = [
  'cache-control',
  'content-disposition',
  'content-language',
  'expires',
  'x-amz-website-redirect-location',
];
const metadataPrefix = 'x-amz-meta-';

/** What the headers set needs actions of its own. */
export function writeActions({ headers }: Call): readonly string[] {
  const further: readonly (readonly [header: string, action: string])[] = [
    ['x-amz-tagging', 's3:PutObjectTagging'],
    ['x-amz-acl', 's3:PutObjectAcl'],
    ['x-amz-object-lock-mode', 's3:PutObjectRetention'],
    ['x-amz-object-lock-legal-hold', 's3:PutObjectLegalHold'],
  ];
  return ['s3:PutObject', ...further.flatMap(([header, action]) => (headers[header] === undefined ? [] : [action]))];
}

/** @throws AwsError S3's, for headers that it does not accept. */
export function newAttributes(request: ObjectRequest): ObjectAttributes {
  const { bucket, caller, now } = request;
  const { headers } = request.call;
  const acl = readAskedAcl(request, bucket) ?? 'private';
  return {
    ...readMetadata(headers),
    storageClass: storageClass(headers),
    tags: tagsOfHeader(headers['x-amz-tagging']),
    acl,
    owner: ownerOf(bucket, caller.account, acl),
    encryption: newEncryption(request, bucket),
    ...newLock(headers, bucket, now),
  };
}

function readMetadata(headers: Headers): Pick<ObjectAttributes, 'headers' | 'metadata'> {
  const encoding = headers['content-encoding']?.split(/, */).filter((name) => name !== 'aws-chunked');
  const kept = Object.entries(headers).filter(([name]) => keptHeaders.includes(name));
  const metadata = Object.entries(headers).filter(([name]) => name.startsWith(metadataPrefix));
  return {
    headers: {
      'content-type': headers['content-type'] ?? 'binary/octet-stream',
      ...Object.fromEntries(kept),
      ...(encoding === undefined || encoding.length === 0 ? {} : { 'content-encoding': encoding.join(',') }),
    },
    metadata: Object.fromEntries(metadata.map(([name, value]) => [name.slice(metadataPrefix.length), value])),
  };
}

function storageClass(headers: Headers): string {
  const asked = headers['x-amz-storage-class'] ?? 'STANDARD';
  if (storageClasses.some((one) => one === asked)) return asked;
  const message = 'The storage class you specified is not valid';
  throw new AwsError('InvalidStorageClass', 400, message, { StorageClassRequested: asked });
}

/** Of GetObject and HeadObject, with the checksum where it is asked for. */
export function objectHeaders(bucket: Bucket, object: StoredObject, checksum?: Checksum): Record<string, string> {
  const metadata = Object.entries(object.metadata).map(([name, value]) => [metadataPrefix + name, value]);
  return {
    ...object.headers,
    ...Object.fromEntries(metadata),
    'accept-ranges': 'bytes',
    etag: `"${object.etag}"`,
    'last-modified': new Date(object.lastModified).toUTCString(),
    ...versionHeader(bucket, object),
    ...encryptionHeaders(object.encryption),
    ...lockHeaders(object),
    ...(object.storageClass === 'STANDARD' ? {} : { 'x-amz-storage-class': object.storageClass }),
    ...(object.replication === undefined ? {} : { 'x-amz-replication-status': object.replication }),
    ...(checksum === undefined ? {} : checksumHeaders(checksum)),
  };
}
