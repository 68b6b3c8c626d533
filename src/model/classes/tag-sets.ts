import { most } from './most-probes.ts';
import { anyValue, type TellingStatement } from './telling-statements.ts';

type Tags = Readonly<Record<string, string>>;

/** Up to this many sets, every value is combined with every other; beyond, one set per condition. */
const mostCombined = 256;

/** Tags alone and together (IAM User Guide, reference_policies_condition-logic-multiple-context-keys-or-values). @param own tags of every object. */
export function tagSetsOf(named: TellingStatement['tags'], own: Tags): readonly Tags[] {
  const tags = [...named].filter(([key]) => !Object.hasOwn(own, key));
  const asked = tags.filter(([, lists]) => lists.length > 0).map(([key, lists]) => ({ key, lists }));
  const single = tags.flatMap(([key, lists]) => valuesOf(lists).map((value) => ({ [key]: value })));
  const keysOnly = tags.filter(([, lists]) => lists.length === 0).map(([key]) => [key, anyValue] as const);
  const all = [...single, ...combineTags(asked), ...(keysOnly.length > 1 ? [Object.fromEntries(keysOnly)] : [])];
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

function valuesOf(lists: readonly (readonly string[])[]): readonly string[] {
  return lists.length === 0 ? [anyValue] : [...new Set(lists.flat())];
}

interface Asked {
  readonly key: string;
  readonly lists: readonly (readonly string[])[];
}

function combineTags(asked: readonly Asked[]): readonly Tags[] {
  const every = asked.map(({ key, lists }) => ({ key, values: valuesOf(lists) }));
  const isFew = every.reduce((product, { values }) => product * (values.length + 1), 1) <= mostCombined;
  const few = asked.map(({ key, lists }) => ({
    key,
    values: [...new Set(lists.flatMap((list) => [...list.slice(0, 1), ...list.slice(-1)]))],
  }));
  let sets: readonly Tags[] = [{}];
  for (const { key, values } of isFew ? every : few) {
    // With the tag first, then without: where there are too many, the sets with most tags stay.
    sets = [...values.flatMap((value) => sets.map((set) => ({ ...set, [key]: value }))), ...sets].slice(0, most.probes);
  }
  return sets.filter((set) => Object.keys(set).length > 1);
}
