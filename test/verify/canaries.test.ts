import { describe, expect, it } from 'vitest';
import type { Spec } from '../../src/config/spec.ts';
import { canaryPrefix } from '../../src/plan/names.ts';
import { planApply } from '../../src/plan/plan.ts';
import { bucketOf, put, type State } from '../../src/plan/state.ts';
import { type Canaries, canariesFor } from '../../src/verify/canaries.ts';
import { aDestination, aRule, aSpec, keyArn, nothing, SOURCE } from '../builders.ts';

const given = { kind: 'arn', arn: keyArn('222222222222', 'eu-central-1') } as const;

function withRules(...rules: readonly Parameters<typeof aRule>[0][]): Spec {
  return aSpec({ destinations: [aDestination({ kmsKey: given, rules: rules.map((rule) => aRule(rule)) })] });
}

function setUp(spec: Spec): State {
  return planApply(nothing, spec).desired;
}

function chosen(spec: Spec, state = setUp(spec)): Canaries {
  return canariesFor(state, spec, canaryPrefix);
}

/** The random part of a key left out. */
function keys({ canaries }: Canaries): readonly string[] {
  return canaries.map(({ key }) => key.replace(/[0-9a-f]{24}$/, '…'));
}

describe('the canary of a rule', () => {
  it('is under the reserved prefix where the rule is for the whole bucket', () => {
    const found = chosen(withRules({}));
    expect(keys(found)).toEqual(['.s3repl-canary/…']);
    expect(found.canaries[0]).toMatchObject({ replicaKey: given.arn, elsewhere: [] });
  });

  it('has another random key each time', () => {
    expect(chosen(withRules({})).canaries[0]?.key).not.toBe(chosen(withRules({})).canaries[0]?.key);
  });

  it('is under the prefix of the rule where that excludes the reserved one, and carries its tags', () => {
    const found = chosen(withRules({ id: 'tax', prefix: 'tax/', tags: { team: 'billing' }, deleteMarkers: false }));
    expect(keys(found)).toEqual(['tax/.s3repl-canary/…']);
    expect(found.canaries[0]?.rule.tags).toEqual({ team: 'billing' });
  });

  it('is none for a rule that is disabled', () => {
    expect(chosen(withRules({ enabled: false }))).toEqual({ canaries: [], unprovable: [] });
  });

  it('goes where only its own rule takes it, of several for one destination', () => {
    const found = chosen(withRules({ id: 'tax', prefix: 'tax/', priority: 2 }, { id: 'all', priority: 1 }));
    expect(keys(found)).toEqual(['tax/.s3repl-canary/…', '.s3repl-canary/…']);
  });

  it('is none where a rule of higher priority takes all its objects, and that is said', () => {
    const found = chosen(withRules({ id: 'tax', prefix: 'tax/', priority: 1 }, { id: 'all', priority: 2 }));
    expect(keys(found)).toEqual(['.s3repl-canary/…']);
    expect(found.unprovable).toEqual([
      { rule: 'tax', reason: expect.stringContaining('s3repl.invoices-dr.all has the higher priority (2)') },
    ]);
  });

  it('is none where the rule is not on AWS', () => {
    const spec = withRules({});
    const found = chosen(spec, put(nothing, SOURCE, 'buckets', 'acme-invoices', null));
    expect(found.unprovable).toEqual([{ rule: 'all', reason: 'it is not in the replication configuration' }]);
  });

  it('knows all destinations of ours that it lands in, and those of others', () => {
    const spec = aSpec({
      destinations: [
        aDestination({ rules: [aRule({ id: 'one' })] }),
        aDestination({ id: 'destinations[1]', bucket: 'acme-second', rules: [aRule({ id: 'two' })] }),
      ],
    });
    const state = setUp(spec);
    const bucket = bucketOf(state, SOURCE, 'acme-invoices');
    if (!bucket?.replication) throw new Error('no rules');
    const theirs = {
      ID: 'theirs',
      Priority: 99,
      Status: 'Enabled' as const,
      Filter: {},
      DeleteMarkerReplication: { Status: 'Disabled' as const },
      Destination: { Bucket: 'arn:aws:s3:::their-archive' },
    };
    const replication = { ...bucket.replication, Rules: [theirs, ...(bucket.replication.Rules ?? [])] };
    const { canaries } = chosen(spec, put(state, SOURCE, 'buckets', 'acme-invoices', { ...bucket, replication }));
    for (const { landings, elsewhere } of canaries) {
      expect(landings.map((side) => side.bucket)).toEqual(['acme-invoices-replica', 'acme-second']);
      expect(elsewhere).toEqual([{ rule: 'theirs', bucket: 'their-archive' }]);
    }
    expect(canaries.map(({ destination }) => destination.bucket)).toEqual(['acme-invoices-replica', 'acme-second']);
  });
});
