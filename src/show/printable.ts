import { escapeCharacter, escapeControls, unseen } from '../text/quote.ts';

/** Escapes characters that control a terminal or are invisible; line feeds stay. */
export function printable(text: string): string {
  return text.replace(unseen, (char) => (char === '\n' ? char : escapeCharacter(char)));
}

export function printableDeep<T>(value: T): T {
  const text = JSON.stringify(value);
  return isPrintable(text) ? value : (reword(text, printable) as T);
}

/** For texts that keep to their lines: line feeds are escaped as well. @param ascii escapes all that is not ASCII, too. */
export function singleLinesDeep<T>(value: T, ascii: boolean): T {
  const escapeText = (text: string) =>
    ascii ? escapeControls(text).replace(/[^ -~]/gu, escapeCharacter) : escapeControls(text);
  return reword(JSON.stringify(value), escapeText) as T;
}

export function printableJson(value: object): string {
  const text = JSON.stringify(value);
  return isPrintable(text) ? text : JSON.stringify(reword(text, printable));
}

/** For JSON that people copy and use: invisible characters become JSON's own escapes, which mean the same. */
export function exactJson(value: object, indent?: number): string {
  const units = (char: string) =>
    Array.from({ length: char.length }, (_, at) => escapeCharacter(char.charAt(at))).join('');
  return JSON.stringify(value, null, indent).replace(unseen, (char) => (char === '\n' ? char : units(char)));
}

/** A fast path: in nearly every case nothing needs escapes, neither ours nor JSON's. */
function isPrintable(json: string): boolean {
  return !/\\[ubfrt]/.test(json) && json.search(unseen) < 0;
}

function reword(json: string, escapeText: (text: string) => string): unknown {
  return JSON.parse(json, (_, inner: unknown) => {
    if (typeof inner === 'string') return escapeText(inner);
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).map(([name, member]) => [escapeText(name), member]));
  });
}

/** In columns, all lines but the first indented; a longer word stays whole. */
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

/** Never cuts a surrogate pair. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) return text;
  const whole = text.slice(0, Math.max(0, width - 1)).replace(/\p{Cs}$/u, '');
  return `${whole}…`;
}
