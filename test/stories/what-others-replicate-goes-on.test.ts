/**
 * Strangers replicate from a bucket by rules of their own. s3repl is applied beside them, and taken out again. The sandbox's own
 * replicator shows what became of their objects: nothing that arrived stops or arrives differently without `breaks-others`.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Statement } from '../../src/aws/policy.ts';
import { planApply, planDestroy } from '../../src/plan/plan.ts';
import { aPractice } from '../apply/in-sandbox.ts';
import { drawn } from '../draws.ts';
import { besides, carryOut, changed, named } from '../sandbox/beside.ts';
import {
  type DestinationName,
  destinations,
  type Neighborhood,
  Neighbors,
  type TheirRule,
  type Wanted,
} from '../sandbox/neighborhood.ts';

/** As `npm test` does; `.ci/run` draws enough to meet both kinds of rules. */
const drawsFew = drawn === '1';

const keys = ['plain.txt', 'a/x', 'a/b/x', 'a/c/x', 'logs/x'];
const wanted: readonly Wanted[] = [
  ...keys.flatMap((key): readonly Wanted[] => [
    { key },
    { key, tagged: true },
    { key, asks: 'SSE-S3' },
    { key, asks: 'SSE-KMS' },
    { key, asks: 'SSE-S3', storageClass: 'STANDARD_IA' },
  ]),
  { key: 'a/x', tagged: true, asks: 'SSE-S3' },
  ...keys.map((key) => ({ key, deleteMarker: true })),
];

const prefix = fc.constantFrom('', 'a/', 'a/b/', 'logs/');
const theirRule: fc.Arbitrary<TheirRule> = fc.record({
  prefix,
  tag: fc.boolean(),
  priority: fc.integer({ min: 0, max: 12 }),
  enabled: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  to: fc.constantFrom<DestinationName>('archive', 'replica'),
  kms: fc.boolean(),
  markers: fc.boolean(),
  storageClass: fc.constantFrom(undefined, undefined, 'STANDARD' as const, 'STANDARD_IA' as const, 'GLACIER' as const),
  owner: fc.boolean(),
});

const role = { AWS: 'arn:aws:iam::111111111111:role/team' };
const deny = (on: DestinationName | 'source', statement: Omit<Statement, 'Effect' | 'Principal'>) => ({
  on,
  statement: { Effect: 'Deny' as const, Principal: role, ...statement },
});
const archive = `arn:aws:s3:::${destinations.archive}/*`;
const denied = fc.constantFrom(
  undefined,
  undefined,
  deny('archive', { Action: 's3:ReplicateObject', Resource: `arn:aws:s3:::${destinations.archive}/a/b/*` }),
  deny('archive', {
    Action: 's3:ReplicateObject',
    Resource: archive,
    Condition: { StringEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } },
  }),
  deny('archive', { Action: 's3:ReplicateTags', Resource: archive }),
  deny('replica', { Action: 's3:ReplicateDelete', Resource: `arn:aws:s3:::${destinations.replica}/logs/*` }),
  deny('source', { Action: 's3:GetObjectVersionForReplication', Resource: 'arn:aws:s3:::acme-invoices/logs/*' }),
);

const neighborhood: fc.Arbitrary<Neighborhood> = fc.record({
  rules: fc.uniqueArray(theirRule, { minLength: 1, maxLength: 3, selector: ({ priority }) => priority }),
  byKms: fc.boolean(),
  replicaByKms: fc.boolean(),
  roleUses: fc.constantFrom('any key' as const, 'any key' as const, 'their keys' as const, 'no key' as const),
  denied,
});

/** What s3repl is asked for beside them. */
const asked: fc.Arbitrary<Asked> = fc.record({
  rules: fc.uniqueArray(
    fc.record({
      prefix: fc.constantFrom('', 'a/', 'a/c/', 'new/'),
      tagged: fc.boolean(),
      priority: fc.constantFrom(undefined, undefined, undefined, 20, 21),
      storageClass: fc.constantFrom(undefined, undefined, 'STANDARD' as const, 'STANDARD_IA' as const),
      enabled: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
      deleteMarkers: fc.boolean(),
      ownerOverride: fc.boolean(),
    }),
    { minLength: 1, maxLength: 2, selector: ({ priority }) => priority ?? Symbol() },
  ),
  bucketKey: fc.boolean(),
});

interface Asked {
  readonly rules: readonly AskedRule[];
  readonly bucketKey: boolean;
}

interface AskedRule {
  readonly prefix: string;
  readonly tagged: boolean;
  readonly priority: number | undefined;
  readonly storageClass: 'STANDARD' | 'STANDARD_IA' | undefined;
  readonly enabled: boolean;
  readonly deleteMarkers: boolean;
  readonly ownerOverride: boolean;
}

it('no rule of others loses or changes an object without being named before', async () => {
  const met = { asked: 0, breaks: 0, spared: 0, refused: 0, destroyBreaks: 0, saidTooMuch: 0 };
  await fc.assert(
    fc.asyncProperty(neighborhood, asked, async (theirs, ours) => {
      const practice = await aPractice();
      const neighbors = await Neighbors.settle(practice.sandbox, theirs);
      const rules = ours.rules.map(({ tagged, priority, storageClass, deleteMarkers, ...rule }) => ({
        ...rule,
        tags: tagged ? { team: 'x' } : {},
        deleteMarkers: deleteMarkers && !tagged,
        ...(priority !== undefined && { priority }),
        ...(storageClass && { storageClass }),
      }));
      const spec = besides(rules, theirs, neighbors.keys, { bucketKey: ours.bucketKey });
      const rulesBefore = await neighbors.rules();
      const before = await neighbors.write(wanted);

      const applied = await carryOut(practice, spec, (state) => planApply(state, spec));
      if (!applied.done) {
        met.refused += 1;
        return;
      }
      met.asked += 1;
      const rulesBetween = await neighbors.rules();
      const between = await neighbors.write(wanted);
      const lostNow = changed(wanted, rulesBefore, before, between);
      met.saidTooMuch += [...named(applied.plan)].filter((one) => !lostNow.has(one)).length;
      const missed = [...lostNow].filter((one) => !named(applied.plan).has(one));
      expect({ missed, theirs, ours, said: applied.plan.problems.map(({ message }) => message) }).toMatchObject({
        missed: [],
      });
      if (applied.plan.problems.length > 0) met.breaks += 1;
      else met.spared += 1;

      const destroyed = await carryOut(practice, spec, (state) => planDestroy(state, spec));
      const after = await neighbors.write(wanted);
      const lost = [...changed(wanted, rulesBetween, between, after)].filter((one) => !named(destroyed.plan).has(one));
      expect({ lost, theirs, ours, said: destroyed.plan.problems.map(({ message }) => message) }).toMatchObject({
        lost: [],
      });
      if (destroyed.plan.problems.length > 0) met.destroyBreaks += 1;
    }),
    {
      numRuns: Number(process.env.RUNS ?? (drawsFew ? 2 : 12)),
      seed: process.env.RUNS ? Number(process.env.SEED) : 20261128,
      endOnFailure: true,
    },
  );
  if (process.env.RUNS) console.log(met);
  if (drawsFew) return;
  expect(met.breaks).toBeGreaterThan(0);
  expect(met.spared).toBeGreaterThan(0);
});
