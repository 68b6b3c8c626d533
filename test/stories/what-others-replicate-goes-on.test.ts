/**
 * Strangers replicate from a bucket by rules of their own. s3repl is applied beside them, and taken out again. The sandbox's own
 * replicator shows what became of their objects: nothing that arrived stops or arrives differently without `breaks-others`.
 */
import type { ReplicationRule } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { applyChanges } from '../../src/apply/apply.ts';
import { Versions } from '../../src/apply/versions.ts';
import { withBroken } from '../../src/commands/others-rules.ts';
import type { Spec } from '../../src/config/spec.ts';
import { observe } from '../../src/observe/observe.ts';
import type { Finding } from '../../src/plan/change.ts';
import { type Plan, planApply, planDestroy } from '../../src/plan/plan.ts';
import type { Statement } from '../../src/plan/policy.ts';
import type { State } from '../../src/plan/state.ts';
import { aPractice, type Practice } from '../apply/in-sandbox.ts';
import { aDestination, aRule, aSource, aSpec } from '../builders.ts';
import {
  type Arrived,
  type DestinationName,
  destinations,
  governs,
  type Neighborhood,
  Neighbors,
  type TheirRule,
  type Wanted,
} from '../sandbox/neighborhood.ts';

const keys = ['plain.txt', 'a/x', 'a/b/x', 'a/c/x', 'logs/x'];
const wanted: readonly Wanted[] = [
  ...keys.flatMap((key): readonly Wanted[] => [
    { key },
    { key, tagged: true },
    { key, asks: 'SSE-S3' },
    { key, asks: 'SSE-KMS' },
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
  storageClass: fc.constantFrom(undefined, undefined, 'STANDARD_IA' as const, 'GLACIER' as const),
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
      storageClass: fc.constantFrom(undefined, undefined, 'STANDARD_IA' as const),
      deleteMarkers: fc.boolean(),
      ownerOverride: fc.boolean(),
    }),
    { minLength: 1, maxLength: 2, selector: ({ priority }) => priority ?? Symbol() },
  ),
  bucketKey: fc.boolean(),
});

function specFor({ rules, bucketKey }: Asked, { byKms, replicaByKms }: Neighborhood, arns: Neighbors['keys']): Spec {
  const arn = (one: string) => ({ kind: 'arn' as const, arn: one });
  return aSpec({
    role: { name: 'team' },
    source: aSource({ bucketKey, ...(byKms && { kmsKey: arn(arns.source) }) }),
    destinations: [
      aDestination({
        ...(replicaByKms && { kmsKey: arn(arns.replica) }),
        rules: rules.map(({ tagged, priority, storageClass, deleteMarkers, ...rule }, index) =>
          aRule({
            id: `r${index}`,
            ...rule,
            tags: tagged ? { team: 'x' } : {},
            deleteMarkers: deleteMarkers && !tagged,
            ...(priority !== undefined && { priority }),
            ...(storageClass && { storageClass }),
          }),
        ),
      }),
    ],
  });
}

interface Asked {
  readonly rules: readonly AskedRule[];
  readonly bucketKey: boolean;
}

interface AskedRule {
  readonly prefix: string;
  readonly tagged: boolean;
  readonly priority: number | undefined;
  readonly storageClass: 'STANDARD_IA' | undefined;
  readonly deleteMarkers: boolean;
  readonly ownerOverride: boolean;
}

/** Plans, and does it whatever it breaks; undefined where a person has to act first. */
async function carryOut(
  practice: Practice,
  spec: Spec,
  planOf: (state: State) => Plan,
): Promise<readonly Finding[] | undefined> {
  const connections = await practice.connect(spec);
  try {
    const observed = await observe(connections, spec);
    const plan = planOf(observed);
    if (plan.problems.length > 0) return undefined;
    const judged = await withBroken({ spec, connections, acceptBreaking: [] }, observed, plan);
    await applyChanges(plan.changes, {
      connections,
      surroundings: practice.surroundings,
      versions: new Versions(),
      signal: new AbortController().signal,
    });
    await practice.sandbox.clock.sleep(20_000);
    return judged.problems.filter(({ code }) => code === 'breaks-others');
  } finally {
    connections.close();
  }
}

/** Rules of theirs that lost or changed an object. */
function changed(
  rules: readonly ReplicationRule[],
  before: readonly Arrived[],
  after: readonly Arrived[],
): ReadonlySet<string> {
  const names = wanted.flatMap((one, index) =>
    (['archive', 'replica'] as const).flatMap((to) => {
      const rule = governs(rules, to, one);
      const [was, is] = [before[index]?.[to], after[index]?.[to]];
      const isLost = was !== undefined && was !== is;
      const begins = one.deleteMarker === true && was === undefined && is !== undefined;
      return rule?.startsWith('team-') && (isLost || begins) ? [rule] : [];
    }),
  );
  return new Set(names);
}

function named(findings: readonly Finding[]): ReadonlySet<string> {
  return new Set(findings.flatMap(({ message }) => /rule (team-\d)/.exec(message)?.[1] ?? []));
}

it('no rule of others loses or changes an object without being named before', async () => {
  const met = { asked: 0, breaks: 0, spared: 0, refused: 0, destroyBreaks: 0, saidTooMuch: 0 };
  await fc.assert(
    fc.asyncProperty(neighborhood, asked, async (theirs, ours) => {
      const practice = await aPractice();
      const neighbors = await Neighbors.settle(practice.sandbox, theirs);
      const spec = specFor(ours, theirs, neighbors.keys);
      const rulesBefore = await neighbors.rules();
      const before = await neighbors.write(wanted);

      const breaking = await carryOut(practice, spec, (state) => planApply(state, spec));
      if (breaking === undefined) {
        met.refused += 1;
        return;
      }
      met.asked += 1;
      const rulesBetween = await neighbors.rules();
      const between = await neighbors.write(wanted);
      const lostNow = changed(rulesBefore, before, between);
      met.saidTooMuch += [...named(breaking)].filter((one) => !lostNow.has(one)).length;
      const missed = [...lostNow].filter((one) => !named(breaking).has(one));
      expect({ missed, theirs, ours, said: breaking.map(({ message }) => message) }).toMatchObject({ missed: [] });
      if (breaking.length > 0) met.breaks += 1;
      else met.spared += 1;

      const destroying = await carryOut(practice, spec, (state) => planDestroy(state, spec));
      const after = await neighbors.write(wanted);
      const lost = [...changed(rulesBetween, between, after)].filter((one) => !named(destroying ?? []).has(one));
      expect({ lost, theirs, ours, said: destroying?.map(({ message }) => message) }).toMatchObject({ lost: [] });
      if ((destroying?.length ?? 0) > 0) met.destroyBreaks += 1;
    }),
    { numRuns: Number(process.env.RUNS ?? 12), seed: Number(process.env.SEED ?? 20261128), endOnFailure: true },
  );
  if (process.env.RUNS) console.log(met);
  expect(met.breaks).toBeGreaterThan(0);
  expect(met.spared).toBeGreaterThan(0);
});
