import { compareUtf8, type SortedList } from './sorted-list.ts';

/** A key, or the common prefix of several. */
export interface Listed {
  readonly key: string;
  readonly isPrefix: boolean;
}

/** Lazy, in S3's order; keys with the delimiter become one common prefix (S3 User Guide, "Organizing objects using prefixes"). */
export function* keysUnder(
  keys: SortedList<string>,
  prefix: string,
  delimiter: string,
  after: string,
): Generator<Listed, void> {
  const commonPrefixOf = (key: string) => {
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    return at === -1 ? undefined : key.slice(0, at + delimiter.length);
  };
  const endOf = (start: string, from: number) =>
    keys.firstWhere((key) => !key.startsWith(start) && compareUtf8(key, start) > 0, from);
  const isPrefix = after.startsWith(prefix) && commonPrefixOf(after) === after;
  const begin = keys.firstWhere((key) => compareUtf8(key, prefix) >= 0 && compareUtf8(key, after) > 0);
  for (let index = isPrefix ? endOf(after, begin) : begin; ; ) {
    const key = keys.at(index);
    if (!key?.startsWith(prefix)) return;
    const common = commonPrefixOf(key);
    yield { key: common ?? key, isPrefix: common !== undefined };
    index = common === undefined ? index + 1 : endOf(common, index);
  }
}

/** `more` is false for a limit of 0. */
export function pageOf<T>(items: Iterable<T>, limit: number): { readonly page: readonly T[]; readonly more: boolean } {
  const page: T[] = [];
  if (limit === 0) return { page, more: false };
  for (const item of items) {
    if (page.length === limit) return { page, more: true };
    page.push(item);
  }
  return { page, more: false };
}
