import { instantOf } from '../model/replication/dates.ts';
import { memberOf } from '../model/replication/find.ts';
import { findGoverning } from '../model/replication/governing.ts';
import { type Prepared, prepare, replicaKeySide } from '../model/replication/prepare.ts';
import type { Rule, RuleBook } from '../model/replication/rule.ts';
import { silenceOf } from '../model/replication/silent.ts';
import type { ObjectSnapshot, Snapshot } from '../model/snapshot.ts';

/**
 * S3 gives a version its status when it writes it, and none without a rule for it (recorded/replication.md 55, 58). AWS does not tell when a rule was made, and
 * a missing status proves nothing: a rule may have been disabled, or tags may have come later. Evidence of age is only that a version is older than the
 * replicas' key that the rule names, or newer than a version that a rule with tags took in.
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
    // Its age decides nothing where the rules would leave it alone anyway.
    const rules = takers(book, { ...object, existedBeforeRule: false });
    if (rules.length === 0) return object;
    if (rules.every((rule) => written < keyTime(prepared, rule))) return { ...object, existedBeforeRule: true };
    const isLater = (rule: Rule) => rule.tags.length > 0 && written > (firstTaken.get(rule) ?? Infinity);
    return rules.every(isLater) ? { ...object, existedBeforeRule: false } : object;
  };
  return { ...snapshot, objects: objects.map(withAge) };
}

function takers(book: RuleBook, object: ObjectSnapshot): readonly Rule[] {
  return findGoverning(book, object).flatMap(({ rule, certain }) =>
    certain && silenceOf(rule, object) === undefined ? [rule] : [],
  );
}

function firstTimes(book: RuleBook, objects: readonly ObjectSnapshot[]): ReadonlyMap<Rule, number> {
  const first = new Map<Rule, number>();
  for (const object of objects) {
    const written = instantOf(object.lastModified);
    if (!['PENDING', 'COMPLETED', 'FAILED'].includes(object.replicationStatus ?? '') || written === undefined) continue;
    for (const rule of takers(book, object)) first.set(rule, Math.min(written, first.get(rule) ?? Infinity));
  }
  return first;
}

/** Nobody could name the key before its creation. */
function keyTime(prepared: Prepared, rule: Rule): number {
  const key = replicaKeySide(prepared, rule);
  const metadata = key === undefined || key.byAlias ? 'unknown' : memberOf(key.value, 'metadata');
  const created = metadata === null || metadata === 'unknown' ? undefined : instantOf(metadata.CreationDate);
  return created ?? Number.NEGATIVE_INFINITY;
}
