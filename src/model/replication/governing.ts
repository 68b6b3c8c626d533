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
  for (const rule of rules) {
    const matches = matchesFilter(rule, object);
    if (matches !== false) return { rule, certain: matches === true };
  }
  // A delete marker has no tags. That rules with tags do not replicate any is a reason of its own (rules.md 2.2).
  const byPrefix = object.deleteMarker === true && rules.find((rule) => object.key.startsWith(rule.prefix));
  return byPrefix ? { rule: byPrefix, certain: true } : undefined;
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
  const rules = book === null ? [] : [...book.byDestination.flat(), ...book.disabled];
  if (book === null || rules.length === 0) return { reason: 'no-rule' };
  const disabled = book.disabled.find((rule) => matchesFilter(rule, object) === true);
  if (disabled) return { reason: 'rule-disabled', nearest: disabled };
  const nearest = rules.find(({ prefix }) => prefix.startsWith('/') && `/${object.key}`.startsWith(prefix)) ?? rules[0];
  return { reason: 'filter', ...(nearest && { nearest }) };
}
