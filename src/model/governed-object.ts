import { asksNoMore, selectsAllOf } from '../aws/rule-filter.ts';
import { encryptionOf } from './replication/default-encryption.ts';
import { defaultRetentionOf } from './replication/default-retention.ts';
import type { Prepared } from './replication/prepare.ts';
import type { Rule } from './replication/rule.ts';
import type { ObjectSnapshot, Snapshot } from './snapshot.ts';
import type { Cause } from './verdict.ts';

/** An object that a rule's filter takes, with the source bucket's default encryption; no object has its name yet. */
export function newObject(snapshot: Snapshot, { prefix, tags }: Pick<Rule, 'prefix' | 'tags'>): ObjectSnapshot {
  return {
    key: `${prefix}s3repl-probe`,
    versionId: null,
    size: 1,
    ...encryptionOf(snapshot),
    storageClass: 'STANDARD',
    tags: Object.fromEntries(tags),
    deleteMarker: false,
    owner: snapshot.source.account,
    replicationStatus: null,
    existedBeforeRule: false,
    ...defaultRetentionOf(snapshot),
  };
}

export interface CoveredRule {
  readonly rule: Rule;
  readonly by: Rule;
}

/**
 * Enabled rules that never take effect: another with the same destination bucket has the higher priority (S3 User Guide, replication-add-config),
 * a prefix equal or shorter, and no other tags. Several rules together cover no more: an object with only the tags of its rule meets no rule
 * that asks for others, and finitely many longer prefixes always leave a key that begins with none.
 */
export function findCoveredRules(prepared: Prepared): readonly CoveredRule[] {
  return prepared.answerOnce('covered rules', () =>
    listsOf(prepared).flatMap((rules) =>
      rules.flatMap((rule, place) => {
        const by = rules.slice(0, place).find((one) => selectsAllOf(one, rule));
        return by ? [{ rule, by }] : [];
      }),
    ),
  );
}

export function findEffectiveRules(prepared: Prepared): readonly Rule[] {
  return prepared.answerOnce('effective rules', () => {
    const covered = new Set(findCoveredRules(prepared).map(({ rule }) => rule));
    return listsOf(prepared)
      .flat()
      .filter((rule) => !covered.has(rule));
  });
}

/** Longer prefixes under which stronger rules take the objects with no more than a rule's tags; none begins with another. */
export function findTakenPrefixes(prepared: Prepared, rule: Rule): readonly string[] {
  return prepared.answerOnce(`taken prefixes ${rule.path}`, () => {
    const rules = listsOf(prepared).find(([first]) => first?.destination === rule.destination) ?? [];
    const stronger = rules.slice(0, rules.indexOf(rule)).toSorted((a, b) => a.prefix.length - b.prefix.length);
    const widest: string[] = [];
    for (const one of stronger) {
      const isLonger = one.prefix.length > rule.prefix.length && one.prefix.startsWith(rule.prefix);
      if (isLonger && asksNoMore(one, rule) && !widest.some((prefix) => one.prefix.startsWith(prefix)))
        widest.push(one.prefix);
    }
    return widest;
  });
}

export function warnOfCovered(prepared: Prepared, covered: readonly CoveredRule[]): readonly Cause[] {
  return covered.map(({ rule, by }) => ({
    check: 'C28',
    summary: `Rule ${rule.id} never takes effect: rule ${by.id} (priority ${by.priority}) goes before it for every object that it selects, to the same bucket.`,
    fix:
      by.prefix === rule.prefix && asksNoMore(rule, by)
        ? `Remove rule ${rule.id}, or give the two rules different filters.`
        : `Remove rule ${rule.id}, or give it a priority above ${by.priority}.`,
    evidence: { arn: prepared.source.arn, path: rule.path, sources: ['S3 User Guide, replication-add-config'] },
  }));
}

function listsOf({ rules }: Prepared): readonly (readonly Rule[])[] {
  return rules === null || rules === 'unknown' ? [] : rules.byDestination;
}
