import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsError } from '../wire/errors.ts';
import { crc32c, crc64nvme } from './crc.ts';
import { invalidRequest } from './request.ts';
import type { Checksum } from './stored-object.ts';

type Algorithm = Checksum['algorithm'];

const lengths: Readonly<Record<Algorithm, number>> = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 };
const algorithms = Object.keys(lengths).filter(isAlgorithm);

export function isAlgorithm(name: string): name is Algorithm {
  return Object.hasOwn(lengths, name);
}

export function digest(algorithm: Algorithm, bytes: Uint8Array): Buffer {
  switch (algorithm) {
    case 'CRC32':
      return toBytes(crc32(bytes));
    case 'CRC32C':
      return toBytes(crc32c(bytes));
    case 'CRC64NVME':
      return crc64nvme(bytes);
    case 'SHA1':
    case 'SHA256':
      return createHash(algorithm.toLowerCase()).update(bytes).digest();
  }
}

function toBytes(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function readAlgorithms(headers: Readonly<Record<string, string>>): readonly Algorithm[] {
  return algorithms.filter((algorithm) => headers[checksumHeader(algorithm)] !== undefined);
}

/** The sender's once verified, or by `standard` (S3 User Guide, "Checking object integrity"). @throws AwsError `InvalidRequest`, `BadDigest` (MD5 too). */
export function checkChecksum(
  headers: Readonly<Record<string, string>>,
  content: Buffer,
  standard: Algorithm = 'CRC64NVME',
): Checksum {
  checkMd5(headers['content-md5'], content);
  const [sent, ...more] = readAlgorithms(headers);
  if (more.length > 0) {
    throw invalidRequest('Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.');
  }
  const algorithm = sent ?? standard;
  const value = digest(algorithm, content).toString('base64');
  if (sent !== undefined) {
    const given = headers[checksumHeader(sent)] ?? '';
    if (!isBase64(given, lengths[sent])) {
      throw invalidRequest(`Value for ${checksumHeader(sent)} header is invalid.`);
    }
    if (given !== value) {
      const message = `The ${sent} you specified did not match the calculated checksum.`;
      throw new AwsError('BadDigest', 400, message);
    }
  }
  return { algorithm, value, type: 'FULL_OBJECT' };
}

function checkMd5(given: string | undefined, content: Buffer): void {
  if (given === undefined) return;
  if (!isBase64(given, 16)) {
    const message = 'The Content-MD5 you specified was invalid.';
    throw new AwsError('InvalidDigest', 400, message, { 'Content-MD5': given });
  }
  const calculated = createHash('md5').update(content).digest('base64');
  if (calculated === given) return;
  throw new AwsError('BadDigest', 400, 'The Content-MD5 you specified did not match what we received.', {
    ExpectedDigest: Buffer.from(given, 'base64').toString('hex'),
    CalculatedDigest: calculated,
  });
}

function isBase64(text: string, length: number): boolean {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === length && bytes.toString('base64') === text;
}

export function checksumHeader(algorithm: Algorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

export function checksumHeaders({ algorithm, value, type }: Checksum): Record<string, string> {
  return { [checksumHeader(algorithm)]: value, 'x-amz-checksum-type': type };
}
