/** Whether versions are older than the rules that would take them, as far as there is evidence. */
import { instantOf } from '../model/replication/dates.ts';
import { memberOf } from '../model/replication/find.ts';
import { findGoverning } from '../model/replication/governing.ts';
import { type Prepared, prepare, replicaKeySide } from '../model/replication/prepare.ts';
import type { Rule, RuleBook } from '../model/replication/rule.ts';
import { silenceOf } from '../model/replication/silent.ts';
import type { ObjectSnapshot, Snapshot } from '../model/snapshot.ts';

/**
 * S3 gives a version its status when it is written, and none where no rule takes it (recorded/replication.md 55, 58). That it has none
 * proves nothing about its age: a rule may have been disabled meanwhile, or its tags may have come later. Evidence is that
 * - it was written before the key of the replicas was created, which the rule names: then it is older than the rule as it is now;
 * - it was written after a version that a rule with tags took in: then it is not.
 * AWS does not tell when a rule was made.
 */
export function withAges(snapshot: Snapshot): Snapshot {
  const { objects } = snapshot;
  const prepared = prepare(snapshot);
  const { rules: book } = prepared;
  if (objects === 'unknown' || book === null || book === 'unknown') return snapshot;
  const firstTaken = firstTimes(book, objects);
  const withAge = (object: ObjectSnapshot): ObjectSnapshot => {
    const { existedBeforeRule, replicationStatus, deleteMarker } = object;
    const written = instantOf(object.lastModified);
    const isOpen = existedBeforeRule === 'unknown' && replicationStatus === null && deleteMarker === false;
    if (!isOpen || written === undefined) return object;
    // Where they would leave it alone anyway, its age decides nothing.
    const rules = takers(book, { ...object, existedBeforeRule: false });
    if (rules.length === 0) return object;
    if (rules.every((rule) => written < keyTime(prepared, rule))) return { ...object, existedBeforeRule: true };
    const isLater = (rule: Rule) => rule.tags.length > 0 && written > (firstTaken.get(rule) ?? Infinity);
    return rules.every(isLater) ? { ...object, existedBeforeRule: false } : object;
  };
  return { ...snapshot, objects: objects.map(withAge) };
}

/** The rules that would take a version in. */
function takers(book: RuleBook, object: ObjectSnapshot): readonly Rule[] {
  return findGoverning(book, object).flatMap(({ rule, certain }) =>
    certain && silenceOf(rule, object) === undefined ? [rule] : [],
  );
}

/** When the first version with a status was written, by rule. */
function firstTimes(book: RuleBook, objects: readonly ObjectSnapshot[]): ReadonlyMap<Rule, number> {
  const first = new Map<Rule, number>();
  for (const object of objects) {
    const written = instantOf(object.lastModified);
    if (!['PENDING', 'COMPLETED', 'FAILED'].includes(object.replicationStatus ?? '') || written === undefined) continue;
    for (const rule of takers(book, object)) first.set(rule, Math.min(written, first.get(rule) ?? Infinity));
  }
  return first;
}

/** When the key of a rule's replicas was created: nobody could name it before. */
function keyTime(prepared: Prepared, rule: Rule): number {
  const key = replicaKeySide(prepared, rule);
  const metadata = key === undefined || key.byAlias ? 'unknown' : memberOf(key.value, 'metadata');
  const created = metadata === null || metadata === 'unknown' ? undefined : instantOf(metadata.CreationDate);
  return created ?? Number.NEGATIVE_INFINITY;
}
