const longest = 60;

/** Steers a terminal, turns text or is invisible (https://www.unicode.org/reports/tr44/, General_Category, Default_Ignorable_Code_Point). */
export const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** In quotes, at most 60 characters, unseen ones as `\u001b`. */
export function quote(text: string): string {
  const characters = Array.from(text);
  const shown = characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : text;
  return `"${escapeControls(shown)}"`;
}

/** Writes what is unseen as `\u001b` or `\u{e0041}`. */
export function escapeControls(text: string): string {
  return text.replace(unseen, escapeCharacter);
}

/** Text in quotes, a list or a mapping by its kind. */
export function quoteValue(value: unknown): string {
  if (typeof value === 'string') {
    return quote(value);
  }
  if (Array.isArray(value)) {
    return 'a list';
  }
  return typeof value === 'object' && value !== null ? 'a mapping' : String(value);
}

export function escapeCharacter(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
}
