import type { ChalkInstance } from 'chalk';
import { wrapText } from './printable.ts';

export type Sign = '✔' | '!' | '✖' | '?' | '-';

export interface SignedLine {
  /** Absent: the line continues the one above. */
  readonly sign?: Sign;
  readonly text: string;
}

/** @param shown the sign, or what stands for it. */
export type Paint = (sign: Sign, shown: string) => string;

export function paintWith(chalk: ChalkInstance): Paint {
  const paints: Readonly<Record<Sign, (text: string) => string>> = {
    '✔': chalk.green,
    '!': chalk.yellow,
    '✖': chalk.red,
    '?': chalk.yellow,
    '-': chalk.dim,
  };
  return (sign, shown) => paints[sign](shown);
}

const label = 9;

/** In 80 columns; a name that is too long for the rest of its line, such as an ARN, has lines of its own. Nothing where there is no text. */
export function row(name: string, text: string): readonly SignedLine[] {
  if (text === '') return [];
  const hasLongWord = text.split(/\s+/).some((word) => word.length > 80 - label - 2);
  return hasLongWord
    ? [{ text: `  ${name}` }, { text: `    ${wrapText(text, '    ')}` }]
    : [{ text: `  ${name.padEnd(label)}${wrapText(text, ' '.repeat(label + 2))}` }];
}

/** Whole, to be copied. */
export function rawRow(name: string, text: string): SignedLine {
  return { text: `  ${name.padEnd(label)}${text}` };
}
