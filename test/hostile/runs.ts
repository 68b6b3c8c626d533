const times = Number(process.env.HOSTILE ?? 1);

/** How many cases a fuzz test tries: its own number, times HOSTILE where somebody has the time for more. */
export function runs(usual: number): number {
  return Math.round(usual * times);
}

/** How long a fuzz test may take, in milliseconds. */
export const patience = 240_000 * Math.max(1, times);

/** What no terminal may be sent: controls but the line feed, what turns the writing direction, and what nobody sees. */
export const steering = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/** Texts that would steer a terminal, or break out of where they are shown. */
export const nastyTexts = [
  '\u001b[2J\u001b[1;1H',
  '\u001b]8;;https://example.com\u0007link\u001b]8;;\u0007',
  '\u001b]0;title\u0007',
  '\u009b31m',
  '\u0007\b\r',
  'a\u202eb\u2066c',
  'a\u200bb\u00adc\u3164d\ufeff\ufe0f',
  'a\u{e0041}\u{e0042}\u{e007f}\u{e0100}',
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
