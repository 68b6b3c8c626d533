import type { ReplicationRule } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unknownMember } from '../../src/aws/unknown-elements.ts';
import {
  type Plan,
  planApply,
  planDestroy,
  stateHash,
  summarizeDone,
  summaryOf,
  withFindings,
} from '../../src/plan/plan.ts';
import type { Call, Change } from '../../src/state/change.ts';
import type { State } from '../../src/state/state.ts';
import { callsIn } from '../any-call.ts';
import {
  aBucket,
  aDestination,
  aKey,
  aRule,
  aSource,
  aSpec,
  DESTINATION,
  keyArn,
  nothing,
  ownKey,
  SOURCE,
} from '../builders.ts';
import { accountOf, bucketOf, put } from '../plain-state.ts';
import { anySpec, anyState } from '../steps/arbitrary.ts';

const spec = aSpec();

function changes(...actions: readonly Change['action'][]): readonly Change[] {
  const [change] = planApply(nothing, spec).changes;
  if (!change) throw new Error('a fresh setup has changes');
  return actions.map((action) => ({ ...change, action }));
}

describe('the summary of a plan', () => {
  it.each<[readonly Change[], string, string]>([
    [[], '0 to create, 0 to change, 0 to remove', '0 created, 0 changed, 0 removed'],
    [
      changes('create', 'change', 'create', 'remove'),
      '2 to create, 1 to change, 1 to remove',
      '2 created, 1 changed, 1 removed',
    ],
    [changes('remove', 'remove', 'change'), '0 to create, 1 to change, 2 to remove', '0 created, 1 changed, 2 removed'],
  ])('counts what it does, before and after', (list, before, after) => {
    expect(summaryOf(list)).toBe(before);
    expect(summarizeDone(list)).toBe(after);
  });
});

/** A state with the members of every object in the opposite order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, inner]) => [name, turned(inner)]),
  );
}

/** Every leaf of a value, as a way to it. */
function leaves(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (value === null || typeof value !== 'object') return [path];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...path, name]));
}

function withLeaf(value: unknown, [name, ...path]: readonly string[]): unknown {
  if (name === undefined) return value === true ? false : `${String(value)}x`;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
  copy[name] = withLeaf(copy[name], path);
  return copy;
}

const anyObserved = anySpec.chain((one) => anyState(one));

describe('the hash of what was seen', () => {
  it('is 64 hexadecimal digits and does not depend on the order of members', () => {
    fc.assert(
      fc.property(anyObserved, (state) => {
        expect(stateHash(state)).toMatch(/^[0-9a-f]{64}$/);
        expect(stateHash(turned(state) as State)).toBe(stateHash(state));
      }),
      { numRuns: 100, seed: 20261122 },
    );
  });

  it('is another one after any single change', () => {
    fc.assert(
      fc.property(anyObserved, fc.nat(), (state, pick) => {
        const all = leaves(state);
        const path = all[pick % all.length] ?? [];
        // Metrics come and go, and people confirm, between a plan and its apply.
        fc.pre(path.length > 0 && !path.includes('series') && !path.includes('subscriptions'));
        expect(stateHash(withLeaf(state, path) as State)).not.toBe(stateHash(state));
      }),
      { numRuns: 300, seed: 20261122 },
    );
  });

  it('depends on the order of lists, which says which rule comes first', () => {
    const rules = ['a', 'b'].map((ID) => ({ ID, Status: 'Enabled' as const, Destination: { Bucket: 'x' } }));
    const seen = (Rules: typeof rules) =>
      stateHash({
        accounts: { [SOURCE]: { roles: {}, keys: {}, buckets: { s: aBucket({ replication: { Role: 'r', Rules } }) } } },
      });
    expect(seen(rules)).not.toBe(seen(rules.toReversed()));
  });
});

describe('the plan of destroy', () => {
  const { desired } = planApply(nothing, spec);

  it('keeps buckets and keys: no call deletes one, or takes a setting from it', () => {
    const plan = planDestroy(desired, spec);
    expect(plan.changes.flatMap(({ calls }) => calls.map(({ operation }) => operation)).sort()).toEqual([
      'DeleteBucketPolicy',
      'DeleteBucketPolicy',
      'DeleteBucketReplication',
      'DeleteRole',
      'DeleteRolePolicy',
      'PutKeyPolicy',
    ]);
    for (const account of [SOURCE, DESTINATION]) {
      const [before, after] = [accountOf(desired, account), accountOf(plan.desired, account)];
      expect(Object.keys(after.keys)).toEqual(Object.keys(before.keys));
      for (const [name, bucket] of Object.entries(before.buckets)) {
        expect(after.buckets[name]).toEqual({ ...bucket, policy: null, replication: null });
      }
    }
  });

  it('has nothing to do where nothing of ours is', () => {
    const theirs: State = {
      accounts: {
        [SOURCE]: { roles: {}, buckets: { 'acme-invoices': aBucket() }, keys: { [keyArn()]: aKey(keyArn()) } },
      },
    };
    expect(planDestroy(theirs, spec).changes).toEqual([]);
    expect(planDestroy(nothing, spec).changes).toEqual([]);
  });
});

