/** What the model says of a set-up before there are objects: would what is written next replicate by the rules of a spec? */
import type { Spec } from '../config/spec.ts';
import { ruleIdPrefix } from '../plan/names.ts';
import type { State } from '../plan/state.ts';
import { type Probe, probesOf } from './probes.ts';
import { type Prepared, prepare } from './replication/prepare.ts';
import type { Rule } from './replication/rule.ts';
import { judgeObject } from './replication.ts';
import { snapshotOf } from './snapshot-of.ts';
import type { Cause, Verdict } from './verdict.ts';

export interface ProbeVerdict {
  readonly probe: Probe['what'];
  readonly verdict: Verdict;
}

export interface Preflight {
  /** `fails` where one probe would not arrive as the spec asks, else `unknown` where nobody can say of one. */
  readonly outcome: 'replicates' | 'fails' | 'unknown';
  readonly verdicts: readonly ProbeVerdict[];
  /** Why, each once: of what fails, or else of what is unknown. */
  readonly causes: readonly Cause[];
  readonly warnings: readonly Cause[];
  /** Whether some verdict holds only as far as the organization's policies, which nobody could read, do not deny it. */
  readonly organizationUnread: boolean;
}

/** Asks the model about a new object and a delete marker for each enabled rule of the spec, in an observed or desired state. */
export function preflight(state: State, spec: Spec, takenAt: Date): Preflight {
  const snapshot = snapshotOf(state, spec, takenAt);
  const prepared = prepare(snapshot);
  const prefix = ruleIdPrefix(spec);
  const judged = probesOf(snapshot)
    .filter(({ rule }) => rule.startsWith(prefix))
    .map((probe) => judgedFor(probe, prepared, prefix));
  const verdicts = judged.flatMap(({ verdicts: some }) => some);
  const overruled = judged.flatMap(({ overruled: some }) => some);
  const causesOf = (wanted: (outcome: Verdict['outcome']) => boolean) =>
    verdicts.flatMap(({ verdict }) => (wanted(verdict.outcome) ? verdict.causes : []));
  const failing = [...overruled, ...causesOf((outcome) => outcome === 'fails' || outcome === 'not-replicated')];
  const unknown = causesOf((outcome) => outcome === 'unknown');
  const warnings = verdicts.flatMap(({ verdict }) => verdict.warnings);
  return {
    outcome: failing.length > 0 ? 'fails' : unknown.length > 0 ? 'unknown' : 'replicates',
    verdicts,
    causes: distinct(failing.length > 0 ? failing : unknown),
    warnings: distinct(warnings.filter((cause) => !isUnreadOrganization(cause))),
    organizationUnread: warnings.some(isUnreadOrganization),
  };
}

interface Judged {
  readonly verdicts: readonly ProbeVerdict[];
  readonly overruled: readonly Cause[];
}

/**
 * A probe is about its own rule: what other rules do with it at other destinations is not asked, nor what another rule of the
 * spec does that goes before it, since that has a probe of its own.
 */
function judgedFor({ what, rule: id, object }: Probe, prepared: Prepared, prefix: string): Judged {
  const rule = rulesOf(prepared).find((one) => one.id === id);
  const verdicts = judgeObject(prepared, object).filter(
    (one) =>
      one.rule === null || one.rule === id || (one.destination === rule?.destination && !one.rule.startsWith(prefix)),
  );
  const foreign = verdicts.filter((one) => one.rule !== null && one.rule !== id);
  return {
    verdicts: verdicts.map((verdict) => ({ probe: what, verdict })),
    overruled: rule === undefined ? [] : foreign.map((one) => overruling(rule, one, prepared)),
  };
}

function rulesOf({ rules }: Prepared): readonly Rule[] {
  return rules === null || rules === 'unknown' ? [] : rules.byDestination.flat();
}

/** S3 User Guide, replication-add-config: among rules with one destination the one with the highest priority counts. */
function overruling(rule: Rule, { rule: stronger }: Verdict, prepared: Prepared): Cause {
  const other = rulesOf(prepared).find((one) => one.id === stronger);
  const bucket = rule.destination.slice(rule.destination.lastIndexOf(':') + 1);
  return {
    check: 'C03',
    summary: `Rule ${stronger} (priority ${other?.priority}), which is not of this set-up, takes all objects of rule ${rule.id} (priority ${rule.priority}) to ${bucket}.`,
    fix: `Give the rule in repl.yaml a "priority" above ${other?.priority}, or narrow or remove rule ${stronger}.`,
    evidence: { arn: prepared.source.arn, ...(other && { path: other.path }) },
  };
}

function isUnreadOrganization({ evidence: { unknown = [] } }: Cause): boolean {
  return unknown.length > 0 && unknown.every((what) => /control policies of account \d+ could not be read/.test(what));
}

function distinct(causes: readonly Cause[]): readonly Cause[] {
  return [...new Map(causes.map((cause) => [`${cause.check} ${cause.summary}`, cause])).values()];
}
