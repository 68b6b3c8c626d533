import { unwrapRecorded } from '../store/recorder.ts';
import type { Bucket } from '../store/state.ts';
import { type Answer, element, s3Document, timeElement } from '../wire/answer.ts';
import { indexOf } from './bucket-index.ts';
import { canonicalId } from './canonical-id.ts';
import { keysUnder, type Listed, pageOf } from './listing.ts';
import { latestVersion, versionsOf } from './object-store.ts';
import { type BucketRequest, invalidArgument, pageLimit } from './request.ts';
import type { ObjectVersion, StoredObject } from './stored-object.ts';

interface ListQuestion {
  readonly prefix: string;
  readonly delimiter: string;
  readonly limit: number;
  /** Encodes a key for `encoding-type=url`. */
  readonly text: (key: string) => string;
}

function questionOf({ call: { query } }: BucketRequest): ListQuestion {
  const { prefix = '', delimiter = '', 'max-keys': most, 'encoding-type': encoding } = query;
  const limit = pageLimit('max-keys', most);
  if (encoding !== undefined && encoding !== 'url') {
    throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', encoding);
  }
  const text = (key: string) => (encoding === 'url' ? encodeURIComponent(key).replaceAll('%2F', '/') : key);
  return { prefix, delimiter, limit, text };
}

export function listObjectsV2(request: BucketRequest): Answer {
  const { query } = request.call;
  const question = questionOf(request);
  const token = query['continuation-token'];
  const after = token === undefined ? (query['start-after'] ?? '') : Buffer.from(token, 'base64').toString();
  const { page, more, last } = currentObjects(request, question, after);
  const next = more ? element('NextContinuationToken', Buffer.from(last).toString('base64')) : '';
  const withOwner = query['fetch-owner'] === 'true';
  return result('ListBucketResult', [
    ...head(request, question, more),
    element('KeyCount', String(page.length)),
    token === undefined ? '' : element('ContinuationToken', token),
    next,
    query['start-after'] === undefined ? '' : element('StartAfter', question.text(query['start-after'])),
    ...contents(page, question, withOwner),
  ]);
}

export function listObjects(request: BucketRequest): Answer {
  const { query } = request.call;
  const question = questionOf(request);
  const { page, more, last } = currentObjects(request, question, query.marker ?? '');
  return result('ListBucketResult', [
    ...head(request, question, more),
    element('Marker', question.text(query.marker ?? '')),
    more && question.delimiter !== '' ? element('NextMarker', question.text(last)) : '',
    ...contents(page, question, true),
  ]);
}

/** Newest first for each key. */
export function listObjectVersions(request: BucketRequest): Answer {
  const { bucket, call } = request;
  const question = questionOf(request);
  const { 'key-marker': keyMarker = '', 'version-id-marker': versionMarker = '' } = call.query;
  if (versionMarker !== '' && keyMarker === '') {
    throw invalidArgument(
      'A version-id marker cannot be specified without a key marker.',
      'version-id-marker',
      versionMarker,
    );
  }
  const { page, more } = pageOf(versionsUnder(bucket, question, keyMarker, versionMarker), question.limit);
  const last = page.at(-1);
  const xml = page.map((item) =>
    'isPrefix' in item ? commonPrefix(item.key, question) : versionElement(request, item, question),
  );
  return result('ListVersionsResult', [
    ...head(request, question, more),
    element('KeyMarker', question.text(keyMarker)),
    element('VersionIdMarker', versionMarker),
    more && last !== undefined ? element('NextKeyMarker', question.text(last.key)) : '',
    more && last !== undefined && 'versionId' in last ? element('NextVersionIdMarker', last.versionId) : '',
    ...xml,
  ]);
}

