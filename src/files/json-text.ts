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

interface Level {
  readonly closing: '}' | ']';
  /** The names so far, in an object. */
  readonly names: Set<string> | undefined;
}

/**
 * The first fault of a JSON text, or undefined where `JSON.parse` takes it. Besides the grammar of RFC 8259: no name twice in an
 * object (which one counts is anybody's guess), none called `__proto__`, no more than 100 levels and a
 * quarter of a million values, and no number that would be read as another one.
 */
export function faultIn(text: string): TextFault | undefined {
  const levels: Level[] = [];
  let at = 0;
  let values = 0;
  let state: 'value' | 'first-value' | 'name' | 'first-name' | 'after' = 'value';

  const fault = (offset: number, message: string): TextFault => {
    const before = text.slice(0, offset).split('\n');
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message };
  };
  const unexpected = (offset: number): TextFault => {
    const char = text.charAt(offset);
    if (/[“”„‟‘’«»]/.test(char)) {
      return fault(offset, `a typographic quote ${char} in place of ", as in text copied from an article`);
    }
    return fault(offset, offset >= text.length ? 'it ends too early' : `${JSON.stringify(char)} does not belong here`);
  };

  for (;;) {
    while (isSpace(text.charCodeAt(at))) at += 1;
    const char = text.charAt(at);
    const level = levels.at(-1);
    if (state === 'value') values += 1;
    if (values > mostValues) return fault(at, `more than ${mostValues.toLocaleString('en')} values`);
    if (state === 'after' && level === undefined) return char === '' ? undefined : unexpected(at);
    if (char === '') return unexpected(at);

    if (level && char === level.closing && (state === 'after' || state.startsWith('first'))) {
      levels.pop();
      state = 'after';
      at += 1;
    } else if (state === 'after') {
      if (char !== ',') return unexpected(at);
      state = level?.names ? 'name' : 'value';
      at += 1;
    } else if (state === 'name' || state === 'first-name') {
      const end = endOfString(text, at);
      if (end < 0) return unexpected(-end - 1);
      const name = nameIn(text.slice(at, end));
      if (name === '__proto__') return fault(at, 'a member may not be called __proto__');
      if (level?.names?.has(name)) return fault(at, `the member ${JSON.stringify(name)} is there twice`);
      level?.names?.add(name);
      at = end;
      while (isSpace(text.charCodeAt(at))) at += 1;
      if (text.charAt(at) !== ':') return unexpected(at);
      at += 1;
      state = 'value';
    } else if (char === '{' || char === '[') {
      if (levels.length === deepest) return fault(at, `more than ${deepest} levels of { and [`);
      levels.push(char === '{' ? { closing: '}', names: new Set() } : { closing: ']', names: undefined });
      state = char === '{' ? 'first-name' : 'first-value';
      at += 1;
    } else {
      const end = char === '"' ? endOfString(text, at) : endOfLiteral(text, at);
      if (end < 0) return unexpected(-end - 1);
      if (char !== '"' && !isKept(text.slice(at, end))) return fault(at, 'a number that cannot be read exactly');
      at = end;
      state = 'after';
    }
  }
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** Where the string that begins at `start` ends, or the offset of its fault as `-offset - 1`. */
function endOfString(text: string, start: number): number {
  if (text.charAt(start) !== '"') return -start - 1;
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code < 0x20) return -at - 1;
    if (code !== 0x5c) continue;
    const escaped = text.charAt(at + 1);
    if (escaped === '' || !'"\\/bfnrtu'.includes(escaped)) return -at - 1;
    if (escaped === 'u' && !/^[0-9a-fA-F]{4}$/.test(text.slice(at + 2, at + 6))) return -at - 1;
    at += escaped === 'u' ? 5 : 1;
  }
  return -text.length - 1;
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
