/** What a pattern leaves open once the beginning of a text is fixed, and texts that fit it. */
import { many, matches, one, type Pattern } from './pattern.ts';

/**
 * Patterns for the rest of a text that begins with `start` and matches `pattern` as a whole: any text that matches one of them, put
 * after `start`, matches. None where no such text does.
 */
export function tailsOf(pattern: Pattern, start: string): readonly Pattern[] {
  let reached = closure(pattern, [0]);
  for (const character of start) {
    const next = new Set<number>();
    for (const at of reached) {
      const piece = pattern[at];
      if (piece === many) next.add(at);
      else if (piece === one || piece === character) next.add(at + 1);
    }
    if (next.size === 0) return [];
    reached = closure(pattern, next);
  }
  // What comes after a star is one of the texts that the star's own tail allows.
  const widest = [...reached].filter((at) => pattern[at - 1] !== many || !reached.has(at - 1));
  return widest.map((at) => pattern.slice(at));
}

/** Positions with those that a star reaches by standing for nothing. */
function closure(pattern: Pattern, positions: Iterable<number>): ReadonlySet<number> {
  const all = new Set<number>();
  for (let at of positions) {
    all.add(at);
    while (pattern[at] === many) {
      at += 1;
      all.add(at);
    }
  }
  return all;
}

/** Whether every text matches. */
export function matchesAll(pattern: Pattern): boolean {
  return pattern.length > 0 && pattern.every((piece) => piece === many);
}

/** A text that matches: `filler` for each star, its first character for each question mark. */
export function exampleOf(pattern: Pattern, filler: string): string {
  const [character = 'x'] = filler;
  return pattern.map((piece) => (piece === many ? filler : piece === one ? character : piece)).join('');
}

/** The pattern as it is written. */
export function textOf(pattern: Pattern): string {
  return exampleOf(
    pattern.map((piece) => (piece === many ? '*' : piece === one ? '?' : piece)),
    '',
  );
}

/** A test for many texts: most patterns are a text, or a text and what follows. */
export function matcherOf(pattern: Pattern): (text: string) => boolean {
  const open = pattern.findIndex((piece) => piece === many || piece === one);
  const start = pattern.slice(0, open < 0 ? pattern.length : open).join('');
  if (open < 0) return (text) => text === start;
  if (pattern[open] === many && open === pattern.length - 1) return (text) => text.startsWith(start);
  return (text) => text.startsWith(start) && matches(pattern, text);
}
