/**
 * Our rules beside those of others to one destination bucket. Only the matching rule of highest priority counts (S3 User Guide,
 * replication-add-config), so a new rule of ours can take objects from others (docs/decisions/0012-neighbors.md).
 */
import type { ReplicationRule } from '@aws-sdk/client-s3';
import { arnParts } from '../aws/arn.ts';
import { filterIn, filterText, jointFilter, selectsAllOf } from '../aws/rule-filter.ts';
import type { AnySide, Spec } from '../config/spec.ts';
import type { Finding } from '../state/change.ts';
import { isOurRule } from '../state/names.ts';
import { bucketOf, type State } from '../state/state.ts';
import { shellWord } from '../text/shell-word.ts';
import { resolveKey } from './default-encryption.ts';
import { greatest } from './priorities.ts';
import { effectsOf } from './rule-document.ts';

export interface OurRule {
  readonly name: string;
  readonly side: AnySide;
  readonly document: ReplicationRule;
  /** The priority that repl.yaml asks for. */
  readonly explicit?: number | undefined;
  /** The priority that the rule has on AWS. */
  readonly present?: number | undefined;
}

function rivalsOf({ document }: OurRule, present: readonly ReplicationRule[], spec: Spec): readonly ReplicationRule[] {
  return present.filter(
    (one) =>
      !isOurRule(one, spec) &&
      one.Status === 'Enabled' &&
      one.Destination?.Bucket === document.Destination?.Bucket &&
      jointFilter(filterIn(one), filterIn(document)) !== undefined,
  );
}

/** The priority that a rule of ours has to stay below, so that others still get the same; undefined: none. */
export function boundFor(
  rule: OurRule,
  present: readonly ReplicationRule[],
  state: State,
  spec: Spec,
): number | undefined {
  const others = rivalsOf(rule, present, spec).filter((one) => differences(one, rule, state, spec).length > 0);
  return others.length === 0 ? undefined : Math.min(...others.map((one) => one.Priority ?? 0));
}

export function meet(one: OurRule, other: OurRule): boolean {
  const isSame = one.document.Destination?.Bucket === other.document.Destination?.Bucket;
  return isSame && jointFilter(filterIn(one.document), filterIn(other.document)) !== undefined;
}

/** Findings on rules that get their priority now: whom they yield to, and where that leaves nothing for them. */
export function neighborFindings(
  given: readonly (OurRule & { readonly priority: number })[],
  present: readonly ReplicationRule[],
  state: State,
  spec: Spec,
): readonly Finding[] {
  const foreign = present.filter((one) => !isOurRule(one, spec)).map(({ Priority = 0 }) => Priority);
  return given.flatMap((rule) => {
    const isOff = rule.document.Status !== 'Enabled';
    if (isOff || rule.explicit !== undefined || rule.priority === rule.present) return [];
    const rivals = rivalsOf(rule, present, spec).map((one) => ({ one, differs: differences(one, rule, state, spec) }));
    const others = given.flatMap((one) => (one === rule ? [] : one.priority));
    return findingsOf(rule, rivals, lowestAbove(rivals, new Set([...foreign, ...others])));
  });
}

interface Rival {
  readonly one: ReplicationRule;
  readonly differs: readonly string[];
}

/** The lowest priority above all rivals that is free; undefined where S3 takes none. */
function lowestAbove(rivals: readonly Rival[], taken: ReadonlySet<number>): number | undefined {
  let next = Math.max(0, ...rivals.map(({ one }) => one.Priority ?? 0)) + 1;
  while (taken.has(next)) next += 1;
  return next > greatest ? undefined : next;
}

/** @param above a priority by which the rule would go first. */
function findingsOf(
  rule: OurRule & { readonly priority: number },
  rivals: readonly Rival[],
  above: number | undefined,
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
  const describeRule = (one: ReplicationRule) => `rule ${one.ID} (priority ${one.Priority})`;
  const stronger = rivals.filter(({ differs }) => differs.length > 0);
  const covering = rivals.find(({ one }) => selectsAllOf(filterIn(one), own));
  const least = Math.min(...stronger.map(({ one }) => one.Priority ?? 0));
  const others = stronger.map(({ one }) => one.ID).join(', ');
  const accepting = stronger.map(({ one: { ID = '' } }) => `--accept-breaking ${shellWord(ID)}`).join(' ');
  const first =
    above === undefined
      ? `; no priority is above that of ${others}`
      : `; or write "priority: ${above}" to go first, and accept what that changes for the owner of ${others}: ${accepting}`;
  const waysOut = `write a narrower prefix, or remove the rule${first}`;
  if (covering && stronger.length === 0) {
    const message = `${describeRule(covering.one)}, which s3repl did not create, already replicates everything that rule ${rule.name} selects to ${bucket}, in the same way`;
    return [
      finding(
        'warning',
        'already-replicated',
        message,
        `remove rule ${rule.name}, unless the other rule will be removed`,
      ),
    ];
  }
  if (covering && rule.priority < (covering.one.Priority ?? 0)) {
    const how = covering.differs.length > 0 ? `, and treats them differently (${covering.differs.join('; ')})` : '';
    const message = `rule ${rule.name} would never take effect: ${describeRule(covering.one)}, which s3repl did not create, takes all of its objects to ${bucket} first${how}`;
    return [finding('problem', 'rule-covered', message, waysOut)];
  }
  if (rule.priority >= least) {
    const message = `rule ${rule.name} must go below ${others}, so that it takes no objects from ${stronger.length === 1 ? 'it' : 'them'}, and no lower priority is free`;
    return [finding('problem', 'no-priority-below', message, waysOut)];
  }
  return stronger.map(({ one, differs }) => {
    const joint = jointFilter(filterIn(one), own);
    const what = joint ? filterText(joint) : 'objects';
    const message = `rule ${rule.name} yields to ${describeRule(one)}, which s3repl did not create, for ${what} to ${bucket}: they keep arriving as that rule says (${differs.join('; ')})`;
    const fix =
      above === undefined
        ? `if that is fine, do nothing; there is no priority above that of rule ${one.ID}`
        : `if that is fine, do nothing; to take them over, write "priority: ${above}", and accept what that changes for the owner of rule ${one.ID}: --accept-breaking ${shellWord(one.ID ?? '')}`;
    return finding('warning', 'yields-to', message, fix);
  });
}

function differences(other: ReplicationRule, ours: OurRule, state: State, spec: Spec): readonly string[] {
  const { account, bucket } = ours.side;
  const isOwners = bucketOf(state, account, bucket)?.ownership === 'BucketOwnerEnforced';
  const around = { isOwners, keyOf: (id: string | undefined) => keyOf(id, ours, state, spec) };
  const [theirs, own] = [Object.entries(effectsOf(other, around)), effectsOf(ours.document, around)];
  return theirs.flatMap(([name, value]) => (own[name as keyof typeof own] === value ? [] : [`${name}: ${value}`]));
}

/** A name without an account means a key of the role's account, in the Region of the destination bucket (rules.md 1.3 K8). */
function keyOf(id: string | undefined, { side }: OurRule, state: State, spec: Spec): string {
  const { account = spec.source.account, region = side.region } = arnParts(id ?? '') ?? {};
  return resolveKey(state, { partition: side.partition, account, region }, id) ?? id ?? 'none';
}
