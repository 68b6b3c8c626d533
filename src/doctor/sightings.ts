import { causeOfUnprobed, exclusionsMet } from '../model/classes/class-causes.ts';
import { classText, type Remark, remarkOn } from '../model/classes/class-text.ts';
import { type JudgedProbe, judgeClasses } from '../model/classes/judge-classes.ts';
import type { TellingStatement } from '../model/classes/telling-statements.ts';
import { newObject } from '../model/governed-object.ts';
import type { Exclusion } from '../model/object-class.ts';
import type { ExclusionsOf, Probe } from '../model/probes.ts';
import { unreadAnnotations } from '../model/replication/annotations.ts';
import { findGoverning } from '../model/replication/governing.ts';
import { isFailureOfThePast, isUnexplained } from '../model/replication/history.ts';
import { attemptUnderEachHost } from '../model/replication/judge.ts';
import type { Prepared } from '../model/replication/prepare.ts';
import { isOfUnknownAge } from '../model/replication/silent.ts';
import { judgeObject } from '../model/replication.ts';
import type { ObjectSnapshot } from '../model/snapshot.ts';
import type { Cause, Verdict } from '../model/verdict.ts';
import { configurationWarnings } from '../model/warnings.ts';
import type { DiagnosedVerdict, GroupedCause, Level, Sighting } from './diagnosis.ts';

export interface Seen {
  readonly verdicts: readonly DiagnosedVerdict[];
  readonly sightings: readonly Sighting[];
  readonly reach: Reach;
  readonly excluded?: readonly Exclusion[];
}

/** `source`: S3 assumes the role and reads, but the destination does not exist or is not known. */
export type Reach = 'nowhere' | 'source' | 'all';

/** What would happen to new objects and delete markers of each class, and findings on the configuration as a whole. */
export function lookAtProbes(prepared: Prepared, exclusionsOf?: ExclusionsOf): Seen {
  const { plain, others, clean, unprobed } = judgeClasses(prepared, exclusionsOf);
  const all =
    plain.length > 0
      ? plain.map(({ probe }) => examineProbe(prepared, probe))
      : [examine(prepared, anyNewObject(prepared), 'new-object')];
  const whole = configurationWarnings(prepared, [...plain.map(({ probe }) => probe), ...clean]).map(
    (cause): Sighting => ({ level: cause.evidence.unknown ? 'unknown' : 'warning', cause }),
  );
  const remarks = unreadAnnotations(
    prepared,
    plain.map(({ probe }) => probe).filter(({ what }) => what === 'new-object'),
  );
  const classes = others.map((one) => lookAtClass(prepared, one));
  return {
    verdicts: [...all, ...classes].flatMap(({ verdicts }) => verdicts),
    sightings: [
      ...all.flatMap(({ sightings }) => sightings),
      ...classes.flatMap(({ sightings }) => sightings),
      ...unprobed.map((statement) => reportUnprobed(prepared, statement)),
      ...whole,
      ...remarks.map((cause): Sighting => ({ level: 'note', cause })),
    ],
    reach: leastReach(all.map(({ reach }) => reach)),
    excluded: exclusionsMet(others),
  };
}

function examineProbe(prepared: Prepared, probe: Probe): Seen {
  const seen = examineUnderItsRule(prepared, probe);
  return { ...seen, verdicts: seen.verdicts.map((one) => ({ ...one, class: probe.class })) };
}

/** Under its own rule only: rules with other destinations have probes of their own. */
function examineUnderItsRule(prepared: Prepared, { object, what, rule }: Probe): Seen {
  const seen = examine(prepared, object, what);
  const isItsOwn = (id: string | null = null) => id === null || id === rule.id;
  return {
    ...seen,
    verdicts: seen.verdicts.filter(({ verdict }) => isItsOwn(verdict.rule)),
    sightings: seen.sightings.filter((one) => isItsOwn(one.rule)),
  };
}

/** A warning where a writer has to ask for such objects, a note where they are left out on purpose. */
function lookAtClass(prepared: Prepared, { probe, verdicts, excluded }: JudgedProbe): Omit<Seen, 'reach'> {
  const { what, object, asked, rule } = probe;
  const except = excluded && { except: excluded.why };
  const name = classText(probe);
  const remark = (said: Remark['said']) => ({ class: remarkOn(probe, said, excluded?.why) });
  const remarks = verdicts.flatMap(({ outcome, warnings }) =>
    excluded || outcome !== 'replicates'
      ? []
      : warnings.map(
          (cause): Sighting => ({
            level: 'warning',
            cause,
            ...locateSighting(object.key, rule.id, what),
            ...remark('remark'),
          }),
        ),
  );
  const met = verdicts.every(({ outcome }) => outcome === 'replicates')
    ? []
    : examineUnderItsRule(prepared, probe).sightings;
  const obstacles = met.flatMap((sighting): readonly Sighting[] => {
    const { level } = sighting;
    if (level !== 'fails' && level !== 'unknown') return [];
    return [{ ...sighting, level: excluded ? 'note' : asked ? 'warning' : level, ...remark(level) }];
  });
  return {
    verdicts: verdicts.map((verdict) => ({
      probe: what,
      class: probe.class,
      name,
      ...(asked && { asked }),
      ...except,
      verdict,
    })),
    sightings: [...obstacles, ...remarks],
  };
}

const untried: Remark = {
  name: 'objects that were not tried',
  subject: 'objects',
  rest: 'that were not tried',
  said: 'unknown',
};

