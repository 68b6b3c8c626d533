/** JSON as people hand it around: where exactly it is wrong, and what no reader should have to guess. */

export interface TextFault {
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Far more than any document of AWS has; they bound the time and the memory that reading takes. */
const deepest = 100;
const mostValues = 250_000;

/** What is wrong, and at which character. */
class Wrong {
  readonly offset: number;
  readonly message: string;

  constructor(offset: number, message: string) {
    this.offset = offset;
    this.message = message;
  }
}

/**
 * The first fault of a JSON text, or undefined where `JSON.parse` takes it. Besides the grammar of RFC 8259: no name twice in an
 * object (which one counts is anybody's guess), none called `__proto__`, no more than 100 levels and a
 * quarter of a million values, and no number that would be read as another one.
 */
export function faultIn(text: string): TextFault | undefined {
  try {
    new Reader(text).readText();
    return undefined;
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    const before = text.slice(0, error.offset).split('\n');
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message: error.message };
  }
}

/** Goes through a text by the grammar. Every method throws Wrong at the first fault; how deep they recurse is bounded by `deepest`. */
class Reader {
  readonly #text: string;
  #at = 0;
  #values = 0;
  #levels = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readText(): void {
    this.#readValue();
    if (this.#peek() !== '') throw this.#explainUnexpected();
  }

  #readValue(): void {
    const char = this.#peek();
    this.#values += 1;
    if (this.#values > mostValues) throw new Wrong(this.#at, `more than ${mostValues.toLocaleString('en')} values`);
    if (char === '{') this.#nest(() => this.#readMembers());
    else if (char === '[') this.#nest(() => this.#readItems());
    else if (char === '"') this.#readString();
    else this.#readLiteral();
  }

  #nest(read: () => void): void {
    if (this.#levels === deepest) throw new Wrong(this.#at, `more than ${deepest} levels of { and [`);
    this.#levels += 1;
    this.#at += 1;
    read();
    this.#at += 1;
    this.#levels -= 1;
  }

  /** Up to the closing brace. */
  #readMembers(): void {
    if (this.#peek() === '}') return;
    const names = new Set<string>();
    for (;;) {
      this.#readName(names);
      if (this.#peek() !== ':') throw this.#explainUnexpected();
      this.#at += 1;
      this.#readValue();
      if (!this.#goesOn('}')) return;
      this.#peek();
    }
  }

  #readName(names: Set<string>): void {
    const start = this.#at;
    this.#readString();
    const name = nameIn(this.#text.slice(start, this.#at));
    if (name === '__proto__') throw new Wrong(start, 'a member may not be called __proto__');
    if (names.has(name)) throw new Wrong(start, `the member ${JSON.stringify(name)} is there twice`);
    names.add(name);
  }

  /** Up to the closing bracket. */
  #readItems(): void {
    if (this.#peek() === ']') return;
    do this.#readValue();
    while (this.#goesOn(']'));
  }

  /** Whether a comma comes next, which it passes, and not the closing sign, where it stays. */
  #goesOn(closing: '}' | ']'): boolean {
    const char = this.#peek();
    if (char === closing) return false;
    if (char !== ',') throw this.#explainUnexpected();
    this.#at += 1;
    return true;
  }

  #readString(): void {
    const end = endOfString(this.#text, this.#at);
    if (end < 0) throw this.#explainUnexpected(-end - 1);
    this.#at = end;
  }

  #readLiteral(): void {
    const end = endOfLiteral(this.#text, this.#at);
    if (end < 0) throw this.#explainUnexpected();
    if (!isKept(this.#text.slice(this.#at, end))) throw new Wrong(this.#at, 'a number that cannot be read exactly');
    this.#at = end;
  }

  /** The next character that is no space; the empty text at the end. */
  #peek(): string {
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at += 1;
    return this.#text.charAt(this.#at);
  }

  #explainUnexpected(offset = this.#at): Wrong {
    const char = this.#text.charAt(offset);
    if (/[“”„‟‘’«»]/.test(char)) {
      return new Wrong(offset, `a typographic quote ${char} in place of ", as in text copied from an article`);
    }
    const message = offset >= this.#text.length ? 'it ends too early' : `${JSON.stringify(char)} does not belong here`;
    return new Wrong(offset, message);
  }
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** Where the string that begins at `start` ends, or the offset of its fault as `-offset - 1`. */
function endOfString(text: string, start: number): number {
  if (text.charAt(start) !== '"') return -start - 1;
  let at = start + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    const length = code === 0x5c ? escapeLength(text, at) : 1;
    if (code < 0x20 || length === 0) return -at - 1;
    at += length;
  }
  return -text.length - 1;
}

/** How many characters an escape has, with its backslash; 0 where it is none. */
function escapeLength(text: string, start: number): number {
  const escaped = text.charAt(start + 1);
  if (escaped === 'u') return /^[0-9a-fA-F]{4}$/.test(text.slice(start + 2, start + 6)) ? 6 : 0;
  return escaped !== '' && '"\\/bfnrt'.includes(escaped) ? 2 : 0;
}

/** What a string that has no fault stands for. */
function nameIn(quoted: string): string {
  return quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
}

const literal = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;

function endOfLiteral(text: string, start: number): number {
  literal.lastIndex = start;
  return literal.test(text) ? literal.lastIndex : -start - 1;
}

/** Whether a number is still itself after it was read and written: 15 digits are certain to be (IEEE 754, binary64). */
function isKept(number: string): boolean {
  const digits = number
    .replace(/[eE].*$/, '')
    .replace(/\D/g, '')
    .replace(/^0+|0+$/g, '');
  return digits.length <= 15 && (digits === '' || (Number.isFinite(Number(number)) && Number(number) !== 0));
}
