import type { Place } from '../decision.ts';
import type { Exclusion } from '../object-class.ts';
import type { Probe } from '../probes.ts';
import { evidenceAt, nameOf } from '../replication/evidence.ts';
import type { Prepared } from '../replication/prepare.ts';
import type { Cause } from '../verdict.ts';
import { causeName } from './cause-name.ts';
import { anyTag, classSummary, type Remark, remarkOn } from './class-text.ts';
import type { JudgedProbe } from './judge-classes.ts';
import { most } from './most-probes.ts';

export interface ClassCause {
  readonly level: 'fails' | 'unknown' | 'warning' | 'excluded';
  readonly cause: Cause;
  readonly exclusions: readonly OfferedExclusion[];
}

export interface OfferedExclusion {
  readonly rule: string;
  readonly objects: Omit<Exclusion, 'why'>;
}

interface Met extends Pick<JudgedProbe, 'probe' | 'excluded'> {
  readonly cause: Cause;
  readonly said: Remark['said'];
  readonly level: ClassCause['level'];
}

interface Group {
  readonly level: ClassCause['level'];
  readonly cause: Cause;
  readonly remarks: Map<string, Remark>;
  readonly exclusions: Map<string, OfferedExclusion>;
}

export function classCausesOf(judged: readonly JudgedProbe[]): readonly ClassCause[] {
  const groups = new Map<string, Group>();
  for (const { probe, said, level, cause, excluded } of judged.flatMap(causesMet)) {
    const name = `${level} ${causeName(cause)}`;
    const group: Group = groups.get(name) ?? { level, cause, remarks: new Map(), exclusions: new Map() };
    groups.set(name, group);
    const remark = remarkOn(probe, said, excluded?.why);
    group.remarks.set(remark.name, remark);
    const objects = exclusionFor(probe);
    const offered = objects && { rule: probe.rule.id, objects };
    if (offered) group.exclusions.set(JSON.stringify(offered), offered);
  }
  return [...groups.values()].map(({ level, cause, remarks, exclusions }) => ({
    level,
    cause: { ...cause, summary: classSummary([...remarks.values()], cause.summary) },
    exclusions: [...exclusions.values()],
  }));
}

function causesMet(judged: JudgedProbe): readonly Met[] {
  const { probe, verdicts, excluded } = judged;
  return verdicts.flatMap(({ outcome, causes, warnings }): readonly Met[] => {
    if (outcome === 'replicates') {
      return excluded ? [] : warnings.map((cause) => ({ probe, cause, said: 'remark', level: 'warning' }));
    }
    const said = outcome === 'unknown' ? outcome : 'fails';
    const level = excluded ? 'excluded' : probe.asked ? 'warning' : said;
    return causes.map((cause) => ({ ...judged, cause, said, level }));
  });
}

/** Undefined where nothing that can be named sets them apart. */
function exclusionFor({ class: one, plain, what }: Probe): Omit<Exclusion, 'why'> | undefined {
  const tags = Object.entries(one.tags).filter(([key, value]) => plain.tags[key] !== value);
  const isAnyTag = tags.some(([key, value]) =>
    Object.entries(anyTag).some((any) => any[0] === key && any[1] === value),
  );
  const isMarker = what === 'delete-marker';
  // An exclusion names whole values: an example's value would leave out others by mistake.
  if (!isMarker && tags.some(([, value]) => /[*?]/.test(value))) return undefined;
  const exclusion = {
    ...(one.key !== plain.key && { key: one.key }),
    ...(!isMarker && tags.length > 0 && !isAnyTag && { tags: Object.fromEntries(tags) }),
    ...(!isMarker &&
      one.encryption !== plain.encryption &&
      one.encryption !== 'unknown' &&
      one.encryption !== 'NONE' && { encryption: one.encryption }),
  };
  return Object.keys(exclusion).length === 0 || (isAnyTag && !isMarker) ? undefined : exclusion;
}

export function exclusionsMet(judged: readonly JudgedProbe[]): readonly Exclusion[] {
  const fails = ({ verdicts }: JudgedProbe) => verdicts.some(({ outcome }) => outcome !== 'replicates');
  return [...new Set(judged.filter(fails).flatMap(({ excluded }) => excluded ?? []))];
}

export function causeOfUnprobed(prepared: Prepared, place: Place): Cause {
  const where = nameOf(place);
  return {
    check: 'C30',
    summary: `The policies tell more than ${most.probes} classes of objects apart. s3repl did not try all that ${where} tells apart.`,
    fix: 'Run s3repl doctor --object KEY for objects that this statement is about.',
    evidence: { ...evidenceAt(prepared, place), unknown: [`what ${where} means for each class of objects`] },
  };
}
