const times = Number(process.env.HOSTILE ?? 1);

/** How many cases a fuzz test tries: its own number, times HOSTILE where somebody has the time for more. */
export function runs(usual: number): number {
  return Math.round(usual * times);
}

/** How long a fuzz test may take, in milliseconds. */
export const patience = 240_000 * Math.max(1, times);

/** What no terminal may be sent: controls but the line feed, and what turns the writing direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is what is tested
export const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

/** Texts that would steer a terminal, or break out of where they are shown. */
export const nastyTexts = [
  '\u001b[2J\u001b[1;1H',
  '\u001b]8;;https://example.com\u0007link\u001b]8;;\u0007',
  '\u001b]0;title\u0007',
  '\u009b31m',
  '\u0007\b\r',
  'a\u202eb\u2066c',
  'x\ny\r\nz',
  '\u2028\u0085',
  '\u0000',
  '\ud800',
  'ünïcödé 🪣',
  '__proto__',
  'constructor',
  '${HOME} $(id) `id` %s %n',
  'x'.repeat(20_000),
] as const;
