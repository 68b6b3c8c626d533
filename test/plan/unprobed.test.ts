import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Statement } from '../../src/aws/policy.ts';
import { most } from '../../src/model/classes/most-probes.ts';
import { planApply } from '../../src/plan/plan.ts';
import { type Preflight, preflight } from '../../src/plan/preflight.ts';
import { aDestination, aRule, aSpec, nothing, SOURCE } from '../builders.ts';
import { bucketOf, put } from '../plain-state.ts';

const mostProbes = 16;

// Thousands take half a minute.
const usual = most.probes;
beforeAll(() => {
  most.probes = mostProbes;
});
afterAll(() => {
  most.probes = usual;
});

it('of more classes of objects than anybody waits for, a Deny leaves the answer open, and an Allow is a warning', () => {
  const values = Array.from({ length: mostProbes }, (_, index) => `v${index}`);
  const statement = (Sid: string, Effect: 'Allow' | 'Deny'): Statement => ({
    Sid,
    Effect,
    Principal: '*',
    Action: 's3:GetObjectVersionTagging',
    Resource: 'arn:aws:s3:::acme-invoices/hr/*',
    Condition: { StringEquals: { 's3:ExistingObjectTag/class': values } },
  });
  const except = [{ key: 'hr/*', why: 'stays in the country' }];
  const rules = [aRule({ except, deleteMarkers: false })];
  const spec = aSpec({ destinations: [aDestination({ rules })] });
  const { desired } = planApply(nothing, spec);
  const source = bucketOf(desired, SOURCE, 'acme-invoices');
  if (!source) throw new Error('no source bucket');
  const policy = { Statement: [statement('Refuses', 'Deny'), statement('Grants', 'Allow')] };
  const observed = put(desired, SOURCE, 'buckets', 'acme-invoices', { ...source, policy });

  const { outcome, causes, warnings } = preflight(observed, spec, new Date('2026-11-22T00:00:00Z'));

  const named = (all: Preflight['causes']) =>
    all.map(({ summary }) => summary).filter((summary) => summary.includes(`more than ${mostProbes} classes`));
  expect(outcome).toBe('unknown');
  expect(named(causes)).toEqual([expect.stringContaining('Refuses')]);
  expect(named(warnings)).toEqual([expect.stringContaining('Grants')]);
});
