/** How all rules do together, in three numbers. */
import type { StatusTotals, Total } from '../events/event.ts';
import { isMeasured, isPendingKnown } from './measured.ts';
import type { RuleStatus } from './replication-status.ts';

/** Of the rules that count; a rule without a number leaves the others a least one, and no number at all where they are 0. */
export function statusTotals(rules: readonly RuleStatus[]): StatusTotals {
  const counted = rules.filter(({ counts }) => counts);
  return {
    pending: totalOf(counted.map(pendingOf), add),
    latencySeconds: totalOf(counted.map(latencyOf), Math.max),
    failed: totalOf(counted.map(failuresOf), add),
  };
}

function add(a: number, b: number): number {
  return a + b;
}

function totalOf(values: readonly (number | undefined)[], join: (a: number, b: number) => number): Total {
  const known = values.filter((value) => value !== undefined);
  const total = known.reduce((sum, value) => join(sum, value), 0);
  if (known.length === values.length && values.length > 0) return total;
  return total > 0 ? { atLeast: total } : 'unknown';
}

function pendingOf(rule: RuleStatus): number | undefined {
  return isMeasured(rule.pending) && isPendingKnown(rule) ? rule.pending.operations : undefined;
}

function latencyOf(rule: RuleStatus): number | undefined {
  return isMeasured(rule.latency) && isPendingKnown(rule) ? rule.latency.seconds : undefined;
}

/** S3 publishes no failures while nothing replicates; that it publishes what is pending shows that it counts (S3 User Guide, metrics-dimensions). */
function failuresOf(rule: RuleStatus): number | undefined {
  if (isMeasured(rule.failed)) return rule.failed.count;
  return rule.failed === 'none' && isPendingKnown(rule) ? 0 : undefined;
}
