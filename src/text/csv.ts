/** CSV as RFC 4180 has it, from pieces of text: a file of any size is read with the memory of one record. */

export interface CsvRecord {
  /** Of its first character, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
  /** Whether its quotes are where they belong. */
  readonly isSound: boolean;
}

/** In characters: more than any key and message; a quote that is never closed takes no more memory. */
const longestRecord = 2 ** 20;

export class CsvTooLong extends Error {
  override readonly name = 'CsvTooLong';

  /** Of its first character. */
  readonly line: number;

  constructor(line: number) {
    super(`the record that begins at line ${line} does not end: a quotation mark may be missing`);
    this.line = line;
  }
}

export class CsvReader {
  #fields: string[] = [];
  /** Undefined outside of a field that began with a quotation mark. */
  #quoted: string | undefined;
  #plain = '';
  #isOpen = false;
  #isSound = true;
  #line = 1;
  #started = 1;
  #length = 0;
  #isFirst = true;

  /** @returns the records that end in this piece. @throws CsvTooLong */
  *read(piece: string): Generator<CsvRecord> {
    // A mark of the byte order, as Excel writes it.
    let at = this.#isFirst && piece.startsWith('\ufeff') ? 1 : 0;
    if (piece !== '') this.#isFirst = false;
    while (at < piece.length) {
      const end = findNext(piece, at, this.#isOpen);
      this.#take(piece.slice(at, end));
      const mark = piece[end];
      at = end + 1;
      if (mark === '"') this.#meetQuote();
      else if (mark === ',') this.#endField();
      else if (mark === '\n') yield* this.#endRecord();
    }
  }

  /** @returns the last record where no line end follows it. */
  *finish(): Generator<CsvRecord> {
    if (this.#isOpen) this.#isSound = false;
    if (this.#fields.length > 0 || this.#quoted !== undefined || this.#plain !== '') yield* this.#endRecord();
  }

  #take(text: string): void {
    this.#length += text.length + 1;
    if (this.#length > longestRecord) throw new CsvTooLong(this.#started);
    if (!this.#isOpen) {
      this.#plain += text;
      return;
    }
    this.#quoted += text;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#line += 1;
  }

  #meetQuote(): void {
    if (this.#isOpen) this.#isOpen = false;
    else if (this.#plain !== '') this.#plain += '"';
    else {
      // The second one of two in a row stands for one.
      this.#quoted = this.#quoted === undefined ? '' : `${this.#quoted}"`;
      this.#isOpen = true;
    }
  }

  #endField(): void {
    if (this.#quoted !== undefined && this.#plain !== '') this.#isSound = false;
    this.#fields.push((this.#quoted ?? '') + this.#plain);
    this.#quoted = undefined;
    this.#plain = '';
  }

  *#endRecord(): Generator<CsvRecord> {
    if (this.#plain.endsWith('\r')) this.#plain = this.#plain.slice(0, -1);
    const isBlank = this.#fields.length === 0 && this.#quoted === undefined && this.#plain === '';
    this.#endField();
    if (!isBlank) yield { line: this.#started, fields: this.#fields, isSound: this.#isSound };
    this.#fields = [];
    this.#isOpen = false;
    this.#isSound = true;
    this.#length = 0;
    this.#line += 1;
    this.#started = this.#line;
  }
}

/** Where the next character stands that means something, or the end. */
function findNext(piece: string, from: number, isOpen: boolean): number {
  const meaning = isOpen ? /"/g : /[",\n]/g;
  meaning.lastIndex = from;
  return meaning.exec(piece)?.index ?? piece.length;
}

/** All records of a text. @throws CsvTooLong */
export function* readCsv(text: string): Generator<CsvRecord> {
  const reader = new CsvReader();
  yield* reader.read(text);
  yield* reader.finish();
}

/** One record, with its line feed (RFC 4180). */
export function csvLine(fields: readonly string[]): string {
  return `${fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}\n`;
}
