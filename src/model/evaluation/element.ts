/** What a statement says about one part of a request. */
import type { Phrase } from './phrase.ts';
import type { Truth } from './truth.ts';

export interface Element {
  readonly name: 'Effect' | 'Principal' | 'Action' | 'Resource' | 'Condition' | 'Statement';
  readonly matches: Truth;
  /** Somebody is meant who is almost the caller: a role of its name, under another path or in another account. */
  readonly almost?: boolean;
  /** Whether the statement has it negated: `NotAction`. */
  readonly negated?: true;
  /** The condition key, as it is written. */
  readonly key?: string;
  /** Why it does not match, or why nobody can say. */
  readonly why: Phrase;
}

/**
 * An element that AWS would not have stored: it never grants, and whether it denies nobody can say.
 */
export function malformedElement(name: Element['name'], effect: 'Allow' | 'Deny', why: Phrase): Element {
  return { name, matches: effect === 'Allow' ? false : 'unknown', why };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One text or several; undefined for anything else, and for an empty list. */
export function textsOf(value: unknown): readonly string[] | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = list.filter((one) => typeof one === 'string');
  return texts.length === list.length && texts.length > 0 ? texts : undefined;
}
