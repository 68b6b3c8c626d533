/** How a line of the screen of `s3repl status` is laid out: a sign, a label, a sparkline, and text that goes on under itself. */
import { asciiOf } from './ascii.ts';
import { columnsOf, cutAt, foldText } from './columns.ts';
import type { Sign, SignedLine } from './signed-line.ts';
import { sparkline } from './sparkline.ts';

export interface Frame {
  /** In columns. */
  readonly width: number;
  readonly ascii: boolean;
  /** The time of the screen, in milliseconds since 1970. */
  readonly now: number;
}

export interface Field {
  readonly sign?: Sign;
  readonly label: string;
  readonly text: string;
  readonly spark?: string;
}

const labelWidth = 9;
const longestKey = 60;

export function fieldLines(frame: Frame, { sign, label, text, spark = '' }: Field): readonly SignedLine[] {
  const lead = `${label.padEnd(labelWidth)}${spark === '' ? '' : `${spark}  `}`;
  return hangingLines(frame, { ...(sign && { sign }), lead, text });
}

/** @param lead what the first line begins with; the others are indented by its width. */
export function hangingLines(
  { width, ascii }: Frame,
  { sign, lead = '', text }: { readonly sign?: Sign; readonly lead?: string; readonly text: string },
): readonly SignedLine[] {
  const indent = 2 + columnsOf(lead);
  const [first = '', ...more] = foldText(ascii ? asciiOf(text) : text, width - indent);
  const head = sign === undefined ? { text: `  ${lead}${first}` } : { sign, text: `${lead}${first}` };
  return [head, ...more.map((line) => ({ text: `${' '.repeat(indent)}${line}` }))];
}

/** A line, whose name is cut so that what follows it can be seen. */
export function singleLine({ width, ascii }: Frame, sign: Sign, name: string, text: string): SignedLine {
  const [shown, rest] = ascii ? [asciiOf(name), asciiOf(text)] : [name, text];
  const ellipsis = ascii ? '...' : '…';
  const room = width - 2 - columnsOf(rest) - 2;
  const line = room < 8 ? `${shown}  ${rest}` : `${cutAt(shown, room, ellipsis)}  ${rest}`;
  return { sign, text: cutAt(line, width - 2, ellipsis) };
}

/** Empty where there is no room for it, or nothing to show. @param most signs. */
export function sparkOf(
  { width, ascii }: Frame,
  values: readonly (number | null)[],
  { gap = '·', most = 24 }: { readonly gap?: '·' | ' '; readonly most?: number } = {},
): string {
  const room = width >= 72 ? most : width >= 56 ? Math.floor((most * 2) / 3) : 0;
  const spark = sparkline(values, { width: room, ascii, gap });
  return spark.trim() === '' ? '' : spark.padEnd(room);
}

/** A key may have 1,024 bytes. */
export function keyText(key: string): string {
  return `"${cutAt(key, longestKey, '…')}"`;
}

/** @param what is left out, as `more rules`. */
export function moreText(count: number, what: string): string {
  return `… and ${count} more ${what}: --json has them`;
}
