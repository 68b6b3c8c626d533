import { many, type Pattern, wildcardPattern } from '../evaluation/pattern.ts';
import { exampleOf, matcherOf, matchesAll, tailsOf, textOf } from '../evaluation/tails.ts';
import type { Exclusion } from '../object-class.ts';
import type { TellingStatement } from './telling-statements.ts';

export interface KeyClass {
  /** At least one: `hr/*`. */
  readonly patterns: readonly string[];
  /** A key for each pattern, in the same order. */
  readonly examples: readonly string[];
  readonly statements: ReadonlySet<TellingStatement>;
}

export interface KeyClasses {
  readonly plain: KeyClass;
  readonly others: readonly KeyClass[];
  readonly nameOf: (key: string) => string;
}

interface Where {
  readonly prefix: string;
  /** Longer prefixes, whose keys belong to other rules. */
  readonly taken: readonly string[];
  readonly buckets: readonly string[];
}

interface Tail {
  readonly tail: Pattern;
  readonly statements: Set<TellingStatement>;
}

const fillers = ['s3repl-probe', 'probe', 'x', '0', '~', 'Z_', 'q/w', '7-7'];

/** The classes of keys under a prefix, with a key for each pattern that meets few others. Keys that the same statement parts cover are one class. */
export function keyClassesOf(
  statements: readonly TellingStatement[],
  exclusions: readonly Exclusion[],
  where: Where,
): KeyClasses {
  const excluded = exclusions.flatMap(({ key }) => (key === undefined ? [] : [wildcardPattern(key)]));
  const nameOf = namer(statements, excluded, where.buckets);
  const named = tailsIn(statements, excluded, where);
  const tails = [...named, ...overlapsOf(named, where)];
  const meets = tails.map(({ tail }) => matcherOf(tail));
  const { taken } = where;
  const free = `${findFreeCharacter(where.prefix, taken)}s3repl-probe`;
  const candidates = [...fillers, ...findUnusedCharacters(tails), free];
  const chooseKey = (pattern: Pattern, own: number) => {
    let best: { readonly key: string; readonly rivals: number } | undefined;
    for (const filler of candidates) {
      const tail = exampleOf(pattern, filler);
      const key = where.prefix + tail;
      if (key === '' || taken.some((one) => key.startsWith(one))) continue;
      const rivals = meets.filter((meet) => meet(tail)).length;
      if (best === undefined || rivals < best.rivals) best = { key, rivals };
      if (best.rivals <= own) break;
    }
    return best?.key;
  };
  const plainKey = chooseKey(wildcardPattern('*'), 0) ?? `${where.prefix}s3repl-probe`;
  const plain = { patterns: [`${where.prefix}*`], examples: [plainKey], statements: new Set<TellingStatement>() };
  const classes = new Map<string, { patterns: string[]; examples: string[]; statements: Set<TellingStatement> }>();
  const plainName = nameOf(plainKey);
  for (const { tail, statements: naming } of tails) {
    const key = chooseKey(tail, 1);
    if (key === undefined) continue;
    const name = nameOf(key);
    if (name === plainName) continue;
    const known = classes.get(name) ?? { patterns: [], examples: [], statements: new Set() };
    classes.set(name, known);
    for (const one of naming) known.statements.add(one);
    const pattern = where.prefix + textOf(tail);
    if (known.patterns.includes(pattern)) continue;
    known.patterns.push(pattern);
    known.examples.push(key);
  }
  return { plain, others: [...classes.values()], nameOf };
}

function tailsIn(
  statements: readonly TellingStatement[],
  excluded: readonly Pattern[],
  { prefix, buckets }: Where,
): readonly Tail[] {
  const found = new Map<string, Tail>();
  const add = (tails: readonly Pattern[], statement?: TellingStatement) => {
    if (tails.some(matchesAll)) return;
    for (const tail of tails) {
      const text = textOf(tail);
      const known = found.get(text) ?? { tail, statements: new Set() };
      found.set(text, known);
      if (statement) known.statements.add(statement);
    }
  };
  const ordered = statements.toSorted((a, b) => Number(b.effect === 'Deny') - Number(a.effect === 'Deny'));
  for (const statement of ordered) {
    for (const pattern of statement.arns.flat()) {
      for (const bucket of buckets) add(tailsOf(pattern, `${bucket}/${prefix}`), statement);
    }
  }
  for (const pattern of excluded) add(tailsOf(pattern, prefix));
  return [...found.values()];
}