function* versionsUnder(
  recordedBucket: Bucket,
  { prefix, delimiter }: ListQuestion,
  keyMarker: string,
  versionMarker: string,
): Generator<Listed | ObjectVersion, void> {
  const bucket = { objects: unwrapRecorded(recordedBucket.objects) };
  if (versionMarker !== '' && keyMarker.startsWith(prefix)) yield* newestFirst(bucket, keyMarker, versionMarker);
  for (const item of keysUnder(indexOf(recordedBucket).keys, prefix, delimiter, keyMarker)) {
    if (item.isPrefix) yield item;
    else yield* newestFirst(bucket, item.key);
  }
}

/** @param after gives only what follows this version; one that is gone counts as before all. */
function* newestFirst(bucket: Pick<Bucket, 'objects'>, key: string, after?: string): Generator<ObjectVersion, void> {
  const versions = versionsOf(bucket, key);
  const marker = after === undefined ? -1 : versions.findLastIndex(({ versionId }) => versionId === after);
  for (let index = (marker === -1 ? versions.length : marker) - 1; index >= 0; index--) {
    const version = versions[index];
    if (version !== undefined) yield version;
  }
}

function currentObjects({ bucket }: BucketRequest, { prefix, delimiter, limit }: ListQuestion, after: string) {
  const { page: items, more } = pageOf(keysUnder(indexOf(bucket).current, prefix, delimiter, after), limit);
  const read = { objects: unwrapRecorded(bucket.objects) };
  const page = items.flatMap((item): readonly (Listed | StoredObject)[] => {
    if (item.isPrefix) return [item];
    const version = latestVersion(read, item.key);
    return version === undefined || version.deleteMarker ? [] : [version];
  });
  return { page, more, last: items.at(-1)?.key ?? '' };
}

function head({ bucket, call }: BucketRequest, question: ListQuestion, more: boolean): readonly string[] {
  return [
    element('Name', bucket.name),
    element('Prefix', question.text(question.prefix)),
    question.delimiter === '' ? '' : element('Delimiter', question.text(question.delimiter)),
    element('MaxKeys', String(question.limit)),
    call.query['encoding-type'] === undefined ? '' : element('EncodingType', 'url'),
    element('IsTruncated', String(more)),
  ];
}

function contents(
  page: readonly (StoredObject | Listed)[],
  question: ListQuestion,
  withOwner: boolean,
): readonly string[] {
  return page.map((item) => {
    if ('isPrefix' in item) return commonPrefix(item.key, question);
    return `<Contents>${element('Key', question.text(item.key))}${objectElement(item)}${withOwner ? owner(item) : ''}</Contents>`;
  });
}

function commonPrefix(prefix: string, { text }: ListQuestion): string {
  return `<CommonPrefixes>${element('Prefix', text(prefix))}</CommonPrefixes>`;
}

function objectElement({ lastModified, etag, size, storageClass, checksum }: StoredObject): string {
  return [
    timeElement('LastModified', lastModified),
    `<ETag>&quot;${etag}&quot;</ETag>`,
    element('ChecksumAlgorithm', checksum.algorithm),
    element('ChecksumType', checksum.type),
    element('Size', String(size)),
    element('StorageClass', storageClass),
  ].join('');
}

function owner(version: ObjectVersion): string {
  return `<Owner>${element('ID', canonicalId(version.owner))}</Owner>`;
}

function versionElement({ bucket }: BucketRequest, version: ObjectVersion, { text }: ListQuestion): string {
  const isLatest = latestVersion({ objects: unwrapRecorded(bucket.objects) }, version.key) === version;
  const named = [
    element('Key', text(version.key)),
    element('VersionId', version.versionId),
    element('IsLatest', String(isLatest)),
  ].join('');
  if (version.deleteMarker) {
    return `<DeleteMarker>${named}${timeElement('LastModified', version.lastModified)}${owner(version)}</DeleteMarker>`;
  }
  return `<Version>${named}${objectElement(version)}${owner(version)}</Version>`;
}

function result(name: string, members: readonly string[]): Answer {
  return s3Document(name, `<${name}>${members.join('')}</${name}>`);
}
