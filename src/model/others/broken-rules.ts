import { isWithin } from '../replication/path.ts';
import { listEnabledRules, type Prepared, prepare } from '../replication/prepare.ts';
import type { Rule } from '../replication/rule.ts';
import { judgeObject } from '../replication.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Cause, Verdict } from '../verdict.ts';
import { type Broken, groupBroken, namesOf } from './broken.ts';
import { type Compared, compareObjects } from './compared-objects.ts';

/**
 * Judges every enabled rule of others on both states of a source bucket: what arrived and would not, or would differ, is broken. Where a
 * destination could not be read, only this is: what we could not tell before and surely fails after.
 * @param before and after: snapshots of the same source bucket. @param isOurs whether a rule ID is of the setup that is planned.
 */
export function findBrokenRules(before: Snapshot, after: Snapshot, isOurs: (id: string) => boolean): readonly Broken[] {
  const [old, planned] = [prepare(before), prepare(after)];
  const foreign = listEnabledRules(old).filter(({ id }) => !isOurs(id));
  if (foreign.length === 0) return [];
  const rules = { old: rulesById(old), planned: rulesById(planned) };
  const alone = withoutOurs(old, isOurs);
  const broken = compareObjects(old, planned).flatMap((compared) => {
    const later = judgeObject(planned, compared.after);
    return judgeObject(old, compared.before).flatMap((verdict) => {
      const rule = ruleOf(rules.old, verdict);
      if (rule === undefined) return [];
      const is = { rule, verdict };
      const was = isOurs(rule.id) ? findLikeOurs(compared, is, rules.old, alone) : is;
      const next = later.find(({ destination }) => destination === verdict.destination);
      const change =
        was && changeOf(compared, was, next && { rule: ruleOf(rules.planned, next), verdict: next }, later[0]);
      if (!change) return [];
      const met = change.effect === 'begins' ? findHidden(was.rule, foreign, compared) : [was.rule];
      return met.map((one) => ({ ...change, rule: one, objects: [], ...namesOf(compared, one) }));
    });
  });
  return groupBroken(broken);
}

/** The rules whose replicas a delete marker hides: also those with tags, which select no delete marker. */
function findHidden(rule: Rule, foreign: readonly Rule[], { before: { key } }: Compared): readonly Rule[] {
  return foreign.filter(
    (one) =>
      one === rule || (one.destination === rule.destination && one.tags.length > 0 && key.startsWith(one.prefix)),
  );
}

function withoutOurs(prepared: Prepared, isOurs: (id: string) => boolean): Prepared {
  const { rules } = prepared;
  if (rules === null || rules === 'unknown') return prepared;
  const byDestination = rules.byDestination.map((some) => some.filter(({ id }) => !isOurs(id)));
  return { ...prepared, rules: { ...rules, byDestination } };
}

/** A rule of others, where ours takes the object now just as theirs would: nothing has changed for its owner. A person accepted other changes by ours. */
function findLikeOurs(compared: Compared, ours: Sure, rules: Named, alone: Prepared): Sure | undefined {
  const { destination } = ours.verdict;
  const verdict = judgeObject(alone, compared.before).find((one) => one.destination === destination);
  const rule = verdict && ruleOf(rules, verdict);
  const theirs = rule && { rule, verdict };
  // Of objects, changeOf finds the differences. A rule with tags takes no delete markers, whatever it does with objects.
  const takes = ours.rule.tags.length === 0;
  if (!theirs || (takes && ruleDifferences(rule, ours.rule, false).length > 0)) return undefined;
  return changeOf(compared, theirs, ours, undefined) === undefined ? theirs : undefined;
}

type Named = ReadonlyMap<string, Rule>;

function rulesById(prepared: Prepared): Named {
  return new Map(listEnabledRules(prepared).map((rule) => [`${rule.id} ${rule.destination}`, rule]));
}

function ruleOf(rules: Named, { rule, destination }: Verdict): Rule | undefined {
  return rules.get(`${rule} ${destination}`);
}

interface Judged {
  readonly rule: Rule | undefined;
  readonly verdict: Verdict;
}

interface Sure extends Judged {
  readonly rule: Rule;
}

type Change = Omit<Broken, 'rule' | 'objects'>;

