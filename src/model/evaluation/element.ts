/** What a statement says about one part of a request. */
import type { Truth } from './truth.ts';

export interface Element {
  readonly name: 'Effect' | 'Principal' | 'Action' | 'Resource' | 'Condition' | 'Statement';
  readonly matches: Truth;
  /** Somebody is meant who is almost the caller: a role of its name, under another path or in another account. */
  readonly almost?: boolean;
  /** Why it does not match, or why nobody can say. */
  readonly text: string;
}

/**
 * An element that AWS would not have stored: it never grants, and whether it denies nobody can say.
 */
export function malformed(name: Element['name'], effect: 'Allow' | 'Deny', text: string): Element {
  return { name, matches: effect === 'Allow' ? false : 'unknown', text };
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

/** `a, b, c and 4 more`. */
export function enumerate(texts: readonly string[]): string {
  const shown = texts.slice(0, 3).join(', ');
  return texts.length > 3 ? `${shown} and ${texts.length - 3} more` : shown;
}
