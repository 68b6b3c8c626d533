/** What the model says of a set-up before there are objects: would what is written next replicate by the rules of a spec? */
import type { Spec } from '../config/spec.ts';
import { ruleIdPrefix } from '../plan/names.ts';
import type { State } from '../plan/state.ts';
import { type Probe, probesOf } from './probes.ts';
import { destinationSide, enabledRules, type Prepared, prepare } from './replication/prepare.ts';
import type { Rule } from './replication/rule.ts';
import { judgeObject } from './replication.ts';
import { snapshotOf } from './snapshot-of.ts';
import type { Cause, Verdict } from './verdict.ts';
import { ruleWarnings } from './warnings.ts';

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
  const prepared = prepare(snapshotOf(state, spec, takenAt));
  const prefix = ruleIdPrefix(spec);
  const probes = probesOf(prepared).filter(({ rule }) => rule.id.startsWith(prefix));
  const judged = probes.map((probe) => judgedFor(probe, prepared, prefix));
  const verdicts = judged.flatMap(({ verdicts: some }) => some);
  const overruled = judged.flatMap(({ overruled: some }) => some);
  // What replicates has no causes.
  const causes = verdicts.flatMap(({ verdict }) => verdict.causes);
  const failing = verdicts.flatMap(({ verdict }) => (verdict.outcome === 'unknown' ? [] : verdict.causes));
  const stopping = [...overruled, ...failing];
  const ours = enabledRules(prepared).filter(({ id }) => id.startsWith(prefix));
  const warnings = [...verdicts.flatMap(({ verdict }) => verdict.warnings), ...ruleWarnings(prepared, ours, probes)];
  return {
    outcome: stopping.length > 0 ? 'fails' : causes.length > 0 ? 'unknown' : 'replicates',
    verdicts,
    causes: distinct(stopping.length > 0 ? stopping : causes),
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
function judgedFor({ what, rule, object }: Probe, prepared: Prepared, prefix: string): Judged {
  const verdicts = judgeObject(prepared, object).filter(
    (one) => one.destination === rule.destination && (one.rule === rule.id || !one.rule?.startsWith(prefix)),
  );
  const foreign = enabledRules(prepared).filter(({ id }) => id !== rule.id && verdicts.some((one) => one.rule === id));
  return {
    verdicts: verdicts.map((verdict) => ({ probe: what, verdict })),
    overruled: foreign.map((one) => overruling(rule, one, prepared)),
  };
}

/** S3 User Guide, replication-add-config: among rules with one destination the one with the highest priority counts. */
function overruling(rule: Rule, stronger: Rule, prepared: Prepared): Cause {
  const bucket = destinationSide(prepared, rule.destination).name;
  return {
    check: 'C03',
    summary: `Rule ${stronger.id} (priority ${stronger.priority}), which is not of this set-up, takes all objects of rule ${rule.id} (priority ${rule.priority}) to ${bucket}.`,
    fix: `Give the rule in repl.yaml a "priority" above ${stronger.priority}, or narrow or remove rule ${stronger.id}.`,
    evidence: { arn: prepared.source.arn, path: stronger.path },
  };
}

function isUnreadOrganization({ evidence: { unknown } }: Cause): boolean {
  return unknown?.every((what) => /control policies of account \d+ could not be read/.test(what)) ?? false;
}

function distinct(causes: readonly Cause[]): readonly Cause[] {
  return [...new Map(causes.map((cause) => [`${cause.check} ${cause.summary}`, cause])).values()];
}
