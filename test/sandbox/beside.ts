/** s3repl beside a neighborhood: what is planned and done, and which rules of theirs have lost or changed an object. */
import type { ReplicationRule } from '@aws-sdk/client-s3';
import { applyChanges } from '../../src/apply/apply.ts';
import { Versions } from '../../src/apply/versions.ts';
import type { Spec } from '../../src/config/spec.ts';
import { observe } from '../../src/observe/observe.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { judgeNeighbors } from '../../src/session/judge-neighbors.ts';
import type { State } from '../../src/state/state.ts';
import type { Practice } from '../apply/in-sandbox.ts';
import { aDestination, aRule, aSource, aSpec } from '../builders.ts';
import { type Arrived, governs, type Neighborhood, type Neighbors, type Wanted } from './neighborhood.ts';

type OurRule = Parameters<typeof aRule>[0];

/** What s3repl is asked for: the role, and where they have any, the keys of the neighborhood. */
export function besides(
  rules: readonly OurRule[],
  { byKms, replicaByKms }: Pick<Neighborhood, 'byKms' | 'replicaByKms'>,
  arns: Neighbors['keys'],
  source: Parameters<typeof aSource>[0] = {},
  bucket?: string,
): Spec {
  const arn = (one: string) => ({ kind: 'arn' as const, arn: one });
  return aSpec({
    role: { name: 'team' },
    source: aSource({ ...source, ...(byKms && { kmsKey: arn(arns.source) }) }),
    destinations: [
      aDestination({
        ...(bucket === undefined ? replicaByKms && { kmsKey: arn(arns.replica) } : { bucket }),
        rules: rules.map((rule, index) => aRule({ id: `r${index}`, ...rule })),
      }),
    ],
  });
}

/** Plans, and does it whatever it breaks; nothing where a person has to act first. */
export async function carryOut(
  practice: Practice,
  spec: Spec,
  planOf: (state: State) => Plan,
): Promise<{ readonly plan: Plan; readonly done: boolean }> {
  const connections = await practice.connect(spec);
  try {
    const observed = await observe(connections, spec);
    const own = planOf(observed);
    const plan = await judgeNeighbors({ spec, connections, acceptBreaking: [] }, observed, own);
    if (own.problems.length > 0) return { plan, done: false };
    await applyChanges(own.changes, {
      connections,
      surroundings: practice.surroundings,
      versions: new Versions(),
      signal: new AbortController().signal,
    });
    await practice.sandbox.clock.sleep(20_000);
    return { plan, done: true };
  } finally {
    connections.close();
  }
}

/** IDs of the rules of theirs that lost or changed an object between two writes of the same objects. */
export function changed(
  wanted: readonly Wanted[],
  rules: readonly ReplicationRule[],
  before: readonly Arrived[],
  after: readonly Arrived[],
): ReadonlySet<string> {
  const ids = wanted.flatMap((one, index) =>
    (['archive', 'replica'] as const).flatMap((to) => {
      const rule = governs(rules, to, one);
      const [was, is] = [before[index]?.[to], after[index]?.[to]];
      const isLost = was !== undefined && was !== is;
      const begins = one.deleteMarker === true && was === undefined && is !== undefined;
      return rule?.startsWith('team-') && (isLost || begins) ? [rule] : [];
    }),
  );
  return new Set(ids);
}

/** IDs of the rules of theirs that a plan says it breaks. */
export function named({ problems }: Plan): ReadonlySet<string> {
  const breaking = problems.filter(({ code }) => code === 'breaks-others');
  return new Set(breaking.flatMap(({ message }) => /rule (team-\d)/.exec(message)?.[1] ?? []));
}
