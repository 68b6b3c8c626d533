/** What AWS charges for a setup: what it costs a month whatever happens, and what by use. */
import type { Spec } from '../config/spec.ts';
import { alarmsFor } from '../state/alerts.ts';
import type { Charge, PlanCost } from '../state/cost.ts';
import { keySlots } from '../state/names.ts';
import { moneyText, prices as published } from './prices.ts';

/**
 * Billionths of a US dollar, for us-east-1 (facts/quotas.md 5). Those of KMS were the same in AWS's price list of September 2026. AWS's page of CloudWatch's
 * prices was not at hand: others name these.
 */
const prices = {
  key: 1_000_000_000,
  /** Of a custom metric; S3 publishes four for each rule (S3 User Guide, metrics-dimensions). */
  metric: 300_000_000,
  metricsOfRule: 4,
  alarm: 100_000_000,
  rtcGigabyte: 15_000_000,
  kmsRequests: 30_000_000,
  putRequests: 5_000_000,
} as const;

/** By the options of a rule that cost something by themselves. */
export const optionPrices: { readonly [key in string]?: { readonly text: string; readonly region: string } } = {
  replicationTimeControl: { text: `${moneyText(prices.rtcGigabyte)} per GB`, region: published.region },
  metrics: { text: `${moneyText(prices.metricsOfRule * prices.metric)} a month`, region: published.region },
};

const notIncluded = ['storage of the replicas', 'noncurrent versions', 'free tiers'] as const;

/** Of the whole configuration, not only of what a plan changes. */
export function costOf(spec: Spec): PlanCost {
  const charges = chargesFor(spec);
  const monthly = charges.filter(({ per }) => per === 'month').reduce((sum, { amount }) => sum + amount, 0);
  const { currency, region, asOf } = published;
  return { currency, region, asOf, charges, monthly: Math.round(monthly * 100) / 100, notIncluded };
}

function chargesFor(spec: Spec): readonly Charge[] {
  const rules = spec.destinations.flatMap((side) => side.rules);
  const keys = keySlots(spec).length;
  const measured = rules.filter(({ metrics }) => metrics).length;
  const alarms = alarmsFor(spec).length;
  const isFar = spec.destinations.some(({ region }) => region !== spec.source.region);
  const monthly = (count: number, one: string, many: string, price: number): readonly Charge[] =>
    count === 0
      ? []
      : [{ what: count === 1 ? one : `${count} ${many}`, amount: inDollars(count * price), per: 'month' }];
  return [
    ...monthly(keys, 'the KMS key', 'KMS keys', prices.key),
    ...monthly(measured, 'metrics of the rule', 'rules with metrics', prices.metricsOfRule * prices.metric),
    ...monthly(alarms, 'the alarm', 'alarms', prices.alarm),
    ...(rules.some((rule) => rule.replicationTimeControl)
      ? [{ what: 'S3 RTC', amount: inDollars(prices.rtcGigabyte), per: 'GB' } as const]
      : []),
    ...(isFar ? [{ what: 'transfer between Regions from', amount: 0.01, per: 'GB' } as const] : []),
    { what: 'writing replicas (PUT)', amount: inDollars(prices.putRequests), per: '1,000 requests' },
    { what: 'KMS at both keys', amount: inDollars(prices.kmsRequests), per: '10,000 requests' },
  ];
}

function inDollars(billionths: number): number {
  return billionths / 1e9;
}

/** For people, within 78 columns each: what by the month, what by use. */
export function costLines({ charges, monthly, region }: PlanCost): readonly string[] {
  const textOf = ({ what, amount, per }: Charge) =>
    `${what} ${moneyText(Math.round(amount * 1e9))}${per === 'month' ? '' : ` per ${per}`}`;
  const fixed = charges.filter(({ per }) => per === 'month').map(textOf);
  const byUse = charges.filter(({ per }) => per !== 'month').map(textOf);
  return [
    `what AWS charges, by its prices of ${published.month} for ${region}; others differ:`,
    ...(fixed.length > 0 ? [`about ${moneyText(Math.round(monthly * 1e9))} a month: ${fixed.join(', ')}`] : []),
    ...byUse,
    `not included: ${notIncluded.join(', ')}`,
  ];
}
