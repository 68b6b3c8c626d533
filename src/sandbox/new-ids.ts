import { randomBytes } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A new unique id of IAM's kind: a prefix that says what it is for (`AROA`, `AIDA`, `ANPA`, `ASIA`), and letters. */
export function newUniqueId(prefix: string, length = 17): string {
  const letters = Array.from(randomBytes(length), (byte) => ALPHABET.charAt(byte % ALPHABET.length));
  return prefix + letters.join('');
}
