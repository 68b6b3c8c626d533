import { createHash, randomBytes } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** @param prefix the type: `AROA`, `AIDA`, `ANPA`, `ASIA`. */
export function newUniqueId(prefix: string, length = 17): string {
  const letters = Array.from(randomBytes(length), (byte) => alphabet.charAt(byte % alphabet.length));
  return prefix + letters.join('');
}

/** 32 characters; the last four tell an ID that S3 gave from a made-up one. */
export function newObjectVersionId(): string {
  const id = randomBytes(21).toString('base64url').replaceAll('-', '.');
  return id + checkOf(id);
}

/** Whether the ID was ever given, even if its version is gone. */
export function isObjectVersionId(id: string): boolean {
  return id.length === 32 && id.slice(28) === checkOf(id.slice(0, 28));
}

function checkOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, 4).replaceAll('-', '.');
}
