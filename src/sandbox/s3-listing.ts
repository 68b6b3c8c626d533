/** An entry of a list: a key, or the common prefix of several. */
export interface Listed {
  readonly key: string;
  readonly isPrefix: boolean;
}

/**
 * The keys under a prefix that come after a marker, in S3's order; those that have the delimiter behind the prefix are
 * together one common prefix (S3 User Guide, "Organizing objects using prefixes").
 */
export function keysUnder(
  keys: readonly string[],
  prefix: string,
  delimiter: string,
  after: string,
): readonly Listed[] {
  const isPast = (key: string) => delimiter !== '' && after.endsWith(delimiter) && key.startsWith(after);
  const found = keys.filter((key) => key.startsWith(prefix) && utf8Order(key, after) > 0 && !isPast(key));
  const listed: Listed[] = [];
  for (const key of found.toSorted(utf8Order)) {
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const entry = at === -1 ? key : key.slice(0, at + delimiter.length);
    if (at === -1 || listed.at(-1)?.key !== entry) listed.push({ key: entry, isPrefix: at !== -1 });
  }
  return listed;
}

/** Compares texts by their UTF-8 bytes, as S3 sorts keys. */
export function utf8Order(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const difference = rank(a.charCodeAt(index)) - rank(b.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Surrogates stand for characters that come after all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
