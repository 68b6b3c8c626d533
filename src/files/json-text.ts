export interface TextFault {
  /** Line and column count from 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Far above any AWS document; both limits bound the time and memory that reading takes. */
const deepest = 100;
const mostValues = 250_000;

class Wrong {
  readonly offset: number;
  readonly message: string;

  constructor(offset: number, message: string) {
    this.offset = offset;
    this.message = message;
  }
}

/** The first fault: of RFC 8259, a duplicate name, `__proto__`, a number that reading changes, over 100 levels or 250,000 values. */
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

/** Every method throws Wrong at the first fault; `deepest` bounds the recursion. */
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

  #readItems(): void {
    if (this.#peek() === ']') return;
    do this.#readValue();
    while (this.#goesOn(']'));
  }

  /** Skips a comma and gives true; leaves the closing sign and gives false. */
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

  /** The next character that is not a space; empty at the end. */
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

/** The offset where the string ends, or that of its fault as `-offset - 1`. */
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

/** The length with the backslash; 0 where it is no escape. */
function escapeLength(text: string, start: number): number {
  const escaped = text.charAt(start + 1);
  if (escaped === 'u') return /^[0-9a-fA-F]{4}$/.test(text.slice(start + 2, start + 6)) ? 6 : 0;
  return escaped !== '' && '"\\/bfnrt'.includes(escaped) ? 2 : 0;
}

function nameIn(quoted: string): string {
  return quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
}

const literal = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;

function endOfLiteral(text: string, start: number): number {
  literal.lastIndex = start;
  return literal.test(text) ? literal.lastIndex : -start - 1;
}

/** Whether reading and writing keep the number: up to 15 digits they always do (IEEE 754, binary64). */
function isKept(number: string): boolean {
  const digits = number
    .replace(/[eE].*$/, '')
    .replace(/\D/g, '')
    .replace(/^0+|0+$/g, '');
  return digits.length <= 15 && (digits === '' || (Number.isFinite(Number(number)) && Number(number) !== 0));
}
