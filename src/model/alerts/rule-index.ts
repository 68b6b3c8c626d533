/** The rules that a watch is on, found by their ID. */
import { bucketNameIn } from '../../aws/arn.ts';
import type { Prepared } from '../replication/prepare.ts';
import type { Rule } from '../replication/rule.ts';
import { metricDimensions, type Watch } from './watches.ts';

type Dimension = (typeof metricDimensions)[number];

interface RuleIndex {
  /** Disabled ones, too. */
  readonly all: readonly Rule[];
  readonly byId: ReadonlyMap<string, readonly Rule[]>;
  readonly byDestination: ReadonlyMap<string, readonly Rule[]>;
}

function indexRules(prepared: Prepared): RuleIndex {
  return prepared.answerOnce('rules of metrics', () => {
    const { rules } = prepared;
    const all = rules === null || rules === 'unknown' ? [] : [...rules.byDestination.flat(), ...rules.disabled];
    return {
      all,
      byId: groupRules(all, ({ id }) => id),
      byDestination: groupRules(all, ({ destination }) => bucketNameIn(destination)),
    };
  });
}

function groupRules(all: readonly Rule[], nameOf: (rule: Rule) => string): ReadonlyMap<string, readonly Rule[]> {
  const groups = new Map<string, Rule[]>();
  for (const rule of all) {
    const group = groups.get(nameOf(rule)) ?? [];
    groups.set(nameOf(rule), group);
    group.push(rule);
  }
  return groups;
}

/** Whose metrics have the values of the watch. */
export function listRulesOn(prepared: Prepared, { values }: Watch): readonly Rule[] {
  const { SourceBucket, DestinationBucket, RuleId, ...others } = values;
  const { all, byId } = indexRules(prepared);
  if (Object.keys(others).length > 0) return [];
  if (SourceBucket !== undefined && SourceBucket !== prepared.source.name) return [];
  const found = RuleId === undefined ? all : (byId.get(RuleId) ?? []);
  return DestinationBucket === undefined
    ? found
    : found.filter(({ destination }) => bucketNameIn(destination) === DestinationBucket);
}

/** By what the watch names of it; undefined where that is no rule, or several. */
export function findMeantRule(prepared: Prepared, { values: { RuleId = '', DestinationBucket = '' } }: Watch) {
  const { all, byId, byDestination } = indexRules(prepared);
  const there = byDestination.get(bucketNameIn(DestinationBucket))?.filter(({ metrics }) => metrics) ?? [];
  const found = byId.get(RuleId) ?? (there.length > 0 ? there : all);
  return found.length === 1 ? found[0] : undefined;
}

/** The dimension whose value no rule has; undefined where some rule has each. */
export function findWrongDimension(prepared: Prepared, { values }: Watch): Dimension | undefined {
  const { byId, byDestination } = indexRules(prepared);
  const has: Readonly<Record<Dimension, (value: string) => boolean>> = {
    SourceBucket: (value) => value === prepared.source.name,
    DestinationBucket: (value) => byDestination.has(value),
    RuleId: (value) => byId.has(value),
  };
  return metricDimensions.find((name) => {
    const { [name]: value } = values;
    return value !== undefined && !has[name](value);
  });
}