/** There are too many classes to judge: a Deny may stop some of the others. */
function reportUnprobed(prepared: Prepared, { place, effect }: TellingStatement): Sighting {
  const level = effect === 'Deny' ? 'unknown' : 'warning';
  return {
    level,
    cause: causeOfUnprobed(prepared, place),
    class: untried,
  };
}

export function lookAtObjects(prepared: Prepared, objects: readonly ObjectSnapshot[]): Seen {
  const verdicts = objects.flatMap((object) => judgeObject(prepared, object));
  return {
    verdicts: verdicts.map((verdict) => ({ verdict })),
    sightings: verdicts.flatMap((verdict) => sightingsIn(verdict, undefined)),
    reach: 'all',
  };
}

/** Finds everything that the object meets, not only what AWS would report first. */
export function examine(prepared: Prepared, object: ObjectSnapshot, probe?: Probe['what']): Seen {
  const verdicts = judgeObject(prepared, object);
  const { rules } = prepared;
  const explained = verdicts.every(({ outcome }) => outcome === 'replicates');
  const governed = explained || rules === null || rules === 'unknown' ? [] : findGoverning(rules, object);
  const reaches: Reach[] = [prepared.rules === 'unknown' ? 'nowhere' : 'all'];
  const further = governed.flatMap(({ rule }) => {
    const verdict = verdicts.find((one) => one.rule === rule.id && one.destination === rule.destination);
    // The verdict already says everything about these.
    if (verdict?.outcome === 'not-replicated' || verdict?.outcome === 'replicates') return [];
    const { findings, replica } = attemptUnderEachHost(prepared, object, rule);
    if (replica === null) reaches.push(findings.some(({ cause }) => cause.check === 'C05') ? 'source' : 'nowhere');
    return findings.flatMap(({ effect, cause }) => {
      const level = effect === 'warns' ? 'warning' : effect === 'unknown' ? 'unknown' : 'fails';
      return [{ level, cause, ...locateSighting(object.key, rule.id, probe) } satisfies Sighting];
    });
  });
  return {
    verdicts: verdicts.map((verdict) => ({ ...(probe && { probe }), verdict })),
    // A probe has no past: all that its verdict says comes from the attempts.
    sightings: [
      ...(probe && further.length > 0 ? [] : verdicts.flatMap((verdict) => sightingsIn(verdict, probe))),
      ...further,
    ],
    reach: leastReach(reaches),
  };
}

function leastReach(reaches: readonly Reach[]): Reach {
  return (['nowhere', 'source'] as const).find((one) => reaches.includes(one)) ?? 'all';
}

function sightingsIn(verdict: Verdict, probe: Probe['what'] | undefined): readonly Sighting[] {
  const { object, rule, causes, warnings } = verdict;
  const sighting = (level: Level, cause: Cause): Sighting => ({ level, cause, ...locateSighting(object, rule, probe) });
  const level = levelOf(verdict, probe);
  // As long as nobody knows why it FAILED, a job may fail as well.
  const isOver = level === 'warning' && isFailureOfThePast(verdict);
  return [
    ...(level === undefined
      ? []
      : causes.map((cause) => ({
          ...sighting(level, cause),
          ...(isOver && { remedy: { kind: 'backfill', status: 'failed' } as const }),
        }))),
    ...warnings.map((cause) => sighting('warning', cause)),
  ];
}

function locateSighting(key: string, rule: string | null, probe: Probe['what'] | undefined) {
  return { ...(rule !== null && { rule }), object: key, ...(probe && { probe }) };
}

function levelOf(verdict: Verdict, probe: Probe['what'] | undefined): Level | undefined {
  if (stopsHealth({ verdict, ...(probe && { probe }) })) return 'fails';
  switch (verdict.outcome) {
    case 'replicates':
      return undefined;
    case 'fails':
      return isUnexplained(verdict) ? 'unknown' : 'warning';
    case 'unknown':
      return isOfUnknownAge(verdict) ? 'note' : 'unknown';
    case 'not-replicated':
      // The others are on purpose; these two surprise.
      return verdict.reason === 'kms-not-selected' || verdict.reason === 'archived' ? 'warning' : 'note';
  }
}

/** Something to act on: a failure, or a new object that its rule does not take in. Not one that FAILED for a past reason: S3 never tries it again. */
export function stopsHealth({ verdict, probe, asked, except }: DiagnosedVerdict): boolean {
  const { outcome, causes } = verdict;
  if (asked === true || except !== undefined) return false;
  if (outcome === 'fails') return !isFailureOfThePast({ outcome, causes });
  return outcome === 'not-replicated' && probe === 'new-object';
}

/** Whether we cannot tell if new objects replicate. Objects that S3 did not take in say nothing about those. */
export function leavesOpen({ verdict, asked, except }: DiagnosedVerdict): boolean {
  if (asked === true || except !== undefined) return false;
  return isUnexplained(verdict) || (verdict.outcome === 'unknown' && !isOfUnknownAge(verdict));
}

/** Whether nothing but failures that nobody can explain leaves the answer open: only a new object tells. */
export function isOnlyUnproven(causes: readonly Pick<GroupedCause, 'level' | 'check'>[]): boolean {
  const open = causes.filter(({ level }) => level === 'fails' || level === 'unknown');
  return open.length > 0 && open.every(({ level, check }) => level === 'unknown' && check === 'C36');
}

function anyNewObject({ snapshot, rules }: Prepared): ObjectSnapshot {
  const [disabled] = rules === null || rules === 'unknown' ? [] : rules.disabled;
  return newObject(snapshot, disabled ?? { prefix: '', tags: [] });
}

export function isUnprobedDeny({ level, probe, class: one }: Sighting): boolean {
  return level === 'unknown' && one !== undefined && probe === undefined;
}
