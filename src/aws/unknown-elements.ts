/**
 * Elements of S3 documents unknown to the SDK: such documents can be read, but not written back whole (docs/decisions/0010-elements-that-we-do-not-know.md).
 */

import type { Json } from './json.ts';

/** No member of AWS's own has such a name. */
export function unknownMember(element: string): string {
  return `<${element}>`;
}

export type UnknownMembers = { readonly [member: `<${string}>`]: Json };

export interface UnknownElement {
  readonly element: string;
  /** Members, indices, and IDs of rules, from the outside in. */
  readonly within: readonly string[];
}

export function unknownElements(document: unknown, within: readonly string[] = []): readonly UnknownElement[] {
  if (typeof document !== 'object' || document === null) return [];
  return Object.entries(document).flatMap(([member, value]: [string, unknown]) =>
    isUnknown(member) ? [{ element: member, within }] : unknownElements(value, [...within, nameOf(member, value)]),
  );
}

export function withoutUnknown<T>(document: T): T {
  return JSON.parse(JSON.stringify(document, (member, value: unknown) => (isUnknown(member) ? undefined : value))) as T;
}

export function keepUnknown(document: object): UnknownMembers {
  return Object.fromEntries(Object.entries(document).filter(([member]) => isUnknown(member)));
}

export function namesOf(elements: readonly UnknownElement[]): string {
  const named = [...new Set(elements.map(({ element, within }) => [element, ...placeOf(within)].join(' in ')))];
  const more = named.length > 3 ? `, and ${named.length - 3} more` : '';
  return `${named.slice(0, 3).join(', ')}${more}`;
}

function placeOf(within: readonly string[]): readonly string[] {
  const rule = within.find((one) => one.startsWith('rule '));
  const member = within.findLast((one) => /^[A-Z]/.test(one) && one !== 'Rules');
  return [member, rule].flatMap((one) => one ?? []);
}

function nameOf(member: string, value: unknown): string {
  const isRule = /^\d+$/.test(member) && typeof value === 'object' && value !== null;
  return isRule && 'ID' in value ? `rule ${String(value.ID)}` : member;
}

function isUnknown(member: string): boolean {
  return member.startsWith('<') && member.endsWith('>');
}
