/** What is to be said of classes of objects, each cause once with the names of the classes that meet it. */
import type { Place } from '../decision.ts';
import type { Exclusion } from '../object-class.ts';
import type { Probe } from '../probes.ts';
import { evidenceAt, nameOf } from '../replication/evidence.ts';
import type { Prepared } from '../replication/prepare.ts';
import type { Cause } from '../verdict.ts';
import { causeName } from './cause-name.ts';
import { anyTag, classSummary, type Remark, remarkOn } from './class-text.ts';
import type { JudgedProbe } from './judge-classes.ts';
import { mostProbes } from './most-probes.ts';

/** What some classes of a rule's objects meet. */
export interface ClassCause {
  /** `warning` where a writer has to ask for such objects. */
  readonly level: 'fails' | 'unknown' | 'warning' | 'excluded';
  /** Its summary begins with the names of the classes. */
  readonly cause: Cause;
  /** What would leave these objects out on purpose, where it can be said. */
  readonly exclusions: readonly OfferedExclusion[];
}

/** What can be left out of a rule on purpose. */
export interface OfferedExclusion {
  /** ID of the rule on AWS. */
  readonly rule: string;
  readonly objects: Omit<Exclusion, 'why'>;
}

/** A cause that a probe meets. */
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

/** The causes of classes that do not simply replicate, each once. */
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

/** What would leave the objects of a probe out on purpose; undefined where they differ in nothing that can be named. */
function exclusionFor({ class: one, plain, what }: Probe): Omit<Exclusion, 'why'> | undefined {
  const tags = Object.entries(one.tags).filter(([key, value]) => plain.tags[key] !== value);
  const isAnyTag = tags.some(([key, value]) =>
    Object.entries(anyTag).some((any) => any[0] === key && any[1] === value),
  );
  const isMarker = what === 'delete-marker';
  // An exclusion names whole values: one of an example would leave the others out by mistake.
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

/** The exclusions that keep a failure from counting, each with its reason. */
export function exclusionsMet(judged: readonly JudgedProbe[]): readonly Exclusion[] {
  const fails = ({ verdicts }: JudgedProbe) => verdicts.some(({ outcome }) => outcome !== 'replicates');
  return [...new Set(judged.filter(fails).flatMap(({ excluded }) => excluded ?? []))];
}

/** A statement that tells more classes apart than are judged. */
export function causeOfUnprobed(prepared: Prepared, place: Place): Cause {
  const where = nameOf(place);
  return {
    check: 'C30',
    summary: `The policies tell more than ${mostProbes} classes of objects apart. s3repl did not try all that ${where} tells apart.`,
    fix: 'Run s3repl doctor --object KEY for objects that this statement is about.',
    evidence: { ...evidenceAt(prepared, place), unknown: [`what ${where} means for each class of objects`] },
  };
}
