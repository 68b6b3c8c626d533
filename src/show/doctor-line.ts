import { wrapText } from './printable.ts';

export type Sign = '✔' | '!' | '✖' | '?' | '-';

export interface DoctorLine {
  /** Absent: the line continues the one above. */
  readonly sign?: Sign;
  readonly text: string;
}

const label = 9;

/** Nothing where there is no text. */
export function row(name: string, text: string): readonly DoctorLine[] {
  return text === '' ? [] : [{ text: `  ${name.padEnd(label)}${wrapText(text, ' '.repeat(label + 2))}` }];
}

/** Whole, to be copied. */
export function rawRow(name: string, text: string): DoctorLine {
  return { text: `  ${name.padEnd(label)}${text}` };
}
