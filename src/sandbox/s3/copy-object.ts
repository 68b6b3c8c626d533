import { contentOf } from '../store/contents.ts';
import { type Answer, element, s3Document, timeElement } from '../wire/answer.ts';
import type { Call } from '../wire/route.ts';
import { digest, isAlgorithm } from './checksums.ts';
import { requireTagRead, sourceHeader, sourceObject, sourceRequest } from './copy-source.ts';
import { decrypt } from './get-object.ts';
import { useKeyForObject } from './kms.ts';
import { invalidAlgorithm } from './multipart-checksums.ts';
import { newAttributes } from './object-attributes.ts';
import { usesKms } from './object-encryption.ts';
import type { ObjectRequest } from './object-request.ts';
import { checkWriteConditions } from './preconditions.ts';
import { etagOf, headersOfWrite, writeObject } from './put-object.ts';
import { invalidArgument, invalidRequest } from './request.ts';
import type { Checksum, StoredObject } from './stored-object.ts';

/** The copy keeps metadata and tags; encryption, class, ACL and lock are those of a new object. */
export function copyObject(request: ObjectRequest): Answer {
  const { bucket, key, call } = request;
  const from = sourceRequest(request);
  const source = sourceObject(request, from);
  if (!replaces(call, 'tagging') && source.tags.length > 0) requireTagRead(from);
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
    checksum: checksumOfCopy(call, source.checksum, content),
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
  const { etag: _, ...written } = headersOfWrite(bucket, copy);
  return { ...answer, headers: { ...answer.headers, ...written, ...sourceHeader(from, source) } };
}

function replaces({ headers }: Call, what: 'metadata' | 'tagging'): boolean {
  const directive = headers[`x-amz-${what}-directive`];
  if (directive === undefined || directive === 'COPY' || directive === 'REPLACE') return directive === 'REPLACE';
  throw invalidArgument(`Unknown ${what} directive.`, `x-amz-${what}-directive`, directive);
}

/** The requested kind, or the source's; a composite one needs parts, which the copy does not have. */
function checksumOfCopy({ headers }: Call, { algorithm, value, type }: Checksum, content: Buffer): Checksum {
  const asked = headers['x-amz-checksum-algorithm'] ?? algorithm;
  if (!isAlgorithm(asked)) throw invalidAlgorithm();
  const isKept = asked === algorithm && type === 'FULL_OBJECT';
  const whole = isKept ? value : digest(asked, content).toString('base64');
  return { algorithm: asked, value: whole, type: 'FULL_OBJECT' };
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
