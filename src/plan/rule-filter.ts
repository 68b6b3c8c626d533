/** Which objects a replication rule selects (API: ReplicationRule, Prefix and Filter). */
import type { ReplicationRule } from '@aws-sdk/client-s3';

export interface RuleFilter {
  readonly prefix: string;
  /** All of them have to match. */
  readonly tags: readonly (readonly [key: string, value: string])[];
}

/** The filter of a rule of either version. */
export function filterIn({ Prefix, Filter }: ReplicationRule): RuleFilter {
  const tags = Filter?.And?.Tags ?? (Filter?.Tag ? [Filter.Tag] : []);
  return {
    prefix: Prefix ?? Filter?.And?.Prefix ?? Filter?.Prefix ?? '',
    tags: tags.map(({ Key, Value }) => [Key ?? '', Value ?? ''] as const),
  };
}

/** What two rules both select; undefined where no object is. */
export function jointFilter(one: RuleFilter, other: RuleFilter): RuleFilter | undefined {
  const [short, long] = one.prefix.length <= other.prefix.length ? [one, other] : [other, one];
  if (!long.prefix.startsWith(short.prefix)) return undefined;
  const tags = new Map(one.tags);
  for (const [key, value] of other.tags) {
    if (tags.has(key) && tags.get(key) !== value) return undefined;
    tags.set(key, value);
  }
  return { prefix: long.prefix, tags: [...tags] };
}

/** Whether one rule selects everything that another selects. */
export function selectsAllOf(one: RuleFilter, other: RuleFilter): boolean {
  const has = new Map(other.tags);
  return other.prefix.startsWith(one.prefix) && one.tags.every(([key, value]) => has.get(key) === value);
}