describe('the plan of apply', () => {
  it('has its changes in the order of the steps', () => {
    expect(planApply(nothing, spec).changes.map(({ step }) => step)).toEqual([
      'kms-key',
      'kms-key',
      'bucket',
      'bucket',
      'replication-role',
      'key-policy',
      'bucket-policy',
      'bucket-policy',
      'replication-rule',
    ]);
  });

  it('tells problems apart from warnings', () => {
    const given = aSpec({ source: aSource({ kmsKey: { kind: 'arn', arn: keyArn() } }) });
    const bucket = aBucket({ versioning: null });
    const state: State = { accounts: { [SOURCE]: { roles: {}, buckets: { 'acme-invoices': bucket }, keys: {} } } };
    const plan = planApply(state, given);
    expect(plan.problems.map(({ code }) => code)).toEqual(['key-missing']);
    expect(plan.warnings.map(({ code }) => code)).toContain('versioning-just-enabled');
    expect([...plan.warnings].every(({ level }) => level === 'warning')).toBe(true);
  });

  it.each([
    ['PutRolePolicy', 10_240, 120],
    ['PutBucketPolicy', 20_480, 240],
    ['PutKeyPolicy', 32_768, 400],
  ])('is blocked where %s would be longer than the %d bytes that AWS takes', (operation, limit, count) => {
    const rules = Array.from({ length: count }, (_, index) =>
      aRule({ id: `r${index}`, prefix: `${String(index).padStart(4, '0')}-${'x'.repeat(60)}/` }),
    );
    const plan = planApply(nothing, aSpec({ destinations: [aDestination({ rules })] }));
    const isLong = (call: Call) => call.operation === operation && JSON.stringify(call.input).length > limit;
    const change = plan.changes.find(({ calls }) => calls.some(isLong));
    const problem = plan.problems.find(({ message }) => message.endsWith(`AWS allows ${limit}`));
    expect(problem).toMatchObject({ code: 'policy-too-long', step: change?.step, side: change?.side });
    expect(problem?.fix).toMatch(/^use fewer prefixes or rules, or shorten/);
    expect(problem?.message).toContain(change?.resource);
  });

  it('is blocked where the replication configuration has what would be lost, as destroy is, and each says how to go on', () => {
    const { desired } = planApply(nothing, spec);
    const bucket = bucketOf(desired, SOURCE, 'acme-invoices');
    if (!bucket?.replication) throw new Error('there is no rule');
    const theirs = { ID: 'theirs', Priority: 9, Filter: {}, Status: 'Enabled' as const, Destination: { Bucket: 'x' } };
    const having = (...Rules: readonly ReplicationRule[]) =>
      put(desired, SOURCE, 'buckets', 'acme-invoices', {
        ...bucket,
        replication: { ...bucket.replication, Rules: [...Rules, { ...theirs, [unknownMember('New')]: '' }] } as never,
      });
    const fixOf = (plan: Plan) => plan.problems.find(({ code }) => code === 'unknown-element')?.fix;
    expect(fixOf(planApply(having(), spec))).toContain('make this change');
    expect(fixOf(planDestroy(having(...(bucket.replication.Rules ?? [])), spec))).toContain("remove s3repl's part");
  });

  it.each(['x', 'ü', '証'])(
    'is not blocked by a policy of exactly the bytes that AWS takes, but by one more: %s',
    (letter) => {
      const key = ownKey(keyArn(DESTINATION, 'eu-central-1'), 'replica', spec);
      const padded = (length: number) => ({
        ...key,
        policy: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Deny' as const, Resource: letter + 'x'.repeat(length) }],
        },
      });
      const plan = (length: number) =>
        planApply(
          { accounts: { [DESTINATION]: { roles: {}, buckets: {}, keys: { [key.metadata.Arn]: padded(length) } } } },
          spec,
        );
      const long = (length: number) =>
        callsIn(plan(length).changes).find(({ operation }) => operation === 'PutKeyPolicy')?.input.Policy;
      const fits = 32_768 - Buffer.byteLength(String(long(0)));
      expect(Buffer.from(String(long(fits)))).toHaveLength(32_768);
      expect(plan(fits).problems).toEqual([]);
      expect(plan(fits + 1).problems.map(({ code }) => code)).toEqual(['policy-too-long']);
    },
  );
});

describe('what is found out after the plan', () => {
  const finding = { step: 'bucket', code: 'code', side: 'source', message: 'says', fix: 'do' } as const;
  const [problem, warning] = [
    { ...finding, level: 'problem' as const },
    { ...finding, level: 'warning' as const },
  ];

  it('comes after what was found before, problems with problems and warnings with warnings', () => {
    const plan = withFindings(planApply(nothing, spec), [warning, problem]);
    const twice = withFindings(plan, [
      { ...warning, code: 'b' },
      { ...problem, code: 'b' },
    ]);
    expect(twice.problems.map(({ level, code }) => `${level} ${code}`)).toEqual(['problem code', 'problem b']);
    expect(twice.warnings.map(({ level, code }) => `${level} ${code}`)).toEqual(['warning code', 'warning b']);
    expect(twice).toMatchObject({ changes: plan.changes, desired: plan.desired });
  });

  it('is nothing: the plan stays the very same', () => {
    const plan = planApply(nothing, spec);
    expect(withFindings(plan, [])).toBe(plan);
  });
});
