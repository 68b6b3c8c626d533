import type { ChalkInstance } from 'chalk';

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
