import { describe, expect, it } from 'vitest';
import { costLines, costOf } from '../../src/plan/charges.ts';
import { aDestination, aRule, aSource, aSpec } from '../builders.ts';
import { branded } from '../plain.ts';

const alerts = branded<NonNullable<ReturnType<typeof aSpec>['alerts']>>({
  topics: [],
  emails: [],
  failures: true,
  silence: false,
});

const far = aDestination({
  rules: [aRule({ id: 'a' }), aRule({ id: 'b', metrics: false, replicationTimeControl: false })],
});
const near = aDestination({
  region: 'eu-west-1',
  kmsKey: { kind: 'source' },
  rules: [aRule({ metrics: false, replicationTimeControl: false })],
});

describe('what AWS charges for a configuration', () => {
  it('has keys, metrics and alarms by the month, and the rest by use', () => {
    const cost = costOf(aSpec({ destinations: [far], alerts }));
    expect(cost.monthly).toBe(3.4);
    expect(cost.charges.map(({ what, amount, per }) => `${what}: ${amount} per ${per}`)).toEqual([
      '2 KMS keys: 2 per month',
      'metrics of the rule: 1.2 per month',
      '2 alarms: 0.2 per month',
      'S3 RTC: 0.015 per GB',
      'transfer between Regions from: 0.01 per GB',
      'writing replicas (PUT): 0.005 per 1,000 requests',
      'KMS at both keys: 0.03 per 10,000 requests',
    ]);
    expect(costLines(cost)).toEqual([
      'what AWS charges, by its prices of December 2025 for us-east-1; others differ:',
      'about $3.40 a month: 2 KMS keys $2.00, metrics of the rule $1.20, 2 alarms $0.20',
      'S3 RTC $0.015 per GB',
      'transfer between Regions from $0.01 per GB',
      'writing replicas (PUT) $0.005 per 1,000 requests',
      'KMS at both keys $0.03 per 10,000 requests',
      'not included: storage of the replicas, noncurrent versions, free tiers',
    ]);
  });

  it('has nothing of what is not asked for', () => {
    const given = aSource({ kmsKey: { kind: 'alias', alias: 'alias/theirs' } });
    const cost = costOf(aSpec({ source: given, destinations: [near] }));
    expect(cost.monthly).toBe(0);
    expect(costLines(cost).slice(1, -1)).toEqual([
      'writing replicas (PUT) $0.005 per 1,000 requests',
      'KMS at both keys $0.03 per 10,000 requests',
    ]);
  });
});
