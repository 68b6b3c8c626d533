import { many, matches, one, type Pattern } from './pattern.ts';

/** Patterns for the rest of a text that begins with `start` and matches `pattern`: `start` plus any text that matches one. Empty: no such text. */
export function tailsOf(pattern: Pattern, start: string): readonly Pattern[] {
  const characters = [...start];
  // Most patterns begin with the name of a bucket: compare text without wildcards first.
  let fixed = 0;
  while (fixed < characters.length && typeof pattern[fixed] === 'string') {
    if (pattern[fixed] !== characters[fixed]) return [];
    fixed += 1;
  }
  let reached = closure(pattern, [fixed]);
  for (const character of characters.slice(fixed)) {
    const next = advance(pattern, reached, character);
    if (next.size === 0) return [];
    reached = closure(pattern, next);
  }
  // The tail of a star includes all that can follow it.
  const widest = [...reached].filter((at) => pattern[at - 1] !== many || !reached.has(at - 1));
  return widest.map((at) => pattern.slice(at));
}

function advance(pattern: Pattern, reached: ReadonlySet<number>, character: string): ReadonlySet<number> {
  const next = new Set<number>();
  for (const at of reached) {
    const piece = pattern[at];
    if (piece === many) next.add(at);
    else if (piece === one || piece === character) next.add(at + 1);
  }
  return next;
}

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

export function matchesAll(pattern: Pattern): boolean {
  return pattern.length > 0 && pattern.every((piece) => piece === many);
}

/** `filler` for each star, its first character for each question mark. */
export function exampleOf(pattern: Pattern, filler: string): string {
  const [character = 'x'] = filler;
  return pattern.map((piece) => (piece === many ? filler : piece === one ? character : piece)).join('');
}

export function textOf(pattern: Pattern, star = '*'): string {
  return pattern.map((piece) => (piece === many ? star : piece === one ? '?' : piece)).join('');
}

export function matcherOf(pattern: Pattern): (text: string) => boolean {
  if (pattern.includes(one)) return (text) => matches(pattern, text);
  const [start = '', ...after] = textOf(pattern, '\0').split('\0');
  const end = after.pop();
  if (end === undefined) return (text) => text === start;
  const between = after.filter((part) => part !== '');
  return (text) => {
    if (!text.startsWith(start)) return false;
    let at = start.length;
    for (const part of between) {
      const found = text.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return text.length - end.length >= at && text.endsWith(end);
  };
}
