/** API: ReplicationRule, Prefix and Filter. */
import type { ReplicationRule } from '@aws-sdk/client-s3';

export interface RuleFilter {
  readonly prefix: string;
  readonly tags: readonly (readonly [key: string, value: string])[];
}

export function filterIn({ Prefix, Filter }: ReplicationRule): RuleFilter {
  const tags = Filter?.And?.Tags ?? (Filter?.Tag ? [Filter.Tag] : []);
  return {
    prefix: Prefix ?? Filter?.And?.Prefix ?? Filter?.Prefix ?? '',
    tags: tags.map(({ Key, Value }) => [Key ?? '', Value ?? ''] as const),
  };
}

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

export function selectsAllOf(one: RuleFilter, other: RuleFilter): boolean {
  return other.prefix.startsWith(one.prefix) && asksNoMore(one, other);
}

export function asksNoMore(one: RuleFilter, other: RuleFilter): boolean {
  return one.tags.every(([key, value]) => other.tags.some((tag) => tag[0] === key && tag[1] === value));
}

export function filterText({ prefix, tags }: RuleFilter): string {
  const tagged = tags.map(([key, value]) => `${key}=${value}`).join(', ');
  const where = prefix === '' ? (tagged === '' ? 'all objects' : 'objects') : `objects under ${prefix}`;
  return tagged === '' ? where : `${where} tagged ${tagged}`;
}
