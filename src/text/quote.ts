const longest = 60;

/**
 * Every character that could steer a terminal, turn the writing direction or be there without being seen: control and format
 * characters, tag characters, line separators, variation selectors and fillers, halves of surrogate pairs
 * (https://www.unicode.org/reports/tr44/, General_Category and Default_Ignorable_Code_Point).
 */
export const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** `text` in quotes for a message: at most 60 characters of it, and nothing unseen in it other than as `\u001b`. */
export function quote(text: string): string {
  const characters = Array.from(text);
  const shown = characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : text;
  return `"${escapeControls(shown)}"`;
}

/** `text` with everything unseen written as `\u001b` or `\u{e0041}`. */
export function escapeControls(text: string): string {
  return text.replace(unseen, escapeCharacter);
}

/** How a message names a value of the file: text in quotes, a list or a mapping by its kind. */
export function quoteValue(value: unknown): string {
  if (typeof value === 'string') {
    return quote(value);
  }
  if (Array.isArray(value)) {
    return 'a list';
  }
  return typeof value === 'object' && value !== null ? 'a mapping' : String(value);
}

/** A character as `\u001b`, or as `\u{e0041}` where four digits are too few. */
export function escapeCharacter(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
}
