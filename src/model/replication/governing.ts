import type { ObjectSnapshot } from '../snapshot.ts';
import type { SilentReason } from '../verdict.ts';
import type { Rule, RuleBook } from './rule.ts';

export interface Governing {
  readonly rule: Rule;
  /** False where unknown tags decide whether it matches. */
  readonly certain: boolean;
}

/** At most one rule for each destination, the matching one of the highest priority. */
export function findGoverning(book: RuleBook, object: ObjectSnapshot): readonly Governing[] {
  return book.byDestination.flatMap((rules) => governs(rules, object) ?? []);
}

function governs(rules: readonly Rule[], object: ObjectSnapshot): Governing | undefined {
  const node = nodeFor(indexOf(rules), object.key);
  if (node === undefined) return undefined;
  const at = (place: number) => rules[place];
  const { tags } = object;
  // A delete marker has no tags. That rules with tags replicate none is a reason of its own (rules.md 2.2).
  const isMarker = object.deleteMarker === true;
  if (tags === 'unknown' && !isMarker) {
    const rule = at(node.first);
    return rule && { rule, certain: rule.tags.length === 0 };
  }
  const has = tags === 'unknown' || isMarker ? {} : tags;
  const place = Math.min(node.firstWithoutTags, ...placesByTags(node, has, rules));
  const rule = at(place) ?? (isMarker ? at(node.first) : undefined);
  return rule && { rule, certain: true };
}

/** Rules of one prefix and of shorter ones, as places in their list, the strongest first. */
interface Node {
  readonly prefix: string;
  readonly shorter: Node | undefined;
  first: number;
  firstWithoutTags: number;
  readonly byTag: Map<string, number[]>;
  hasTags: boolean;
}

/** Sorted by prefix: there may be a thousand rules, and as many objects. */
const indexes = new WeakMap<readonly Rule[], readonly Node[]>();

function indexOf(rules: readonly Rule[]): readonly Node[] {
  const known = indexes.get(rules);
  if (known) return known;
  const places = new Map<string, number[]>();
  rules.forEach(({ prefix }, place) => {
    const same = places.get(prefix);
    if (same) same.push(place);
    else places.set(prefix, [place]);
  });
  const nodes: Node[] = [];
  for (const prefix of [...places.keys()].sort(compareCodeUnits)) {
    let shorter = nodes.at(-1);
    while (shorter !== undefined && !prefix.startsWith(shorter.prefix)) shorter = shorter.shorter;
    const node: Node = {
      prefix,
      shorter,
      first: shorter?.first ?? Number.POSITIVE_INFINITY,
      firstWithoutTags: shorter?.firstWithoutTags ?? Number.POSITIVE_INFINITY,
      byTag: new Map(),
      hasTags: shorter?.hasTags ?? false,
    };
    for (const place of places.get(prefix) ?? []) add(node, place, rules[place]?.tags[0]);
    nodes.push(node);
  }
  indexes.set(rules, nodes);
  return nodes;
}

function add(node: Node, place: number, tag: readonly [string, string] | undefined): void {
  node.first = Math.min(node.first, place);
  if (tag === undefined) {
    node.firstWithoutTags = Math.min(node.firstWithoutTags, place);
    return;
  }
  node.hasTags = true;
  const name = tagName(tag);
  const same = node.byTag.get(name);
  if (same) same.push(place);
  else node.byTag.set(name, [place]);
}

/** Finds the longest prefix: all that sorts between it and the key begins with it too. */
function nodeFor(nodes: readonly Node[], key: string): Node | undefined {
  let [low, high] = [0, nodes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const prefix = nodes[middle]?.prefix ?? '';
    if (compareCodeUnits(prefix, key) <= 0) low = middle + 1;
    else high = middle;
  }
  let node = nodes[low - 1];
  while (node !== undefined && !key.startsWith(node.prefix)) node = node.shorter;
  return node;
}

function placesByTags(from: Node, has: Readonly<Record<string, string>>, rules: readonly Rule[]): readonly number[] {
  const places: number[] = [];
  const pairs = Object.entries(has);
  for (let node: Node | undefined = from; node?.hasTags; node = node.shorter) {
    for (const pair of pairs) {
      const place = node.byTag.get(tagName(pair))?.find((one) => hasTags(has, rules[one]?.tags ?? []));
      if (place !== undefined) places.push(place);
    }
  }
  return places;
}

function tagName([key, value]: readonly [string, string]): string {
  return `${key}\0${value}`;
}

function hasTags(has: Readonly<Record<string, string>>, tags: Rule['tags']): boolean {
  return tags.every(([key, value]) => Object.hasOwn(has, key) && has[key] === value);
}

function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function matchesFilter({ prefix, tags }: Rule, object: ObjectSnapshot): boolean | 'unknown' {
  if (!object.key.startsWith(prefix)) return false;
  if (tags.length === 0) return true;
  const { tags: has } = object;
  if (object.deleteMarker === true) return false;
  return has === 'unknown' ? 'unknown' : hasTags(has, tags);
}

export function explainUngoverned(
  book: RuleBook | null,
  object: ObjectSnapshot,
): { reason: SilentReason; nearest?: Rule } {
  if (book === null) return { reason: 'no-rule' };
  const disabled = book.disabled.find((rule) => matchesFilter(rule, object) === true);
  if (disabled) return { reason: 'rule-disabled', nearest: disabled };
  const rules = [...book.byDestination.flat(), ...book.disabled];
  const nearest = rules.find(({ prefix }) => prefix.startsWith('/') && `/${object.key}`.startsWith(prefix)) ?? rules[0];
  return nearest ? { reason: 'filter', nearest } : { reason: 'no-rule' };
}
