import { escapeCharacter, unseen } from '../text/quote.ts';

/**
 * Text from AWS or from a file as it may go to a terminal or a page: characters that steer it, or that nobody sees, become their
 * escapes; line feeds stay.
 */
export function printable(text: string): string {
  return text.replace(unseen, (char) => (char === '\n' ? char : escapeCharacter(char)));
}

/** The same for every text in a value, the names of its members included. */
export function printableDeep<T>(value: T): T {
  const text = JSON.stringify(value);
  return isPrintable(text) ? value : (reword(text) as T);
}

/** The JSON of a value whose every text is printable. */
export function printableJson(value: object): string {
  const text = JSON.stringify(value);
  return isPrintable(text) ? text : JSON.stringify(reword(text));
}

/**
 * The JSON of a value as it is, for those who take it from the screen and use it: what nobody sees is in JSON's own escapes, which
 * mean the same.
 */
export function exactJson(value: object, indent?: number): string {
  const units = (char: string) =>
    Array.from({ length: char.length }, (_, at) => escapeCharacter(char.charAt(at))).join('');
  return JSON.stringify(value, null, indent).replace(unseen, (char) => (char === '\n' ? char : units(char)));
}

/** As in nearly every case: nothing in the JSON of a value to be escaped, nor escaped by JSON. */
function isPrintable(json: string): boolean {
  return !/\\[ubfrt]/.test(json) && json.search(unseen) < 0;
}

function reword(json: string): unknown {
  return JSON.parse(json, (_, inner: unknown) => {
    if (typeof inner === 'string') return printable(inner);
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).map(([name, member]) => [printable(name), member]));
  });
}

/** Text in lines of at most `width` columns, all but the first indented; a word that is longer stays whole. */
export function wrapText(text: string, indent: string, width = 80): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join(`\n${indent}`);
}

/** The beginning of a text, where it is longer than `width`; never half of a surrogate pair. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) return text;
  const whole = text.slice(0, Math.max(0, width - 1)).replace(/\p{Cs}$/u, '');
  return `${whole}…`;
}
