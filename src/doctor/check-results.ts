import type { Check } from './catalogue/check.ts';
import { type CheckId, catalogue } from './catalogue.ts';
import type { CheckResult, Level, Sighting } from './diagnosis.ts';
import type { Scope } from './scope.ts';
import type { Reach } from './sightings.ts';

/** One result per check that applies. What was not read or not reached is never ok. @param reach how far S3 would get: silent checks beyond are not ok. */
export function checkResults(scope: Scope, sightings: readonly Sighting[], reach: Reach): readonly CheckResult[] {
  const said = collectSaid(sightings);
  return catalogue.flatMap(({ id, ...check }) => {
    const result = resultOf(check, scope, said(id), reach);
    return result ? [{ check: id, title: check.title, ...result }] : [];
  });
}

export function listMentionedChecks(sightings: readonly Sighting[]): readonly CheckResult[] {
  const said = collectSaid(sightings);
  return catalogue.flatMap(({ id, title }) => {
    const { worst } = said(id);
    return worst === undefined ? [] : [{ check: id, title, status: worst }];
  });
}

interface Said {
  readonly worst: Exclude<CheckResult['status'], 'ok'> | undefined;
  /** The check that reports the refusal of this check's call: that of a Deny, a condition. */
  readonly elsewhere: CheckId | undefined;
}

const checkOfCall = new Map(catalogue.flatMap(({ id, calls = [] }) => calls.map((call) => [call, id] as const)));

function collectSaid(sightings: readonly Sighting[]): (id: CheckId) => Said {
  const levels = new Map<CheckId, Set<Level>>();
  const refused = new Map<CheckId, CheckId>();
  for (const { level, cause } of sightings) {
    const { check, evidence } = cause;
    levels.set(check, (levels.get(check) ?? new Set()).add(level));
    const about = level === 'fails' && evidence.refused ? checkOfCall.get(evidence.refused.action) : undefined;
    if (about !== undefined && about !== check && !refused.has(about)) refused.set(about, check);
  }
  return (id) => ({ worst: worstOf(levels.get(id)), elsewhere: refused.get(id) });
}

function worstOf(levels: ReadonlySet<Level> | undefined): Said['worst'] {
  if (levels?.has('fails')) return 'failed';
  if (levels?.has('unknown')) return 'unknown';
  return levels?.has('warning') ? 'warning' : undefined;
}

type Result = Pick<CheckResult, 'status' | 'why'>;

function resultOf(check: Check, scope: Scope, { worst, elsewhere }: Said, reach: Reach): Result | undefined {
  if (elsewhere !== undefined && worst !== 'failed') return { status: 'failed', why: `see ${elsewhere}` };
  if (worst === 'failed' || worst === 'unknown') return { status: worst };
  const inputs = inputsOf(check, scope);
  if (inputs?.includes('unknown'))
    return { status: 'unknown', why: 'what these checks look at does not exist or could not be read' };
  if (worst !== undefined) return { status: worst };
  if (inputs === null) return undefined;
  return reaches(check, reach) ? { status: 'ok' } : { status: 'unknown', why: 'replication stops before these checks' };
}

/** Null where the check does not apply. */
function inputsOf({ needs, when, withoutRules }: Check, scope: Scope): readonly unknown[] | null {
  if (scope.prepared.rules === 'unknown') return ['unknown'];
  // Without a rule there is nothing to follow; the checks of the rules report what is wrong.
  if (!needs || (scope.rules.length === 0 && !withoutRules) || when?.(scope) === false) return null;
  return needs.flatMap((need) => need(scope));
}

/** Documents and objects are looked at however far S3 would get. */
function reaches({ seen }: Check, reach: Reach): boolean {
  return (
    reach === 'all' || ['documents', 'objects', 'jobs'].includes(seen) || (reach === 'source' && seen === 'source')
  );
}
