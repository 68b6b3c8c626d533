/** Why an alarm never fires, or not at each failure. */
import type { AlarmSettings } from '../../aws/alert-documents.ts';
import { accountIn, bucketNameIn, regionOf } from '../../aws/arn.ts';
import { memberOf } from '../replication/find.ts';
import { destinationSide, type Prepared } from '../replication/prepare.ts';
import type { Rule } from '../replication/rule.ts';
import type { Known } from '../snapshot.ts';
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
  const rules = listRules(prepared).filter((rule) => rule.enabled && rule.metrics && isOn(prepared, watch, rule));
  return { watch, rules };
}

function findWatchFault(prepared: Prepared, arn: string, watch: Watch): WatchFault | undefined {
  const { names, values, countedAt, metric } = watch;
  if (countedAt === null) return { kind: 'metric', metric };
  const all = listRules(prepared);
  const meant = findMeantRule(all, values);
  if (names && !isSame(names, metricDimensions)) return { kind: 'dimensions', names, ...(meant && { rule: meant }) };
  return findRuleFault(prepared, watch, all, meant) ?? findPlaceFault(prepared, arn, watch);
}

function listRules({ rules }: Prepared): readonly Rule[] {
  return rules === null || rules === 'unknown' ? [] : [...rules.byDestination.flat(), ...rules.disabled];
}

function isSame(names: readonly string[], others: readonly string[]): boolean {
  return names.length === others.length && others.every((one) => names.includes(one));
}

function isOn({ source }: Prepared, { values }: Watch, { id, destination }: Rule): boolean {
  const { SourceBucket = source.name, DestinationBucket, RuleId = id, ...others } = values;
  if (RuleId !== id || SourceBucket !== source.name || Object.keys(others).length > 0) return false;
  return DestinationBucket === undefined || DestinationBucket === bucketNameIn(destination);
}

/** By what it names of it; undefined where that is no rule, or several. */
function findMeantRule(all: readonly Rule[], { RuleId, DestinationBucket }: Watch['values']): Rule | undefined {
  const byId = all.filter(({ id }) => id === RuleId);
  const byDestination = all.filter(
    ({ destination, metrics }) => metrics && bucketNameIn(destination) === bucketNameIn(DestinationBucket ?? ''),
  );
  const found = byId.length > 0 ? byId : byDestination.length > 0 ? byDestination : all;
  return found.length === 1 ? found[0] : undefined;
}

function findRuleFault(
  prepared: Prepared,
  watch: Watch,
  all: readonly Rule[],
  meant: Rule | undefined,
): WatchFault | undefined {
  if (watch.isOpen) return undefined;
  const on = all.filter((rule) => isOn(prepared, watch, rule));
  if (on.length === 0) return findWrongName(prepared, watch, all, meant);
  // Of disabled rules S3 counts nothing, and there is nothing to count.
  const working = on.filter(({ enabled }) => enabled);
  const [blind] = working;
  return blind === undefined || working.some(({ metrics }) => metrics)
    ? undefined
    : { kind: 'without-metrics', rule: blind };
}

function findWrongName(
  { source }: Prepared,
  { values }: Watch,
  all: readonly Rule[],
  meant: Rule | undefined,
): WatchFault | undefined {
  const known: Readonly<Record<(typeof metricDimensions)[number], readonly string[]>> = {
    SourceBucket: [source.name],
    DestinationBucket: all.map(({ destination }) => bucketNameIn(destination)),
    RuleId: all.map(({ id }) => id),
  };
  const wrong = metricDimensions.find((name) => {
    const { [name]: value } = values;
    return value !== undefined && !known[name].includes(value);
  });
  // Each name is one of some rule: of two rules.
  const dimension = wrong ?? 'RuleId';
  return { kind: 'no-such-rule', dimension, value: values[dimension] ?? '', ...(meant && { rule: meant }) };
}

/** In which account pending operations are counted has been seen only where both buckets were of one. */
function findPlaceFault(prepared: Prepared, arn: string, watch: Watch): WatchFault | undefined {
  const { source, snapshot } = prepared;
  const account = watch.account ?? accountIn(arn);
  if (watch.countedAt === 'source') {
    if (account !== snapshot.source.account) return { kind: 'account', account };
    return regionFault(arn, [memberOf(source.value, 'region')], 'source');
  }
  const destinations = listRules(prepared).filter((rule) => isOn(prepared, watch, rule));
  const regions = destinations.map((rule) => memberOf(destinationSide(prepared, rule.destination).value, 'region'));
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
