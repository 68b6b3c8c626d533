/** Which rule governs a version at each destination. */
import type { ObjectSnapshot } from '../snapshot.ts';
import type { SilentReason } from '../verdict.ts';
import type { Rule, RuleBook } from './rule.ts';

export interface Governing {
  readonly rule: Rule;
  /** False where the tags decide whether it matches, and nobody knows them. */
  readonly certain: boolean;
}

/** At most one rule for each destination, the matching one of the highest priority. */
export function governing(book: RuleBook, object: ObjectSnapshot): readonly Governing[] {
  return book.byDestination.flatMap((rules) => governs(rules, object) ?? []);
}

function governs(rules: readonly Rule[], object: ObjectSnapshot): Governing | undefined {
  const byPrefix = withPrefixOf(rules, object.key);
  for (const rule of byPrefix) {
    const matches = matchesFilter(rule, object);
    if (matches !== false) return { rule, certain: matches === true };
  }
  // A delete marker has no tags. That rules with tags do not replicate any is a reason of its own (rules.md 2.2).
  const [first] = byPrefix;
  return first && object.deleteMarker === true ? { rule: first, certain: true } : undefined;
}

/** The places of rules in their list, by prefix. */
type Places = ReadonlyMap<string, readonly number[]>;

const placesOf = new WeakMap<readonly Rule[], { readonly places: Places; readonly lengths: readonly number[] }>();

/** The rules whose prefix a key has, in their order: there may be a thousand rules, and as many objects. */
function withPrefixOf(rules: readonly Rule[], key: string): readonly Rule[] {
  const { places, lengths } = placesOf.get(rules) ?? indexed(rules);
  const found = lengths.flatMap((length) => places.get(key.slice(0, length)) ?? []);
  return found.sort((a, b) => a - b).flatMap((place) => rules[place] ?? []);
}

function indexed(rules: readonly Rule[]) {
  const places = new Map<string, number[]>();
  rules.forEach(({ prefix }, place) => {
    const same = places.get(prefix);
    if (same) same.push(place);
    else places.set(prefix, [place]);
  });
  const index = { places, lengths: [...new Set([...places.keys()].map((prefix) => prefix.length))] };
  placesOf.set(rules, index);
  return index;
}

function matchesFilter({ prefix, tags }: Rule, object: ObjectSnapshot): boolean | 'unknown' {
  if (!object.key.startsWith(prefix)) return false;
  if (tags.length === 0) return true;
  const { tags: has } = object;
  if (object.deleteMarker === true) return false;
  return has === 'unknown' ? 'unknown' : tags.every(([key, value]) => has[key] === value);
}

/** Why no rule governs an object. */
export function ungoverned(book: RuleBook | null, object: ObjectSnapshot): { reason: SilentReason; nearest?: Rule } {
  if (book === null) return { reason: 'no-rule' };
  const disabled = book.disabled.find((rule) => matchesFilter(rule, object) === true);
  if (disabled) return { reason: 'rule-disabled', nearest: disabled };
  const rules = [...book.byDestination.flat(), ...book.disabled];
  const nearest = rules.find(({ prefix }) => prefix.startsWith('/') && `/${object.key}`.startsWith(prefix)) ?? rules[0];
  return nearest ? { reason: 'filter', nearest } : { reason: 'no-rule' };
}
