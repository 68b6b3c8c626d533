import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { Key } from '../store/state.ts';
import { AwsError } from '../wire/errors.ts';

type Context = Readonly<Record<string, string>>;

const ivBytes = 12;
const tagBytes = 16;

/** Opens only with the same key and encryption context. It names its key, as in AWS. */
export function sealPlaintext(key: Key, context: Context, plaintext: Uint8Array): Buffer {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', material(key), iv).setAAD(canonical(context));
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const name = Buffer.from(key.arn);
  return Buffer.concat([Buffer.of(1, name.length), name, iv, cipher.getAuthTag(), body]);
}

/** @throws AwsError `InvalidCiphertextException` for what KMS did not make. */
export function keyOfCiphertext(blob: Buffer): string {
  const length = blob[1] ?? 0;
  if (blob[0] !== 1 || blob.length < 2 + length + ivBytes + tagBytes) throw invalidCiphertext();
  return blob.toString('utf8', 2, 2 + length);
}

/** @throws AwsError `InvalidCiphertextException` for another context or a damaged ciphertext. */
export function openCiphertext(key: Key, context: Context, blob: Buffer): Buffer {
  const start = 2 + Buffer.byteLength(keyOfCiphertext(blob));
  const decipher = createDecipheriv('aes-256-gcm', material(key), blob.subarray(start, start + ivBytes));
  decipher.setAAD(canonical(context)).setAuthTag(blob.subarray(start + ivBytes, start + ivBytes + tagBytes));
  try {
    return Buffer.concat([decipher.update(blob.subarray(start + ivBytes + tagBytes)), decipher.final()]);
  } catch {
    throw invalidCiphertext();
  }
}

/** Not a secret: the key's material follows from its ARN and protects nothing. */
function material(key: Key): Buffer {
  return createHash('sha256').update(`${key.arn} ${key.created}`).digest();
}

function canonical(context: Context): Buffer {
  return Buffer.from(JSON.stringify(Object.entries(context).toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

function invalidCiphertext(): AwsError {
  return new AwsError('InvalidCiphertextException', 400, '');
}
