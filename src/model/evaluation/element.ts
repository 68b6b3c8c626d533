import type { Phrase } from './phrase.ts';
import type { Truth } from './truth.ts';

export interface Element {
  readonly name: 'Effect' | 'Principal' | 'Action' | 'Resource' | 'Condition' | 'Statement';
  readonly matches: Truth;
  /** It names almost the caller: a role of its name, under another path or in another account. */
  readonly almost?: boolean;
  readonly negated?: true;
  readonly key?: string;
  readonly why: Phrase;
}

/** An element that AWS would not have stored: it never grants, and we cannot tell whether it denies. */
export function malformedElement(name: Element['name'], effect: 'Allow' | 'Deny', why: Phrase): Element {
  return { name, matches: effect === 'Allow' ? false : 'unknown', why };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined for anything else than texts, and for an empty list. */
export function textsOf(value: unknown): readonly string[] | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = list.filter((one) => typeof one === 'string');
  return texts.length === list.length && texts.length > 0 ? texts : undefined;
}
