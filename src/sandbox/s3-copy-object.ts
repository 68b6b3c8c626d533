import { type Answer, element, s3Document, timeElement } from './answer.ts';
import { contentOf } from './contents.ts';
import type { Call } from './route.ts';
import { digest } from './s3-checksums.ts';
import { requireCustomerKey, SOURCE_CUSTOMER_KEY } from './s3-customer-key.ts';
import { decrypt, readAction, requireRestored } from './s3-get-object.ts';
import { useKeyForObject } from './s3-kms.ts';
import { requireAction } from './s3-object-access.ts';
import { newAttributes } from './s3-object-attributes.ts';
import { usesKms } from './s3-object-encryption.ts';
import { type ObjectRequest, requestedObject, requestedVersion } from './s3-object-request.ts';
import { checkReadConditions, checkWriteConditions } from './s3-preconditions.ts';
import { etagOf, writeObject, writtenHeaders } from './s3-put-object.ts';
import { invalidArgument, invalidRequest, noSuchBucket } from './s3-request.ts';
import type { Checksum, StoredObject } from './stored-object.ts';

const SOURCE = 'x-amz-copy-source';

/** CopyObject. What the copy takes over are metadata and tags; encryption, class, ACL and lock are those of a new object. */
export function copyObject(request: ObjectRequest): Answer {
  const { bucket, key, call } = request;
  const from = sourceRequest(request);
  const source = sourceObject(request, from);
  const asked = newAttributes(request);
  checkWriteConditions(request);
  refuseNoChange(request, from, source);
  const attributes = {
    ...asked,
    ...(replaces(call, 'metadata') ? {} : { metadata: source.metadata, headers: source.headers }),
    ...(replaces(call, 'tagging') ? {} : { tags: source.tags }),
  };
  decrypt(from, source);
  if (usesKms(attributes.encryption)) {
    useKeyForObject(request, bucket, key, attributes.encryption, 'kms:GenerateDataKey');
  }
  const content = contentOf(request, source.content, source.size);
  const copy = writeObject(request, attributes, {
    size: source.size,
    etag: etagOf(attributes.encryption, content),
    checksum: copiedChecksum(source.checksum, content),
    content: source.content,
  });
  const { algorithm, value, type } = copy.checksum;
  const members = [
    timeElement('LastModified', copy.lastModified),
    element('ETag', `"${copy.etag}"`),
    element(`Checksum${algorithm}`, value),
    element('ChecksumType', type),
  ];
  const answer = s3Document('CopyObjectResult', `<CopyObjectResult>${members.join('')}</CopyObjectResult>`);
  const { etag: _, ...written } = writtenHeaders(bucket, copy);
  const ofSource = from.bucket.versioning === undefined ? {} : { [`${SOURCE}-version-id`]: source.versionId };
  return { ...answer, headers: { ...answer.headers, ...written, ...ofSource } };
}

function replaces({ headers }: Call, what: 'metadata' | 'tagging'): boolean {
  const directive = headers[`x-amz-${what}-directive`];
  if (directive === undefined || directive === 'COPY' || directive === 'REPLACE') return directive === 'REPLACE';
  throw invalidArgument(`Unknown ${what} directive.`, `x-amz-${what}-directive`, directive);
}

/** A composite checksum is of parts, which the copy does not have. */
function copiedChecksum({ algorithm, value, type }: Checksum, content: Buffer): Checksum {
  const whole = type === 'FULL_OBJECT' ? value : digest(algorithm, content).toString('base64');
  return { algorithm, value: whole, type: 'FULL_OBJECT' };
}

/** The reading of the source, as a request of its own. */
function sourceRequest(request: ObjectRequest): ObjectRequest {
  const { state, call } = request;
  const [path = '', versionId] = (call.headers[SOURCE] ?? '').split('?versionId=');
  const [name = '', ...rest] = decodeURIComponent(path).replace(/^\//, '').split('/');
  const key = rest.join('/');
  if (key === '') throw invalidArgument('Invalid copy source object key', SOURCE, SOURCE);
  const bucket = state.buckets[name];
  if (bucket === undefined || bucket.partition !== call.partition) throw noSuchBucket(name);
  const query: Record<string, string> = versionId === undefined ? {} : { versionId };
  return { ...request, bucket, key, call: { ...call, operation: 'GetObject', query } };
}

function sourceObject({ call, now }: ObjectRequest, from: ObjectRequest): StoredObject {
  const named = from.call.query.versionId !== undefined;
  if (named && requestedVersion(from).deleteMarker) {
    throw invalidRequest('The source of a copy request may not specifically refer to a delete marker by version id.');
  }
  const source = requestedObject(from, readAction(from.call), true);
  if (!replaces(call, 'tagging') && source.tags.length > 0) {
    requireAction(from, from.bucket, named ? 's3:GetObjectVersionTagging' : 's3:GetObjectTagging', from.key);
  }
  requireCustomerKey(source.encryption, call.headers, SOURCE_CUSTOMER_KEY);
  checkReadConditions(call.headers, source, now, `${SOURCE}-`);
  requireRestored(source);
  return source;
}

function refuseNoChange({ bucket, key, call }: ObjectRequest, from: ObjectRequest, source: StoredObject): void {
  const isSame = from.bucket.name === bucket.name && from.key === key && from.call.query.versionId === undefined;
  const changes = ['x-amz-storage-class', 'x-amz-website-redirect-location', 'x-amz-server-side-encryption'];
  const changed = Object.keys(call.headers).some((name) => changes.some((change) => name.startsWith(change)));
  if (!isSame || changed || replaces(call, 'metadata') || source.encryption.type === 'SSE-C') return;
  throw invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  );
}