/** More patterns than this, and more pairs of them, are not combined. */
const mostPaired = 100;
const mostPairs = 200;

/** Keys that two patterns share, where their effects combine: parts of one statement, and gaps between Allows. Puts one pattern in the other's star. */
function overlapsOf(tails: readonly Tail[], { prefix, buckets }: Where): readonly Tail[] {
  const isPart = ({ effect, arns }: TellingStatement) => effect === 'Allow' || arns.length > 1;
  const starred = tails
    .filter(({ tail, statements }) => tail.includes(many) && [...statements].some(isPart))
    .slice(0, mostPaired);
  const pairs = starred.flatMap((a, index) =>
    starred.slice(index + 1).flatMap((b) => (canMeanMore(a, b, prefix, buckets) ? [[a, b] as const] : [])),
  );
  return pairs.slice(0, mostPairs).flatMap(([a, b]) => {
    const both = [mergePatterns(a.tail, b.tail), mergePatterns(b.tail, a.tail)].find((pattern) => {
      const example = exampleOf(pattern, 's3repl-probe');
      return matcherOf(a.tail)(example) && matcherOf(b.tail)(example);
    });
    return both ? [{ tail: both, statements: new Set([...a.statements, ...b.statements]) }] : [];
  });
}

function mergePatterns(outer: Pattern, inner: Pattern): Pattern {
  return outer.flatMap((piece) => (piece === many ? inner : [piece]));
}

function canMeanMore(a: Tail, b: Tail, prefix: string, buckets: readonly string[]): boolean {
  const isAllow = ({ statements }: Tail) => [...statements].some(({ effect }) => effect === 'Allow');
  if (isAllow(a) && isAllow(b)) return true;
  const partsOf = (statement: TellingStatement, { tail }: Tail) =>
    statement.arns.findIndex((patterns) =>
      patterns.some((pattern) =>
        buckets.some((bucket) => tailsOf(pattern, `${bucket}/${prefix}`).some((one) => textOf(one) === textOf(tail))),
      ),
    );
  return [...a.statements].some((one) => b.statements.has(one) && partsOf(one, a) !== partsOf(one, b));
}

function findUnusedCharacters(tails: readonly Tail[]): readonly string[] {
  const used = new Set(tails.flatMap(({ tail }) => tail));
  const free = [...'~_-.0123456789qxzjkwvyQXZJKWVY'].filter((character) => !used.has(character)).slice(0, 2);
  return free.flatMap((character) => [1, 2, 3, 5].map((times) => character.repeat(times)));
}

function findFreeCharacter(prefix: string, taken: readonly string[]): string {
  const next = new Set(taken.map((one) => one.codePointAt(prefix.length)));
  let point = 'A'.charCodeAt(0);
  // Control characters follow the tilde.
  while (next.has(point)) point = point === 0x7e ? 0xc0 : point + 1;
  return String.fromCodePoint(point);
}

function namer(
  statements: readonly TellingStatement[],
  excluded: readonly Pattern[],
  buckets: readonly string[],
): (key: string) => string {
  const tests = testsOf(statements);
  const exceptions = excluded.map(matcherOf);
  return (key) => {
    const arns = buckets.map((bucket) => `${bucket}/${key}`);
    const told = tests.flatMap((some) => arns.map((arn) => some.some((test) => test(arn))));
    return [...told, ...exceptions.map((test) => test(key))].map((one) => (one ? '1' : '0')).join('');
  };
}

type Tests = readonly (readonly ((arn: string) => boolean)[])[];
const made = new WeakMap<readonly TellingStatement[], Tests>();

function testsOf(statements: readonly TellingStatement[]): Tests {
  const known = made.get(statements);
  if (known) return known;
  const tests = statements.flatMap(({ arns }) =>
    arns.filter((some) => !some.some(matchesAll)).map((some) => some.map(matcherOf)),
  );
  made.set(statements, tests);
  return tests;
}
