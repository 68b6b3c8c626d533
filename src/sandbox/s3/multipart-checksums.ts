/** As recorded (`TestS3MultipartUploadChecksum`; S3 User Guide, "Checking object integrity"). */
import { AwsError } from '../wire/errors.ts';
import type { Call } from '../wire/route.ts';
import type { Decoded } from '../wire/xml-codec.ts';
import { checkChecksum, checksumHeader, digest, isAlgorithm, readAlgorithms } from './checksums.ts';
import { invalidRequest } from './request.ts';
import type { completeShape } from './shapes.ts';
import type { Checksum, Upload, UploadPart } from './stored-object.ts';

type Headers = Call['headers'];

/** @throws AwsError `InvalidRequest` for what S3 does not have. */
export function uploadChecksum(headers: Headers): Upload['checksum'] {
  const algorithm = headers['x-amz-checksum-algorithm'];
  const type = headers['x-amz-checksum-type'];
  if (algorithm === undefined) {
    if (type === undefined) return undefined;
    const needs = 'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.';
    throw invalidRequest(needs);
  }
  if (!isAlgorithm(algorithm)) throw invalidAlgorithm();
  const chosen = type ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  const impossible = algorithm === 'CRC64NVME' ? 'COMPOSITE' : algorithm.startsWith('SHA') ? 'FULL_OBJECT' : '';
  if (chosen === impossible || (chosen !== 'FULL_OBJECT' && chosen !== 'COMPOSITE')) {
    const words = `The ${chosen} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`;
    throw invalidRequest(words);
  }
  return { algorithm, type: chosen };
}

export function invalidAlgorithm(): AwsError {
  return invalidRequest(
    'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
  );
}

/** Of the upload's algorithm, where it has one. */
export function partChecksum({ checksum }: Upload, headers: Headers, content: Buffer): Checksum {
  const [sent] = readAlgorithms(headers);
  if (checksum !== undefined && sent !== undefined && sent !== checksum.algorithm) {
    const [expected, actual] = [checksum.algorithm, sent].map((name) => name.toLowerCase());
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${expected}, actual checksum Type: ${actual}`,
    );
  }
  return checkChecksum(headers, content, checksum?.algorithm);
}

type ListedPart = Decoded<typeof completeShape>['Parts'][number];

/** Without an algorithm, any is wrong. @throws AwsError `BadDigest` for another algorithm; `InvalidRequest` if a part of a composite upload lacks it. */
export function hasPartChecksum({ checksum }: Upload, listed: ListedPart, part: UploadPart): boolean {
  const named = Object.entries(listed).flatMap(([name, value]) => (name.startsWith('Checksum') ? [[name, value]] : []));
  if (checksum === undefined) return named.length === 0;
  const [other] = named.filter(([name]) => name !== `Checksum${checksum.algorithm}`);
  if (other !== undefined) {
    const algorithm = String(other[0]).slice('Checksum'.length).toLowerCase();
    throw badDigest(`The ${algorithm} you specified for part ${part.number} did not match what we received.`);
  }
  if (named.length === 0 && checksum.type === 'COMPOSITE') {
    throw invalidRequest(
      `The upload was created using a ${checksum.algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${part.number} in the request.`,
    );
  }
  return named.every(([, value]) => value === part.checksum.value);
}

export function checkTypeOfCompletion({ checksum }: Upload, headers: Headers): void {
  const type = headers['x-amz-checksum-type'];
  if (type === undefined || type === checksum?.type) return;
  throw invalidRequest(
    `The upload was created using the ${checksum?.type ?? 'null'} checksum mode. The complete request must use the same checksum mode.`,
  );
}

/** @throws AwsError `BadDigest` where the completion names another; for a full object it may name one only with the type. */
export function checksumOfWhole(
  { checksum }: Upload,
  headers: Headers,
  parts: readonly UploadPart[],
  content: () => Buffer,
): Checksum {
  const { algorithm, type } = checksum ?? { algorithm: 'CRC64NVME', type: 'FULL_OBJECT' };
  const digests = () => Buffer.concat(parts.map((part) => Buffer.from(part.checksum.value, 'base64')));
  const base64 = digest(algorithm, type === 'FULL_OBJECT' ? content() : digests()).toString('base64');
  const value = type === 'FULL_OBJECT' ? base64 : `${base64}-${parts.length}`;
  const isTyped = checksum?.type !== 'FULL_OBJECT' || headers['x-amz-checksum-type'] !== undefined;
  const isRight = (given: string | undefined) => isTyped && (given === value || given === base64);
  const sent = readAlgorithms(headers);
  if (sent.some((name) => name !== algorithm || !isRight(headers[checksumHeader(name)]))) {
    throw badDigest(`The ${algorithm.toLowerCase()} you specified did not match the calculated checksum.`);
  }
  return { algorithm, type, value };
}

function badDigest(message: string): AwsError {
  return new AwsError('BadDigest', 400, message);
}
