/** What becomes of each class of objects. */

import { matches, wildcardPattern } from '../evaluation/pattern.ts';
import type { Exclusion } from '../object-class.ts';
import { classProbesOf, type ExclusionsOf, type Probe, probesOf } from '../probes.ts';
import { governing } from '../replication/governing.ts';
import { enabledRules, type Prepared } from '../replication/prepare.ts';
import { judgeObject } from '../replication.ts';
import type { ObjectSnapshot } from '../snapshot.ts';
import type { Cause, Verdict } from '../verdict.ts';
import { causeName } from './cause-name.ts';
import type { TellingStatement } from './telling-statements.ts';

/** Beyond this many nobody waits for an answer, and some statements are left unasked. */
export const mostProbes = 4096;

export interface JudgedProbe {
  readonly probe: Probe;
  readonly verdicts: readonly Verdict[];
  /** Why it is no failure if it fails. */
  readonly excluded?: Exclusion;
}

export interface JudgedClasses {
  /** What the defaults make under keys that no document names. */
  readonly plain: readonly JudgedProbe[];
  /** Those of the other classes that do not simply replicate. */
  readonly others: readonly JudgedProbe[];
  /** How many were judged. */
  readonly probes: number;
  /** Statements of which not every class was judged. */
  readonly unprobed: readonly TellingStatement[];
}

/** Judges a probe of each class of each enabled rule, the classes of Deny statements first. */
export function judgeClasses(
  prepared: Prepared,
  exclusionsOf: ExclusionsOf = () => [],
  isAsked: (rule: Probe['rule']) => boolean = () => true,
): JudgedClasses {
  const plain = probesOf(prepared, exclusionsOf)
    .filter(({ rule }) => isAsked(rule))
    .map((probe) => ({ probe, verdicts: judgeObject(prepared, probe.object) }));
  const known = saidByRule(plain);
  const [clean, seen, told] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const others: JudgedProbe[] = [];
  const unprobed = new Set<TellingStatement>();
  const denies = ({ statement }: Probe) => statement?.effect === 'Deny';
  const waiting = enabledRules(prepared)
    .filter(isAsked)
    .flatMap((rule) => classProbesOf(prepared, rule, exclusionsOf(rule)));
  for (const probe of [...waiting.filter(denies), ...waiting.filter((one) => !denies(one))]) {
    const kind = probe.kind();
    if (clean.has(kind)) continue;
    if (!seen.has(kind) && plain.length + seen.size >= mostProbes) {
      if (probe.statement) unprobed.add(probe.statement);
      continue;
    }
    if (told.has(`${probe.rule.path} ${kind}`)) continue;
    told.add(`${probe.rule.path} ${kind}`);
    const first = judgedApart(prepared, probe, exclusionsOf(probe.rule), known);
    if (first === undefined) continue;
    seen.add(kind);
    if (first.verdicts.length === 0) {
      clean.add(kind);
      continue;
    }
    others.push(first);
    for (const one of probe.more) {
      const further = judgedApart(prepared, under(probe, one), exclusionsOf(probe.rule), known);
      if (further && further.verdicts.length > 0) others.push(further);
    }
  }
  return { plain, others, probes: plain.length + seen.size, unprobed: [...unprobed] };
}

/** The verdicts of a probe at its destination; undefined where another rule takes the object there. */
function judgedUnderItsRule(prepared: Prepared, { rule, object }: Probe): readonly Verdict[] | undefined {
  const { rules } = prepared;
  if (rules === null || rules === 'unknown') return undefined;
  const isItsOwn = governing(rules, object).some((one) => one.rule === rule);
  if (!isItsOwn) return undefined;
  return judgeObject(prepared, object).filter((one) => one.rule === rule.id && one.destination === rule.destination);
}

/** A probe under another key of its class. */
function under(probe: Probe, { key, pattern }: Probe['more'][number]): Probe {
  return { ...probe, object: { ...probe.object, key }, class: { ...probe.class, key: pattern } };
}

/** What is to be said of a probe that is not said of every object of its rule. */
function judgedApart(
  prepared: Prepared,
  probe: Probe,
  exclusions: readonly Exclusion[],
  known: ReadonlyMap<string, ReadonlySet<string>>,
): JudgedProbe | undefined {
  const isNew = (one: Cause) => !known.get(saidUnder(probe))?.has(causeName(one, probe.object.key));
  const verdicts = judgedUnderItsRule(prepared, probe)
    ?.map((verdict) => ({ ...verdict, warnings: verdict.warnings.filter(isNew) }))
    .filter(({ outcome, causes, warnings }) => (outcome === 'replicates' ? warnings.length > 0 : causes.some(isNew)));
  const excluded = exclusions.find((one) => covers(one, probe.object));
  return verdicts && { probe, verdicts, ...(excluded && { excluded }) };
}

function saidUnder({ rule, what }: Probe): string {
  return `${what} ${rule.path}`;
}

function saidByRule(plain: readonly JudgedProbe[]): ReadonlyMap<string, ReadonlySet<string>> {
  const known = new Map<string, Set<string>>();
  for (const { probe, verdicts } of plain) {
    const names = known.get(saidUnder(probe)) ?? new Set();
    known.set(saidUnder(probe), names);
    const said = verdicts.flatMap(({ causes, warnings }) => [...causes, ...warnings]);
    for (const one of said) names.add(causeName(one, probe.object.key));
  }
  return known;
}

/** Whether an exclusion is about an object. */
export function covers({ key, tags = {}, encryption }: Exclusion, object: ObjectSnapshot): boolean {
  const has = object.tags === 'unknown' ? {} : object.tags;
  return (
    (key === undefined || matches(wildcardPattern(key), object.key)) &&
    Object.entries(tags).every(([name, value]) => has[name] === value) &&
    (encryption === undefined || encryption === object.encryption)
  );
}
