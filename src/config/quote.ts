const longest = 60;

/**
 * `text` in quotes for a message: at most 60 characters of it, and nothing in it that could steer a terminal or hide
 * (control and format characters, line separators, halves of surrogate pairs) other than as `\u001b`.
 */
export function quote(text: string): string {
  const characters = Array.from(text);
  const shown = characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : text;
  return `"${escapeControls(shown)}"`;
}

/** `text` with everything that a terminal might act on written as `\u001b`. */
export function escapeControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, escapeCharacter);
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

function escapeCharacter(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
}
