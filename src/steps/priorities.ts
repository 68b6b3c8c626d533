/** The greatest priority that S3 takes (recorded from AWS: 2147483648 is refused). */
const greatest = 2 ** 31 - 1;

/**
 * Priorities for our rules, unique in the whole configuration: an explicit one is taken, else the one that the rule has already,
 * else the first listed gets the highest that is free.
 *
 * @param rules in the order of repl.yaml
 * @param foreign the priorities of others' rules, which stay
 */
export function priorities(
  rules: readonly { readonly explicit?: number | undefined; readonly present?: number | undefined }[],
  foreign: readonly number[],
): readonly number[] {
  const taken = new Set([...foreign, ...rules.flatMap((rule) => rule.explicit ?? [])]);
  const settled = rules.map(({ explicit, present }) => {
    if (explicit !== undefined) return explicit;
    if (present === undefined || taken.has(present)) return undefined;
    taken.add(present);
    return present;
  });
  const open = settled.filter((priority) => priority === undefined).length;
  let next = Math.min(Math.max(0, ...taken) + open, greatest);
  return settled.map((priority) => {
    if (priority !== undefined) return priority;
    while (taken.has(next)) next -= 1;
    taken.add(next);
    return next;
  });
}
