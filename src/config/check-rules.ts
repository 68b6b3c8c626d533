import { type Draft, type DraftRule, type DraftSide, draftSource, valueOr } from './draft.ts';
import type { Config } from './fields.ts';
import { defaultRuleId } from './own-name.ts';
import { formatPath, type Path } from './path.ts';
import { type Finding, problem, warning } from './problem.ts';
import { ruleFields } from './rule-fields.ts';

export interface PlacedRule {
  readonly path: Path;
  readonly rule: DraftRule;
}

/** All rules share one replication configuration. Also finds probable mistakes. */
export function checkRules(draft: Draft<Config>): readonly Finding[] {
  const source = draftSource(draft);
  const destinations = draft.destinations ?? [];
  const byDestination = destinations.map((destination, index) => placeRules(destination, index));
  const rules = byDestination.flat();
  return [
    ...checkIds(rules, destinations),
    ...checkPriorities(rules),
    ...rules.flatMap(checkOptions),
    ...byDestination.flatMap(checkFilters),
    ...byDestination.flatMap((ofOne, index) =>
      ofOne.flatMap((placed) => checkOwner(placed, source, destinations[index]?.account)),
    ),
  ];
}

export function placeRules(
  destination: Draft<Config['destinations'][number]> | undefined,
  index: number,
): PlacedRule[] {
  const rules = destination?.rules ?? [];
  return rules.flatMap((rule, at) =>
    rule === undefined ? [] : [{ path: ['destinations', index, 'rules', at], rule }],
  );
}

function checkIds(
  rules: readonly PlacedRule[],
  destinations: NonNullable<Draft<Config>['destinations']>,
): readonly Finding[] {
  const taken = new Map<string, string>();
  destinations.forEach((destination, index) => {
    if (destination !== undefined && !Object.hasOwn(destination, 'rules')) {
      taken.set(defaultRuleId(index), `what the rule of destinations[${index}] is called`);
    }
  });
  return rules.flatMap(({ path, rule }) => {
    if (rule.id === undefined) {
      return [];
    }
    const by = taken.get(rule.id);
    taken.set(rule.id, by ?? `the id of ${formatPath(path)}`);
    return by === undefined ? [] : [problem([...path, 'id'], `id ${rule.id} is also ${by} (write another id)`)];
  });
}

function checkPriorities(rules: readonly PlacedRule[]): readonly Finding[] {
  const taken = new Map<number, string>();
  return rules.flatMap(({ path, rule }) => {
    if (rule.priority === undefined) {
      return [];
    }
    const by = taken.get(rule.priority);
    taken.set(rule.priority, by ?? formatPath(path));
    const message = `priority ${rule.priority} is also that of ${by} (write another one, or leave it out)`;
    return by === undefined ? [] : [problem([...path, 'priority'], message)];
  });
}

function checkOptions({ path, rule }: PlacedRule): readonly Finding[] {
  const findings: Finding[] = [];
  if (rule.deleteMarkers === true && Object.keys(rule.tags ?? {}).length > 0) {
    const message = 'S3 does not replicate delete markers in a rule with tags (write deleteMarkers: false)';
    findings.push(problem([...path, 'deleteMarkers'], message));
  }
  if (
    rule.metrics === false &&
    valueOr(rule, 'replicationTimeControl', ruleFields.replicationTimeControl.default) === true
  ) {
    const message = 'S3 RTC needs metrics (write metrics: true, or replicationTimeControl: false as well)';
    findings.push(problem([...path, 'metrics'], message));
  }
  return findings;
}

function checkFilters(rules: readonly PlacedRule[]): readonly Finding[] {
  const seen = new Map<string, string>();
  return rules.flatMap(({ path, rule }) => {
    const prefix = valueOr(rule, 'prefix', ruleFields.prefix.default);
    const tags = valueOr(rule, 'tags', ruleFields.tags.default);
    if (prefix === undefined || tags === undefined) {
      return [];
    }
    const filter = JSON.stringify([prefix, Object.entries(tags).sort()]);
    const first = seen.get(filter);
    seen.set(filter, first ?? formatPath(path));
    const message = `the rule selects the same objects as ${first} (change prefix or tags, or remove one of the two)`;
    return first === undefined ? [] : [warning(path, message)];
  });
}

function checkOwner({ path, rule }: PlacedRule, source: DraftSide, account: string | undefined): readonly Finding[] {
  if (rule.ownerOverride !== true || account === undefined || account !== source.account) {
    return [];
  }
  const message = `ownerOverride has no effect within account ${account} (remove it)`;
  return [warning([...path, 'ownerOverride'], message)];
}
