/** Why an alarm never fires, or not at each failure. */
import type { AlarmSettings } from '../../aws/alert-documents.ts';
import { accountIn, regionOf } from '../../aws/arn.ts';
import { memberOf } from '../replication/find.ts';
import { destinationSide, type Prepared } from '../replication/prepare.ts';
import type { Rule } from '../replication/rule.ts';
import type { Known } from '../snapshot.ts';
import { findMeantRule, findWrongDimension, listRulesOn } from './rule-index.ts';
import { failureMetric, metricDimensions, type Watch } from './watches.ts';

/** `rule`: of one, where it can only mean that one. */
export type WatchFault =
  | { readonly kind: 'metric'; readonly metric: string }
  | { readonly kind: 'dimensions'; readonly names: readonly string[]; readonly rule?: Rule }
  | { readonly kind: 'no-such-rule'; readonly dimension: string; readonly value: string; readonly rule?: Rule }
  | { readonly kind: 'without-metrics'; readonly rule: Rule }
  | { readonly kind: 'region'; readonly region: string; readonly side: 'source' | 'destination' }
  | { readonly kind: 'account'; readonly account: string };

export interface ExaminedWatch {
  readonly watch: Watch;
  /** What S3 counts, and where, does not meet what the alarm watches. Absent: it does, or we cannot tell. */
  readonly fault?: WatchFault;
  /** Enabled rules with metrics. */
  readonly rules: readonly Rule[];
}

/** @param arn of the alarm. */
export function examineWatch(prepared: Prepared, arn: string, watch: Watch): ExaminedWatch {
  const fault = findWatchFault(prepared, arn, watch);
  if (fault) return { watch, fault, rules: [] };
  return { watch, rules: listRulesOn(prepared, watch).filter(({ enabled, metrics }) => enabled && metrics) };
}

function findWatchFault(prepared: Prepared, arn: string, watch: Watch): WatchFault | undefined {
  const { names, countedAt, metric } = watch;
  if (countedAt === null) return { kind: 'metric', metric };
  if (names && !isSame(names, metricDimensions)) return { kind: 'dimensions', names, ...nameMeant(prepared, watch) };
  return findRuleFault(prepared, watch) ?? findPlaceFault(prepared, arn, watch);
}

function isSame(names: readonly string[], others: readonly string[]): boolean {
  return names.length === others.length && others.every((one) => names.includes(one));
}

function nameMeant(prepared: Prepared, watch: Watch): { readonly rule?: Rule } {
  const rule = findMeantRule(prepared, watch);
  return rule ? { rule } : {};
}

function findRuleFault(prepared: Prepared, watch: Watch): WatchFault | undefined {
  if (watch.isOpen) return undefined;
  const on = listRulesOn(prepared, watch);
  if (on.length === 0) {
    // Where some rule has each name, they are of two rules.
    const dimension = findWrongDimension(prepared, watch) ?? 'RuleId';
    return { kind: 'no-such-rule', dimension, value: watch.values[dimension] ?? '', ...nameMeant(prepared, watch) };
  }
  // Of disabled rules S3 counts nothing, and there is nothing to count.
  const working = on.filter(({ enabled }) => enabled);
  const [blind] = working;
  return blind === undefined || working.some(({ metrics }) => metrics)
    ? undefined
    : { kind: 'without-metrics', rule: blind };
}

/** In which account pending operations are counted has been seen only where both buckets were of one. */
function findPlaceFault(prepared: Prepared, arn: string, watch: Watch): WatchFault | undefined {
  const { source, snapshot } = prepared;
  const account = watch.account ?? accountIn(arn);
  if (watch.countedAt === 'source') {
    if (account !== snapshot.source.account) return { kind: 'account', account };
    return regionFault(arn, [memberOf(source.value, 'region')], 'source');
  }
  const regions = listRulesOn(prepared, watch).map((rule) =>
    memberOf(destinationSide(prepared, rule.destination).value, 'region'),
  );
  return regionFault(arn, regions, 'destination');
}

function regionFault(
  arn: string,
  regions: readonly (Known<string> | null)[],
  side: 'source' | 'destination',
): WatchFault | undefined {
  const [region] = regions;
  if (!region || regions.some((one) => one === 'unknown' || one === null || one === regionOf(arn))) return undefined;
  return { kind: 'region', region, side };
}

/** `waits`: for several periods with failures; `threshold`: for several failures in one; `keeps`: its state while no object replicates. */
export type Deafness =
  | { readonly kind: 'waits'; readonly needed: number; readonly of: number }
  | { readonly kind: 'threshold'; readonly threshold: number }
  | { readonly kind: 'keeps' };

/**
 * Why an alarm on failed operations misses a single failed object, which S3 never tries again (CloudWatch User Guide, alarms-and-missing-data:
 * AWS's own 5 of 5, with `ignore`, does). Nothing of metric math and queries.
 */
export function listDeafness(alarm: AlarmSettings): readonly Deafness[] {
  if (alarm.MetricName !== failureMetric) return [];
  const { EvaluationPeriods: of = 1, DatapointsToAlarm: needed = of, TreatMissingData: missing } = alarm;
  return [
    ...(needed > 1 && missing !== 'breaching' ? [{ kind: 'waits' as const, needed, of }] : []),
    ...exceedsOne(alarm),
    ...(needed <= 1 && missing === 'ignore' ? [{ kind: 'keeps' as const }] : []),
  ];
}

/** One failed operation makes a Sum and a Maximum of 1 (recorded: Minimum = Maximum = Sum = the number that failed). */
function exceedsOne({ Statistic, ComparisonOperator, Threshold: threshold = 0 }: AlarmSettings): readonly Deafness[] {
  if (Statistic !== 'Sum' && Statistic !== 'Maximum') return [];
  const least = ComparisonOperator === 'GreaterThanThreshold' ? threshold < 1 : threshold <= 1;
  const isUpward =
    ComparisonOperator === 'GreaterThanThreshold' || ComparisonOperator === 'GreaterThanOrEqualToThreshold';
  return isUpward && !least ? [{ kind: 'threshold', threshold }] : [];
}
