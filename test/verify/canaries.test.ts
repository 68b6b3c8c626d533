import { describe, expect, it } from 'vitest';
import type { Spec } from '../../src/config/spec.ts';
import { planApply } from '../../src/plan/plan.ts';
import { canaryPrefix } from '../../src/state/names.ts';
import type { State } from '../../src/state/state.ts';
import { type Canaries, canariesFor } from '../../src/verify/canaries.ts';
import { aDestination, aRule, aSpec, keyArn, nothing, SOURCE } from '../builders.ts';
import { bucketOf, put } from '../plain-state.ts';

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
    expect(keys(found)).toEqual(['.s3repl-canary/…', '.s3repl-canary/…']);
    expect(found.canaries[0]).toMatchObject({ replicaKey: given.arn, elsewhere: [] });
  });

  it('has a second beside it, with our tag: a policy may deny tags alone', () => {
    expect(chosen(withRules({})).canaries).toMatchObject([
      { tags: {}, second: false },
      { tags: { s3repl: 'invoices-dr' }, second: true },
    ]);
  });

  it('has no second where another rule takes what has our tag, and that is said', () => {
    const mine = { id: 'mine', tags: { s3repl: 'invoices-dr' }, deleteMarkers: false, priority: 2 };
    const found = chosen(withRules(mine, { id: 'all', priority: 1 }));
    expect(found.canaries.map(({ rule, tags }) => [rule.id, tags])).toEqual([
      ['mine', { s3repl: 'invoices-dr' }],
      ['all', {}],
    ]);
    expect(found).toMatchObject({ untagged: ['all'], unprovable: [] });
  });

  it('is none of the exceptions of its rule: what is not meant to arrive proves nothing', () => {
    const why = 'on purpose';
    const tags = { s3repl: 'invoices-dr' };
    expect(chosen(withRules({ except: [{ tags, why }] }))).toMatchObject({
      canaries: [{ tags: {} }],
      untagged: ['all'],
      unprovable: [],
    });
    expect(keys(chosen(withRules({ prefix: 'tax/', except: [{ key: 'tax/hr/*', why }] })))).toHaveLength(2);
    expect(chosen(withRules({ except: [{ key: '.s3repl*', why }] }))).toEqual({
      canaries: [],
      untagged: [],
      unprovable: [
        {
          rule: 'all',
          reason: 'the test object would match one of its exceptions',
          fix: expect.stringContaining('--canary-prefix'),
        },
      ],
    });
  });

  it('has another random key each time', () => {
    const all = [chosen(withRules({})), chosen(withRules({}))].flatMap(({ canaries }) => canaries);
    expect(new Set(all.map(({ key }) => key)).size).toBe(4);
  });

  it('is one, under the prefix of the rule where that excludes the reserved one, with its tags and ours', () => {
    const found = chosen(withRules({ id: 'tax', prefix: 'tax/', tags: { team: 'billing' }, deleteMarkers: false }));
    expect(keys(found)).toEqual(['tax/.s3repl-canary/…']);
    expect(found.canaries[0]).toMatchObject({ tags: { team: 'billing', s3repl: 'invoices-dr' }, second: false });
  });

  it('has the tags of the rule alone where it has ten, or where ours leads to another rule', () => {
    const ten = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`t${index}`, 'x']));
    expect(chosen(withRules({ tags: ten, deleteMarkers: false })).canaries.map(({ tags }) => tags)).toEqual([ten]);
    const found = chosen(
      withRules(
        { id: 'mine', tags: { s3repl: 'invoices-dr' }, deleteMarkers: false, priority: 2 },
        { id: 'tax', tags: { team: 'tax' }, deleteMarkers: false, priority: 1 },
      ),
    );
    expect(found.canaries[1]?.tags).toEqual({ team: 'tax' });
  });

  it('is none for a rule that is disabled', () => {
    expect(chosen(withRules({ enabled: false }))).toEqual({ canaries: [], unprovable: [], untagged: [] });
  });

  it('goes where only its own rule takes it, of several for one destination', () => {
    const found = chosen(withRules({ id: 'tax', prefix: 'tax/', priority: 2 }, { id: 'all', priority: 1 }));
    const one = ['tax/.s3repl-canary/…', '.s3repl-canary/…'];
    expect(keys(found).toSorted()).toEqual([...one, ...one].toSorted());
  });

  it('is none where a rule of higher priority takes all its objects, and that is said', () => {
    const found = chosen(withRules({ id: 'tax', prefix: 'tax/', priority: 1 }, { id: 'all', priority: 2 }));
    expect(found.canaries.map(({ rule }) => rule.id)).toEqual(['all', 'all']);
    expect(found.unprovable).toEqual([
      {
        rule: 'tax',
        reason: expect.stringContaining('s3repl.invoices-dr.all has the higher priority (2)'),
        fix: expect.stringContaining('raise its priority'),
      },
    ]);
  });

  it('is none where the rule is not on AWS', () => {
    const spec = withRules({});
    const found = chosen(spec, put(nothing, SOURCE, 'buckets', 'acme-invoices', null));
    expect(found.unprovable).toEqual([
      { rule: 'all', reason: 'it is not in the replication configuration', fix: 'run s3repl apply' },
    ]);
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
    expect(canaries.map(({ destination }) => destination.bucket)).toEqual([
      ...['acme-invoices-replica', 'acme-invoices-replica'],
      ...['acme-second', 'acme-second'],
    ]);
  });
});
