import type { Spec } from '../config/spec.ts';
import type { Exclusion } from '../model/object-class.ts';
import { prepare } from '../model/replication/prepare.ts';
import type { ObjectSnapshot, Snapshot } from '../model/snapshot.ts';
import { exclusionsIn } from '../plan/preflight.ts';
import { checks } from './catalogue.ts';
import { groupCauses, listUnread } from './cause-groups.ts';
import { checkResults, listMentionedChecks } from './check-results.ts';
import type { DiagnosedVerdict, Diagnosis, GroupedCause, Sighting } from './diagnosis.ts';
import { isFixedByApply } from './fixed-by-apply.ts';
import { lookAtAlarms } from './look-at-alarms.ts';
import { lookAtJobs } from './look-at-jobs.ts';
import { lookAtLag } from './look-at-lag.ts';
import { lookAtTargets } from './look-at-targets.ts';
import { lookAtDocuments, lookAtStatuses } from './looks.ts';
import { missingStatement } from './missing-statement.ts';
import { findOwnSetUp } from './own-set-up.ts';
import { repairCauses } from './repairs.ts';
import { type Scope, scopeOf } from './scope.ts';
import { examine, isUnprobedDeny, leavesOpen, lookAtObjects, lookAtProbes, stopsHealth } from './sightings.ts';
import { nameTaken } from './taken-by-others.ts';

export interface DiagnoseOptions {
  /** Replaces new objects and those of the snapshot. */
  readonly objects?: readonly ObjectSnapshot[];
  readonly spec?: Spec;
  readonly exclusions?: readonly Exclusion[];
  /** Accounts that flags alone can sign in to, and nobody is: without a configuration. */
  readonly unreached?: readonly string[];
}

/** Why objects do not, or would not, replicate: new objects, those of the snapshot and the documents; or only `objects`. */
export function diagnose(
  snapshot: Snapshot,
  { objects: asked, spec, exclusions = [], unreached = [] }: DiagnoseOptions = {},
): Diagnosis {
  const prepared = prepare(snapshot);
  const scope = scopeOf(prepared);
  const { source, takenAt } = snapshot;
  if (asked) {
    const seen = asked.map((object) => examine(prepared, object));
    const verdicts = seen.flatMap((one) => one.verdicts);
    const failed = asked.filter(({ replicationStatus }) => replicationStatus === 'FAILED');
    const outcome = outcomeOf(verdicts, ({ verdict }) => verdict.outcome === 'unknown');
    const stays = outcome === 'healthy' && failed.length > 0;
    const sightings = [
      ...seen.flatMap((one) => one.sightings),
      ...lookAtStatuses(failed, verdicts),
      ...lookAtLag(snapshot, asked),
      ...lookAtJobs(scope, asked, verdicts, spec),
    ].map((one) => (stays && isOfThePast(one) ? { ...one, level: 'fails' as const } : one));
    return {
      source,
      takenAt,
      outcome: stays ? 'blocked' : outcome,
      checks: listMentionedChecks(sightings),
      verdicts,
      causes: causesOf(scope, sightings, { spec, unreached }),
    };
  }
  const ofSpec = spec ? exclusionsIn(spec) : () => [];
  const objects = snapshot.objects === 'unknown' ? [] : snapshot.objects;
  const seen = lookAtProbes(prepared, (rule) => [...exclusions, ...ofSpec(rule)]);
  const probes = spec ? nameTaken(prepared, spec, seen) : seen;
  const found = lookAtObjects(prepared, objects);
  const verdicts = [...probes.verdicts, ...found.verdicts];
  const sightings = [
    ...probes.sightings,
    ...found.sightings,
    ...lookAtDocuments(scope),
    ...lookAtStatuses(objects, found.verdicts),
    ...lookAtLag(snapshot, objects),
    ...lookAtAlarms(scope),
    ...lookAtTargets(scope),
    ...lookAtJobs(scope, objects, found.verdicts, spec),
  ];
  return {
    source,
    takenAt,
    outcome: outcomeOf(verdicts, () => sightings.some(isUnprobedDeny)),
    checks: checkResults(scope, sightings, probes.reach),
    verdicts,
    causes: causesOf(scope, sightings, { spec, unreached }),
    ...(probes.excluded && probes.excluded.length > 0 && { excluded: probes.excluded }),
  };
}

/** Why an object is FAILED although nothing would stop it now: it has no replica all the same. */
function isOfThePast({ level, cause }: Sighting): boolean {
  return level === 'warning' && cause.check === 'C36';
}

/** @param isOpen what else leaves the answer open; also why objects that were asked about did not replicate. */
function outcomeOf(
  verdicts: readonly DiagnosedVerdict[],
  isOpen: (one: DiagnosedVerdict) => boolean = () => false,
): Diagnosis['outcome'] {
  if (verdicts.some(stopsHealth)) return 'blocked';
  return verdicts.some((one) => leavesOpen(one) || isOpen(one)) ? 'unknown' : 'healthy';
}

interface Known {
  readonly spec: Spec | undefined;
  readonly unreached: readonly string[];
}

function causesOf(scope: Scope, sightings: readonly Sighting[], { spec, unreached }: Known): readonly GroupedCause[] {
  const own = findOwnSetUp(scope, spec);
  const causes = groupCauses(sightings, scope.prepared).map((cause) => {
    const { check, level, evidence } = cause;
    const { refused } = evidence;
    const { seen, remedy: known } = checks[check];
    const fix = refused && seen !== 'jobs' ? missingStatement(scope, refused, own) : known?.(scope, evidence, own);
    const remedy = level === 'unknown' ? undefined : (cause.remedy ?? fix);
    const asksApply = spec !== undefined && level !== 'note';
    return {
      ...cause,
      ...signIn(cause, unreached, scope),
      ...(remedy && { remedy }),
      ...(asksApply && { fixedByApply: isFixedByApply(scope, cause, spec) }),
    };
  });
  return repairCauses(scope, causes, { own, hasConfig: spec !== undefined });
}

/** What could not be read, as nobody is signed in to its account. */
function signIn(
  cause: Pick<GroupedCause, 'level' | 'check' | 'summary' | 'fix' | 'evidence'>,
  unreached: readonly string[],
  { prepared: { unreadable } }: Scope,
): Pick<Partial<GroupedCause>, 'fix'> {
  if (cause.level !== 'unknown') return {};
  const within = listUnread(cause, unreadable).map(({ path }) => path);
  const account = unreached.find((one) => within.some(([first, second]) => first === 'accounts' && second === one));
  if (account === undefined) return {};
  const fix = `Sign in to account ${account} as well: run it again with --destination-account ${account} --destination-profile PROFILE.`;
  return { fix };
}
