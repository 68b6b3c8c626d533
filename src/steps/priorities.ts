/** The greatest priority that S3 takes (recorded from AWS: 2147483648 is refused). */
export const greatest = 2 ** 31 - 1;

interface PriorityWanted {
  readonly explicit?: number | undefined;
  readonly present?: number | undefined;
  readonly below?: number | undefined;
  readonly after?: readonly number[];
}

/**
 * Unique priorities: the explicit one, else the present one, else the highest free one (first listed first). @param rules in the order of repl.yaml;
 * `below`: a priority of others that a new one stays under if there is room; `after`: places of earlier rules that it comes after.
 */
export function priorities(rules: readonly PriorityWanted[], foreign: readonly number[]): readonly number[] {
  const taken = new Set([...foreign, ...rules.flatMap((rule) => rule.explicit ?? [])]);
  const settled = rules.map(({ explicit, present }) => {
    if (explicit !== undefined) return explicit;
    if (present === undefined || taken.has(present)) return undefined;
    taken.add(present);
    return present;
  });
  const open = settled.filter((priority) => priority === undefined).length;
  const highest = Math.min(Math.max(0, ...taken) + open, greatest);
  const given: number[] = [];
  for (const [place, { below, after = [] }] of rules.entries()) {
    const earlier = after.flatMap((one) => (settled[one] === undefined ? (given[one] ?? []) : []));
    const most = Math.min(highest, (below ?? highest + 1) - 1, ...earlier.map((one) => one - 1));
    const priority = settled[place] ?? highestFree(most, taken) ?? highestFree(highest, taken) ?? highest;
    taken.add(priority);
    given.push(priority);
  }
  return given;
}

function highestFree(most: number, taken: ReadonlySet<number>): number | undefined {
  let next = most;
  while (taken.has(next)) next -= 1;
  return next < 0 ? undefined : next;
}