function changeOf(
  { what }: Compared,
  { rule, verdict: was }: Sure,
  next: Judged | undefined,
  elsewhere: Verdict | undefined,
): Change | undefined {
  const marker = what === 'delete-marker';
  if (arrives(was) === 'no') return marker ? findBeginning(was, next) : undefined;
  const is = next?.verdict;
  const by = next?.rule && next.rule.id !== rule.id ? next.rule : undefined;
  const more = { ...(by && { by }), ...(arrives(was) === 'unknown' && { unseen: true as const }) };
  const ends = (effect: Broken['effect'], cause: Cause | undefined, otherwise: string): Change => ({
    ...more,
    effect,
    how: `${by && cause && isIn(cause, by) ? '' : describeTaker(by)}${cause?.summary ?? otherwise}`,
    ...(cause && { cause }),
  });
  if (is === undefined || arrives(is) === 'no') {
    return ends('stops', (is ?? elsewhere)?.causes[0], 'No rule replicates them there any more.');
  }
  if (arrives(is) === 'unknown' && arrives(was) === 'yes') return ends('unknown', is.causes[0], '');
  if (marker) return undefined;
  const differences = next ? differencesOf({ rule, verdict: was }, next) : [];
  return differences.length === 0
    ? undefined
    : { ...more, effect: 'differs', how: `${describeTaker(by)}${differences.join('; ')}` };
}

/** A delete marker that begins to arrive hides a replica that was kept on purpose. */
function findBeginning(was: Verdict, next: Judged | undefined): Change | undefined {
  if (was.reason !== 'delete-marker-not-selected' || next?.verdict.outcome !== 'replicates') return undefined;
  return { effect: 'begins', how: next.rule ? `rule ${next.rule.id} (priority ${next.rule.priority})` : '' };
}

function differencesOf({ rule, verdict: was }: Sure, { rule: other, verdict: is }: Judged): readonly string[] {
  return [
    ...(was.replica && is.replica ? replicaDifferences(was.replica, is.replica) : []),
    ...(other ? ruleDifferences(rule, other, was.replica === null) : []),
  ];
}

/** A version that fails for its tags only arrives without them (recorded/replication.md 40 to 47). */
function arrives({ outcome, replica }: Verdict): 'yes' | 'no' | 'unknown' {
  if (outcome === 'unknown') return outcome;
  return outcome === 'replicates' || (outcome === 'fails' && replica !== null) ? 'yes' : 'no';
}

function isIn({ evidence: { path } }: Cause, rule: Rule): boolean {
  return path !== undefined && isWithin(path, rule.path);
}

function describeTaker(by: Rule | undefined): string {
  return by ? `rule ${by.id} (priority ${by.priority}) would take them, and ` : '';
}

type Replica = NonNullable<Verdict['replica']>;

function replicaDifferences(was: Replica, is: Replica): readonly string[] {
  const encryption = ({ encryption, kmsKey }: Replica) =>
    kmsKey === null ? encryption : `${encryption} under ${kmsKey}`;
  return [
    ...(encryption(was) === encryption(is)
      ? []
      : [`replicas would be encrypted with ${encryption(is)} instead of ${encryption(was)}`]),
    ...(was.owner === is.owner || was.owner === 'unknown' || is.owner === 'unknown'
      ? []
      : [`replicas would belong to account ${is.owner} instead of ${was.owner}`]),
    ...(is.tags === false && was.tags !== false ? ['replicas would lose their tags'] : []),
  ];
}

/** Also compares the storage class: writers may ask for any. @param unseen whether what arrives is not known, so only the rules can be compared. */
function ruleDifferences(was: Rule, is: Rule, unseen: boolean): readonly string[] {
  const storage = ({ storageClass }: Rule) => storageClass ?? 'the storage class of the source object';
  return [
    ...(was.replicationTimeControl === is.replicationTimeControl
      ? []
      : [`S3 Replication Time Control would be ${is.replicationTimeControl ? 'on' : 'off'} for them`]),
    ...(was.replicaModifications && !is.replicaModifications
      ? ['changes to the metadata of replicas would not replicate']
      : []),
    ...(storage(was) !== storage(is) ? [`replicas would be in ${storage(is)} instead of ${storage(was)}`] : []),
    ...(unseen && was.replicaKey !== is.replicaKey
      ? [`replicas would be encrypted under ${is.replicaKey ?? 'no KMS key'}`]
      : []),
    ...(unseen && was.ownerOverride !== is.ownerOverride ? ['replicas would have another owner'] : []),
  ];
}
