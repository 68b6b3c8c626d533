/** For terminals without UTF-8. */
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
  '█': '#',
  '░': '.',
  '–': '-',
  '’': "'",
};

/** Names that others gave stay as they are. */
export function asciiOf(text: string): string {
  return text.replace(/[✔✖…→·•❯›‹─│┌┐└┘▶▼◉◯↑↓⏎█░–’]/g, (sign) => ascii[sign] ?? sign);
}

/** By the locale (POSIX: LC_ALL, then LC_CTYPE, then LANG). */
export function takesUtf8(
  env: Readonly<Record<string, string | undefined>>,
  platform: string = process.platform,
): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  if (locale === undefined || locale === '')
    return platform === 'win32' ? env.WT_SESSION !== undefined : platform === 'darwin';
  return /utf-?8/i.test(locale);
}
