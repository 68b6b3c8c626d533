import { matches, wildcardPattern } from '../evaluation/pattern.ts';
import { findEffectiveRules } from '../governed-object.ts';
import type { Exclusion, ObjectClass } from '../object-class.ts';
import { classProbesOf, type ExclusionsOf, type Probe, probesOf } from '../probes.ts';
import { findGoverning } from '../replication/governing.ts';
import type { Prepared } from '../replication/prepare.ts';
import { judgeObject } from '../replication.ts';
import type { ObjectSnapshot } from '../snapshot.ts';
import type { Cause, Verdict } from '../verdict.ts';
import { causeName } from './cause-name.ts';
import { most } from './most-probes.ts';
import type { TellingStatement } from './telling-statements.ts';

export interface JudgedProbe {
  readonly probe: Probe;
  readonly verdicts: readonly Verdict[];
  readonly excluded?: Exclusion;
}

export interface JudgedClasses {
  readonly plain: readonly JudgedProbe[];
  readonly others: readonly JudgedProbe[];
  readonly clean: readonly Probe[];
  readonly probes: number;
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
  const known = new Said();
  for (const one of plain) known.add(one);
  const clean = new Map<string, Probe>();
  const [seen, told] = [new Set<string>(), new Set<string>()];
  const others: JudgedProbe[] = [];
  const unprobed = new Set<TellingStatement>();
  const judgeProbe = (probe: Probe): JudgedProbe | undefined => {
    const verdicts = judgeUnderItsRule(prepared, probe);
    const excluded = exclusionsOf(probe.rule).find((one) => covers(one, probe.object));
    return verdicts && { probe, verdicts: known.newIn(probe, verdicts), ...(excluded && { excluded }) };
  };
  for (const probe of sortProbes(prepared, exclusionsOf, isAsked)) {
    const kind = probe.kind();
    if (clean.has(kind) || told.has(`${probe.rule.path} ${kind}`)) continue;
    if (!seen.has(kind) && plain.length + seen.size >= most.probes) {
      if (probe.statement) unprobed.add(probe.statement);
      continue;
    }
    told.add(`${probe.rule.path} ${kind}`);
    const first = judgeProbe(probe);
    if (first === undefined) continue;
    seen.add(kind);
    if (first.verdicts.length === 0) {
      clean.set(kind, probe);
      continue;
    }
    // Judge all of them before any is marked as reported.
    const all = [first, ...probe.more.flatMap((one) => judgeProbe(replaceKey(probe, one)) ?? [])];
    others.push(...known.addTelling(all));
  }
  return { plain, others, clean: [...clean.values()], probes: plain.length + seen.size, unprobed: [...unprobed] };
}

/** Classes that differ in one thing come first, and among these those of a Deny. */
function sortProbes(
  prepared: Prepared,
  exclusionsOf: ExclusionsOf,
  isAsked: (rule: Probe['rule']) => boolean,
): readonly Probe[] {
  const waiting = findEffectiveRules(prepared)
    .filter(isAsked)
    .flatMap((rule) => classProbesOf(prepared, rule, exclusionsOf(rule)));
  const rank = (probe: Probe) =>
    2 * differences(probe.class, probe.plain) + (probe.statement?.effect === 'Deny' ? 0 : 1);
  return waiting
    .map((probe) => ({ probe, rank: rank(probe) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ probe }) => probe);
}

function differences(one: ObjectClass, plain: ObjectClass): number {
  const encrypted = one.encryption !== plain.encryption || one.bucketKey !== plain.bucketKey;
  return [one.key !== plain.key, !isSameTags(one, plain), encrypted].filter((differs) => differs).length;
}

function isSameTags(a: ObjectClass, b: ObjectClass): boolean {
  return JSON.stringify(a.tags) === JSON.stringify(b.tags);
}

/** For a narrower class, reports only what a more general class did not. */
class Said {
  readonly #of = new Map<string, Set<string>>();

  add({ probe, verdicts }: JudgedProbe): void {
    const names = verdicts.flatMap(namesOfVerdict);
    if (names.length === 0) return;
    const place = placeOf(probe, probe.class);
    this.#of.set(place, new Set([...(this.#of.get(place) ?? []), ...names]));
  }

  addTelling(judged: readonly JudgedProbe[]): readonly JudgedProbe[] {
    const telling = judged.filter(({ verdicts }) => verdicts.length > 0);
    for (const one of telling) this.add(one);
    return telling;
  }

  newIn(probe: Probe, verdicts: readonly Verdict[]): readonly Verdict[] {
    const general = this.#findGeneral(probe);
    const isNew = (outcome: Verdict['outcome']) => (one: Cause) => {
      const name = nameOfCause(outcome, one);
      return !general.some((names) => names.has(name));
    };
    return verdicts
      .map((verdict) => ({ ...verdict, warnings: verdict.warnings.filter(isNew('replicates')) }))
      .filter(({ outcome, causes, warnings }) =>
        outcome === 'replicates' ? warnings.length > 0 : causes.some(isNew(outcome)),
      );
  }

  /** Classes that match it in some things, and the defaults in the others. */
  #findGeneral(probe: Probe): readonly ReadonlySet<string>[] {
    const { class: one, plain } = probe;
    const wider = [one, plain].flatMap(({ key }) =>
      [one, plain].flatMap(({ tags }) =>
        [one, plain].map(({ encryption, bucketKey }) => ({ key, tags, encryption, bucketKey })),
      ),
    );
    return wider.flatMap((wide) => this.#of.get(placeOf(probe, wide)) ?? []);
  }
}

function placeOf({ what, rule }: Probe, { key, tags, encryption, bucketKey }: ObjectClass): string {
  return JSON.stringify([what, rule.path, key, tags, encryption, bucketKey]);
}

function namesOfVerdict({ outcome, causes, warnings }: Verdict): readonly string[] {
  return [...causes.map((one) => nameOfCause(outcome, one)), ...warnings.map((one) => nameOfCause('replicates', one))];
}

/** A warning for one object can stop another. */
function nameOfCause(outcome: Verdict['outcome'], cause: Cause): string {
  return `${outcome} ${causeName(cause)}`;
}

/** Undefined where another rule takes the object at this destination. */
function judgeUnderItsRule(prepared: Prepared, { rule, object }: Probe): readonly Verdict[] | undefined {
  const { rules } = prepared;
  if (rules === null || rules === 'unknown') return undefined;
  const isItsOwn = findGoverning(rules, object).some((one) => one.rule === rule);
  if (!isItsOwn) return undefined;
  return judgeObject(prepared, object).filter(({ destination }) => destination === rule.destination);
}

function replaceKey(probe: Probe, { key, pattern }: Probe['more'][number]): Probe {
  return { ...probe, object: { ...probe.object, key }, class: { ...probe.class, key: pattern } };
}

export function covers({ key, tags = {}, encryption }: Exclusion, object: ObjectSnapshot): boolean {
  const has = object.tags === 'unknown' ? {} : object.tags;
  return (
    (key === undefined || matches(wildcardPattern(key), object.key)) &&
    Object.entries(tags).every(([name, value]) => has[name] === value) &&
    (encryption === undefined || encryption === object.encryption)
  );
}
