/** How wide text is at a terminal, which is not its length: what is East Asian or an emoji takes two columns, and a combining mark none. */

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

/** @see https://www.unicode.org/reports/tr11/ (East Asian Width) */
export function columnsOf(text: string): number {
  // A fast path: nearly every text.
  if (/^[ -~]*$/.test(text)) return text.length;
  return Array.from(text).reduce((sum, character) => sum + columnsOfOne(character), 0);
}

function columnsOfOne(character: string): number {
  if (/\p{M}/u.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

/** The beginning of a text that fits, and what is left; the beginning has one character at least. */
export function splitAt(text: string, width: number): readonly [fits: string, left: string] {
  let used = 0;
  let end = 0;
  for (const character of text) {
    used += columnsOfOne(character);
    if (used > width && end > 0) break;
    end += character.length;
  }
  return [text.slice(0, end), text.slice(end)];
}

/** @param ellipsis ends what is cut. */
export function cutAt(text: string, width: number, ellipsis: string): string {
  if (columnsOf(text) <= width) return text;
  return `${splitAt(text, Math.max(1, width - ellipsis.length))[0]}${ellipsis}`;
}

/** Lines no wider than this; a word that is wider goes on in the next line. Several spaces stay, for they may be part of a name. */
export function foldText(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line: string | undefined;
  for (let word of text.split(' ')) {
    if (line !== undefined && columnsOf(line) + 1 + columnsOf(word) <= width) {
      line += ` ${word}`;
      continue;
    }
    if (line !== undefined) lines.push(line);
    while (columnsOf(word) > width) {
      const [fits, left] = splitAt(word, width);
      lines.push(fits);
      word = left;
    }
    line = word;
  }
  return [...lines, line ?? ''];
}
