import type { Spec } from '../config/spec.ts';
import { covers } from '../model/classes/judge-classes.ts';
import { newObject } from '../model/governed-object.ts';
import type { Exclusion } from '../model/object-class.ts';
import { findTakenObjects } from '../model/others/taken-objects.ts';
import type { ExclusionsOf } from '../model/probes.ts';
import { pathText } from '../model/replication/path.ts';
import type { Prepared } from '../model/replication/prepare.ts';
import type { Cause } from '../model/verdict.ts';
import { exclusionText } from '../plan/exclusion-text.ts';
import { exclusionsIn } from '../plan/preflight.ts';
import { ruleIdPrefix } from '../state/names.ts';
import type { CheckId } from './catalogue.ts';
import type { Seen } from './sightings.ts';

/** `excluded`: what leaves them out on purpose. */
type Taken = ReturnType<typeof findTakenObjects>[number] & { readonly excluded: Exclusion | undefined };

/**
 * A rule of others that leaves out what it takes from a rule of the spec, as it has the higher priority (S3 User Guide, replication-add-config): says
 * so, as `plan` does. What the spec leaves out on purpose is no failure.
 */
export function nameTaken(prepared: Prepared, spec: Spec, seen: Seen): Seen {
  const exclusionsOf = exclusionsIn(spec);
  const taken = findTakenObjects(prepared, ({ id }) => id.startsWith(ruleIdPrefix(spec)), exclusionsOf).map(
    (one): Taken => ({
      ...one,
      excluded: one.level === 'excluded' ? findExclusion(prepared, exclusionsOf, one) : undefined,
    }),
  );
  const findTaken = (probe: string | undefined, cause: Cause<CheckId> | undefined) =>
    probe === 'new-object' && cause !== undefined ? taken.filter((one) => isOf(cause, one)) : [];
  const excluded = new Set([...(seen.excluded ?? []), ...taken.flatMap((one) => one.excluded ?? [])]);
  return {
    ...seen,
    verdicts: seen.verdicts.map((one) => {
      const found = one.verdict.outcome === 'not-replicated' ? findTaken(one.probe, one.verdict.causes[0]) : [];
      const [why] = found.flatMap((each) => each.excluded?.why ?? []);
      return why !== undefined && found.every((each) => each.excluded) ? { ...one, except: why } : one;
    }),
    sightings: seen.sightings.flatMap((one) => {
      const found = one.level === 'fails' ? findTaken(one.probe, one.cause) : [];
      if (found.length === 0) return [one];
      return found.map(({ cause, exclusions, level }) => ({
        ...one,
        level: level === 'excluded' ? ('note' as const) : one.level,
        cause: { ...cause, ...exclusionText({ ...cause, exclusions }, spec) },
      }));
    }),
    excluded: [...excluded],
  };
}

function findExclusion(
  { snapshot, rules }: Prepared,
  exclusionsOf: ExclusionsOf,
  { exclusions }: Pick<Taken, 'exclusions'>,
): Exclusion | undefined {
  const list = rules === null || rules === 'unknown' ? [] : rules.byDestination.flat();
  for (const { rule: id, objects } of exclusions) {
    const tags = Object.entries(objects.tags ?? {});
    const object = newObject(snapshot, { prefix: (objects.key ?? '').replace(/\*$/, ''), tags });
    const rule = list.find((one) => one.id === id);
    const found = rule && exclusionsOf(rule).find((one) => covers(one, object));
    if (found) return found;
  }
  return undefined;
}

/** Whether both are about the rule itself. */
function isOf({ evidence: { path, refused } }: Cause<CheckId>, { cause }: Taken): boolean {
  const of = cause.evidence.path;
  return refused === undefined && path !== undefined && of !== undefined && pathText(path) === pathText(of);
}
