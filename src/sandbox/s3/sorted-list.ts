/** Distinct values in order; nothing but iterating walks through all of them. */
export class SortedList<T> {
  readonly #compare: (a: T, b: T) => number;
  readonly #values: T[];

  /** Keeps the array `values`, which may be in any order. */
  constructor(compare: (a: T, b: T) => number, values: T[] = []) {
    this.#compare = compare;
    this.#values = values.sort(compare);
  }

  get size(): number {
    return this.#values.length;
  }

  at(index: number): T | undefined {
    return this.#values[index];
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#values[Symbol.iterator]();
  }

  add(value: T): void {
    const index = this.#placeOf(value);
    if (!this.#isAt(index, value)) this.#values.splice(index, 0, value);
  }

  remove(value: T): void {
    const index = this.#placeOf(value);
    if (this.#isAt(index, value)) this.#values.splice(index, 1);
  }

  /** The index, or the size where none is. @param isSo false for the values at the beginning and true for all others. */
  firstWhere(isSo: (value: T) => boolean, from = 0): number {
    let low = from;
    let high = this.#values.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isSo(this.#values[middle] as T)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #placeOf(value: T): number {
    return this.firstWhere((other) => this.#compare(other, value) >= 0);
  }

  #isAt(index: number, value: T): boolean {
    const found = this.#values[index];
    return found !== undefined && this.#compare(found, value) === 0;
  }
}

/** By UTF-8 bytes, as S3 sorts keys. */
export function compareUtf8(a: string, b: string): number {
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
