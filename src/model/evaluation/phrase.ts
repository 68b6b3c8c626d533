/** Text as data: the words, and what they are about. */

export interface Phrase {
  readonly words: readonly string[];
  readonly about: readonly About[];
}

type About = string | readonly string[] | Phrase;

/** A template that stays data: phrase`Action ${wants} does not include ${action}`. */
export function phrase(words: readonly string[], ...about: readonly About[]): Phrase {
  return { words: [...words], about };
}

export function joinPhrases(phrases: readonly Phrase[]): Phrase {
  return { words: ['', ...phrases.slice(1).map(() => '; '), ''], about: phrases };
}

export function textOf({ words, about }: Phrase): string {
  return words.reduce((text, next, index) => `${text}${aboutText(about[index - 1] ?? '')}${next}`);
}

function aboutText(about: About): string {
  if (typeof about === 'string') return about;
  return 'words' in about ? textOf(about) : enumerate(about);
}

export function withTexts<T>(data: T, change: (text: string) => string): T {
  const go = (value: unknown): unknown => {
    if (typeof value === 'string') return change(value);
    if (Array.isArray(value)) return value.map(go);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, go(member)]));
  };
  return go(data) as T;
}

/** `a, b, c and 4 more`. */
export function enumerate(texts: readonly string[]): string {
  const shown = texts.slice(0, 3).join(', ');
  return texts.length > 3 ? `${shown} and ${texts.length - 3} more` : shown;
}
