import { createHash, randomBytes } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A new unique id of IAM's kind: a prefix that says what it is for (`AROA`, `AIDA`, `ANPA`, `ASIA`), and letters. */
export function newUniqueId(prefix: string, length = 17): string {
  const letters = Array.from(randomBytes(length), (byte) => alphabet.charAt(byte % alphabet.length));
  return prefix + letters.join('');
}

/** The id of a new version of an object: 32 characters, of which the last four tell one that S3 has given from one that is made up. */
export function newObjectVersionId(): string {
  const id = randomBytes(21).toString('base64url').replaceAll('-', '.');
  return id + checkOf(id);
}

/** Whether an id was given to a version, be it there still or not. */
export function isObjectVersionId(id: string): boolean {
  return id.length === 32 && id.slice(28) === checkOf(id.slice(0, 28));
}

function checkOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, 4).replaceAll('-', '.');
}
