/**
 * Our rules beside those of others to the same destination bucket. Of the rules that select an object for one destination only that with the
 * highest priority counts (S3 User Guide, replication-add-config), so that a new rule of ours can take objects from others
 * (docs/decisions/0012-neighbors.md).
 */
import type { ReplicationRule } from '@aws-sdk/client-s3';
import type { AnySide, Spec } from '../config/spec.ts';
import type { Finding } from '../plan/change.ts';
import { isOurRule } from '../plan/names.ts';
import { filterIn, jointFilter, type RuleFilter, selectsAllOf } from '../plan/rule-filter.ts';
import type { State } from '../plan/state.ts';
import { resolvedKey } from './default-encryption.ts';

/** A rule of ours as it will be, but for its priority. */
export interface OurRule {
  /** In repl.yaml. */
  readonly name: string;
  readonly side: AnySide;
  readonly document: ReplicationRule;
  /** That repl.yaml asks for. */
  readonly explicit?: number | undefined;
  /** That the rule has on AWS. */
  readonly present?: number | undefined;
}

/** The enabled rules of others to the same destination that select some of the same objects. */
function rivalsOf({ document }: OurRule, present: readonly ReplicationRule[], spec: Spec): readonly ReplicationRule[] {
  return present.filter(
    (one) =>
      !isOurRule(one, spec) &&
      one.Status === 'Enabled' &&
      one.Destination?.Bucket === document.Destination?.Bucket &&
      jointFilter(filterIn(one), filterIn(document)) !== undefined,
  );
}

/** The priority that a rule of ours has to stay below, so that it changes nothing of what arrives for others; undefined: none. */
export function boundFor(
  rule: OurRule,
  present: readonly ReplicationRule[],
  state: State,
  spec: Spec,
): number | undefined {
  const others = rivalsOf(rule, present, spec).filter((one) => differences(one, rule, state).length > 0);
  return others.length === 0 ? undefined : Math.min(...others.map((one) => one.Priority ?? 0));
}

/** Whether two of our rules select some of the same objects for one destination. */
export function meet(one: OurRule, other: OurRule): boolean {
  const isSame = one.document.Destination?.Bucket === other.document.Destination?.Bucket;
  return isSame && jointFilter(filterIn(one.document), filterIn(other.document)) !== undefined;
}

/**
 * What to tell of rules that get their priority now: whom they yield to, and where that leaves nothing for them.
 *
 * @param given the rules with their priorities.
 */
export function neighborFindings(
  given: readonly (OurRule & { readonly priority: number })[],
  present: readonly ReplicationRule[],
  state: State,
  spec: Spec,
): readonly Finding[] {
  return given.flatMap((rule) => {
    if (rule.explicit !== undefined || rule.priority === rule.present) return [];
    return findingsOf(rule, rivalsOf(rule, present, spec), state);
  });
}

function findingsOf(
  rule: OurRule & { readonly priority: number },
  rivals: readonly ReplicationRule[],
  state: State,
): readonly Finding[] {
  const finding = (level: Finding['level'], code: string, message: string, fix: string): Finding => ({
    level,
    step: 'replication-rule',
    code,
    side: rule.side.id,
    message,
    fix,
  });
  const { bucket } = rule.side;
  const own = filterIn(rule.document);
  const named = (one: ReplicationRule) => `rule ${one.ID} (priority ${one.Priority})`;
  const all = rivals.map((one) => ({ one, differs: differences(one, rule, state) }));
  const stronger = all.filter(({ differs }) => differs.length > 0);
  const covering = all.find(({ one }) => selectsAllOf(filterIn(one), own));
  const least = Math.min(...stronger.map(({ one }) => one.Priority ?? 0));
  const above = Math.max(...rivals.map((one) => one.Priority ?? 0)) + 1;
  const others = stronger.map(({ one }) => one.ID).join(', ');
  const waysOut = `write a narrower prefix, or leave the rule out; or write "priority: ${above}" to go first: then ${others} loses those objects, which --accept-breaking has to name`;
  if (covering && covering.differs.length === 0 && stronger.length === 0) {
    const message = `${named(covering.one)}, which is not of this set-up, already replicates everything that rule ${rule.name} selects to ${bucket}, in the same way`;
    return [
      finding(
        'warning',
        'already-replicated',
        message,
        `leave rule ${rule.name} out, unless the other rule may go one day`,
      ),
    ];
  }
  if (covering && rule.priority < (covering.one.Priority ?? 0)) {
    const how = covering.differs.length > 0 ? `, differently (${covering.differs.join('; ')})` : '';
    const message = `rule ${rule.name} would never take effect: ${named(covering.one)}, which is not of this set-up, replicates all of its objects to ${bucket} already${how}`;
    return [finding('problem', 'rule-covered', message, waysOut)];
  }
  if (stronger.length > 0 && rule.priority >= least) {
    const message = `rule ${rule.name} must go below ${others}, so that it takes no objects from ${stronger.length === 1 ? 'it' : 'them'}, and no lower priority is free`;
    return [finding('problem', 'no-priority-below', message, waysOut)];
  }
  return stronger.map(({ one, differs }) => {
    const joint = jointFilter(filterIn(one), own);
    const message = `rule ${rule.name} yields to ${named(one)}, which is not of this set-up, for ${filterText(joint)} to ${bucket}: they go on arriving as that rule says (${differs.join('; ')})`;
    const fix = `to take them over, write "priority: ${above}": then they change for the owner of rule ${one.ID}`;
    return finding('warning', 'yields-to', message, fix);
  });
}

function filterText({ prefix, tags }: RuleFilter = { prefix: '', tags: [] }): string {
  const tagged = tags.map(([key, value]) => `${key}=${value}`).join(', ');
  const where = prefix === '' ? (tagged === '' ? 'all objects' : 'objects') : `objects under ${prefix}`;
  return tagged === '' ? where : `${where} tagged ${tagged}`;
}

/** How replicas under a rule of others differ from those under ours; empty where both do the same. */
function differences(other: ReplicationRule, { document: ours, side }: OurRule, state: State): readonly string[] {
  const effect = (rule: ReplicationRule) => {
    const { Destination: to, SourceSelectionCriteria: criteria } = rule;
    const key = to?.EncryptionConfiguration?.ReplicaKmsKeyID;
    const selected = criteria?.SseKmsEncryptedObjects?.Status === 'Enabled';
    return {
      'storage class': to?.StorageClass ?? 'of the source object',
      'KMS key': selected ? (resolvedKey(state, side, key) ?? key ?? 'none') : 'none, SSE-KMS objects are left out',
      'owner override': to?.AccessControlTranslation?.Owner === 'Destination' ? 'on' : 'off',
      'delete markers': rule.DeleteMarkerReplication?.Status === 'Enabled' ? 'replicated' : 'left out',
      'S3 RTC': to?.ReplicationTime?.Status === 'Enabled' ? 'on' : 'off',
      'replica modification sync': criteria?.ReplicaModifications?.Status === 'Enabled' ? 'on' : 'off',
    };
  };
  const [theirs, own] = [Object.entries(effect(other)), effect(ours)];
  return theirs.flatMap(([name, value]) => (own[name as keyof typeof own] === value ? [] : [`${name}: ${value}`]));
}
