import type { Spec } from '../config/spec.ts';
import {
  type ClassCause,
  causeOfUnprobed,
  classCausesOf,
  exclusionsMet,
  type OfferedExclusion,
} from '../model/classes/class-causes.ts';
import { classText } from '../model/classes/class-text.ts';
import { type JudgedProbe, judgeClasses } from '../model/classes/judge-classes.ts';
import { findCoveredRules, warnOfCovered } from '../model/governed-object.ts';
import type { Exclusion, ObjectClass } from '../model/object-class.ts';
import { findTakenObjects } from '../model/others/taken-objects.ts';
import type { ExclusionsOf, Probe } from '../model/probes.ts';
import { attemptUnderEachHost } from '../model/replication/judge.ts';
import { destinationSide, listEnabledRules, type Prepared, prepare } from '../model/replication/prepare.ts';
import type { Rule } from '../model/replication/rule.ts';
import { judgeObject } from '../model/replication.ts';
import type { Cause, Verdict } from '../model/verdict.ts';
import { ruleWarnings } from '../model/warnings.ts';
import { ruleIdPrefix } from '../state/names.ts';
import type { State } from '../state/state.ts';
import { snapshotOf } from './snapshot-of.ts';

export interface ProbeVerdict {
  readonly probe: Probe['what'];
  readonly class: ObjectClass;
  readonly name?: string;
  readonly asked?: boolean;
  /** Why it is no failure if they do not replicate. */
  readonly except?: string;
  readonly verdict: Verdict;
}

export interface Preflight {
  /** `fails` where one probe would not arrive as the spec asks, else `unknown` where we cannot tell for one. */
  readonly outcome: 'replicates' | 'fails' | 'unknown';
  readonly verdicts: readonly ProbeVerdict[];
  readonly causes: readonly PreflightCause[];
  readonly warnings: readonly Cause[];
  readonly excluded: readonly Exclusion[];
  /** The organization's policies could not be read and may still deny a verdict. */
  readonly organizationUnread: boolean;
}

/** A cause that only some classes of objects meet says how to leave these out on purpose. */
export interface PreflightCause extends Cause {
  readonly exclusions?: readonly OfferedExclusion[];
}

/** Asks the model about each class of objects for each enabled rule of the spec, before there are objects. */
export function preflight(state: State, spec: Spec, takenAt: Date): Preflight {
  const prepared = prepare(snapshotOf(state, spec, takenAt));
  const prefix = ruleIdPrefix(spec);
  const isOurs = ({ id }: Rule) => id.startsWith(prefix);
  const { plain, others, clean, unprobed } = judgeClasses(prepared, exclusionsIn(spec), isOurs);
  const judged = plain.map(({ probe }) => judgeProbe(probe, prepared));
  const verdicts = judged.flatMap(({ verdicts: some }) => some);
  const classes = [...classCausesOf(others), ...findTakenObjects(prepared, isOurs, exclusionsIn(spec))];
  const left = unprobed.map(({ place, effect }) => ({ effect, cause: causeOfUnprobed(prepared, place) }));
  const ofClasses = (level: ClassCause['level']): readonly PreflightCause[] =>
    classes.flatMap(({ level: one, cause, exclusions }) => (one === level ? [{ ...cause, exclusions }] : []));
  const covered = findCoveredRules(prepared).filter(({ rule }) => isOurs(rule));
  const overruled = covered.flatMap(({ rule, by }) => (isOurs(by) ? [] : [overrulingCause(rule, by, prepared)]));
  const doubts = verdicts.flatMap(({ verdict }) => (verdict.outcome === 'unknown' ? verdict.causes : []));
  const failing = judged.flatMap(({ failing: some }) => some);
  const stopping = [...overruled, ...failing, ...ofClasses('fails')];
  const open = [
    ...doubts,
    ...ofClasses('unknown'),
    ...left.flatMap((one) => (one.effect === 'Deny' ? [one.cause] : [])),
  ];
  const warnings = [
    ...verdicts.flatMap(({ verdict }) => verdict.warnings),
    ...ofClasses('warning'),
    ...warnOfCovered(
      prepared,
      covered.filter(({ by }) => isOurs(by)),
    ),
    ...left.flatMap((one) => (one.effect === 'Allow' ? [one.cause] : [])),
    ...ruleWarnings(prepared, listEnabledRules(prepared).filter(isOurs), [
      ...plain.map(({ probe }) => probe),
      ...clean,
    ]),
  ];
  return {
    outcome: stopping.length > 0 ? 'fails' : open.length > 0 ? 'unknown' : 'replicates',
    verdicts: [...verdicts, ...others.flatMap(verdictsOfClass)],
    causes: distinctCauses(stopping.length > 0 ? stopping : open),
    warnings: distinctCauses(warnings.filter((cause) => !isUnreadOrganization(cause))),
    excluded: exclusionsMet(others),
    organizationUnread: warnings.some(isUnreadOrganization),
  };
}

export function exclusionsIn(spec: Spec): ExclusionsOf {
  const prefix = ruleIdPrefix(spec);
  const rules = spec.destinations.flatMap((side) => side.rules);
  const byId = new Map(rules.map((rule) => [`${prefix}${rule.id}`, rule.except]));
  return ({ id }) => byId.get(id) ?? [];
}

function verdictsOfClass({ probe, verdicts, excluded }: JudgedProbe): readonly ProbeVerdict[] {
  return verdicts.map((verdict) => ({
    probe: probe.what,
    class: probe.class,
    name: classText(probe),
    ...(probe.asked && { asked: true }),
    ...(excluded && { except: excluded.why }),
    verdict,
  }));
}

interface Judged {
  readonly verdicts: readonly ProbeVerdict[];
  /** All causes, where AWS would report the first. */
  readonly failing: readonly Cause[];
}

/** Only its own rule counts: what other rules do with it at other destinations does not matter. */
function judgeProbe(probe: Probe, prepared: Prepared): Judged {
  const { what, rule, object } = probe;
  const verdicts = judgeObject(prepared, object).filter((one) => one.destination === rule.destination);
  return {
    verdicts: verdicts.map((verdict) => ({ probe: what, class: probe.class, verdict })),
    failing: verdicts.flatMap((verdict) => {
      if (verdict.outcome !== 'fails') return verdict.outcome === 'unknown' ? [] : verdict.causes;
      const { findings } = attemptUnderEachHost(prepared, object, rule);
      return findings.flatMap(({ effect, cause }) => (effect === 'stops' || effect === 'loses-tags' ? [cause] : []));
    }),
  };
}

/** S3 User Guide, replication-add-config: among rules with one destination the one with the highest priority counts. */
function overrulingCause(rule: Rule, stronger: Rule, prepared: Prepared): Cause {
  const bucket = destinationSide(prepared, rule.destination).name;
  return {
    check: 'C03',
    summary: `Rule ${stronger.id} (priority ${stronger.priority}), which s3repl did not create, takes all objects of rule ${rule.id} (priority ${rule.priority}) to ${bucket}.`,
    fix: `Give the rule in repl.yaml a "priority" above ${stronger.priority}, or narrow or remove rule ${stronger.id}.`,
    evidence: { arn: prepared.source.arn, path: stronger.path },
  };
}

function isUnreadOrganization({ code }: Cause): boolean {
  return code === 'organization-unread';
}

function distinctCauses<T extends Cause>(causes: readonly T[]): readonly T[] {
  return [...new Map(causes.map((cause) => [`${cause.check} ${cause.summary}`, cause])).values()];
}
