/** For terminals without UTF-8: every sign that we use, in letters that every terminal has. */
const ascii: Readonly<Record<string, string>> = {
  '✔': 'v',
  '✖': 'x',
  '…': '...',
  '→': '->',
  '·': '-',
  '•': '-',
  '❯': '>',
  '›': '>',
  '‹': '<',
  '─': '-',
  '│': '|',
  '┌': '+',
  '┐': '+',
  '└': '+',
  '┘': '+',
  '▶': '>',
  '▼': 'v',
  '◉': '[x]',
  '◯': '[ ]',
  '↑': 'up',
  '↓': 'down',
  '⏎': 'enter',
  '–': '-',
  '’': "'",
};

/** Text without our own signs; names that others gave stay as they are. */
export function asciiOf(text: string): string {
  return text.replace(/[✔✖…→·•❯›‹─│┌┐└┘▶▼◉◯↑↓⏎–’]/g, (sign) => ascii[sign] ?? sign);
}

/** Whether the terminal takes UTF-8, as the locale says (POSIX: LC_ALL, then LC_CTYPE, then LANG). */
export function takesUtf8(
  env: Readonly<Record<string, string | undefined>>,
  platform: string = process.platform,
): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  if (locale === undefined || locale === '')
    return platform === 'win32' ? env.WT_SESSION !== undefined : platform === 'darwin';
  return /utf-?8/i.test(locale);
}
