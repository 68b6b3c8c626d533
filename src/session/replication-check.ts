/** What the model says of new objects, told and judged: before the first write and after the last. */

import { listOf, statementsOf } from '../aws/policy.ts';
import { exceptionLine } from '../config/exception-text.ts';
import type { Spec } from '../config/spec.ts';
import type { ResultError } from '../events/failure.ts';
import { exceptText } from '../model/classes/except-text.ts';
import { type Preflight, type PreflightCause, preflight } from '../plan/preflight.ts';
import { replicationRole, ruleIdPrefix } from '../state/names.ts';
import type { State } from '../state/state.ts';
import { permissionsPolicy } from '../steps/role-policy.ts';
import type { Session } from './session.ts';

/**
 * Asks the model, and tells its verdicts, causes and warnings.
 *
 * @param force what fails is told as a warning.
 * @param before an earlier answer, of which nothing is told again.
 */
export function checkReplication(
  { spec, view, surroundings }: Pick<Session, 'spec' | 'view' | 'surroundings'>,
  state: State,
  { force, before }: { readonly force: boolean; readonly before?: Preflight },
): Preflight {
  const checked = preflight(state, spec, new Date());
  const { outcome, verdicts, causes, warnings } = checked;
  for (const { verdict, ...about } of verdicts) view.report({ type: 'verdict', ...about, ...verdict });
  const told = new Set([...(before?.causes ?? []), ...(before?.warnings ?? [])].map(({ summary }) => summary));
  const tell = (type: 'problem' | 'warning', code: string, cause: PreflightCause) => {
    const { check, summary: message, evidence } = cause;
    if (!told.has(message)) view.report({ type, code, message, ...exclusionOf(cause, spec), check, evidence });
  };
  const type = outcome === 'fails' && !force ? 'problem' : 'warning';
  for (const cause of causes) tell(type, codes[outcome], cause);
  for (const cause of warnings) tell('warning', codes.replicates, cause);
  if (checked.organizationUnread && isFirst(surroundings)) view.report(organizationUnread(state, spec));
  return checked;
}

/** How such objects are left out on purpose: the line of repl.yaml for each rule. */
function exclusionOf({ fix, exclusions = [] }: PreflightCause, spec: Spec) {
  const rules = [...new Set(exclusions.map(({ rule }) => rule))];
  const lines = rules.map((id) => ({
    id: id.slice(ruleIdPrefix(spec).length),
    line: exceptionLine(exclusions.flatMap(({ rule, objects }) => (rule === id ? [objects] : []))),
  }));
  const [first] = lines;
  if (first === undefined) return { fix };
  const one = lines.every(({ line }) => line === first.line);
  const under = `under ${lines.length > 1 ? (one ? 'each of the rules' : 'its rule') : 'rule'}`;
  const ids = one ? ` ${lines.map(({ id }) => id).join(', ')}` : '';
  return {
    fix: `${fix} If they are not meant to replicate, write ${one ? 'this' : 'each line'} ${under}${ids} in repl.yaml:`,
    paste: one ? first.line : lines.map(({ id, line }) => `${line} # rule ${id}`).join('\n'),
  };
}

const codes: Readonly<Record<Preflight['outcome'], string>> = {
  replicates: 'replication-warning',
  fails: 'would-not-replicate',
  unknown: 'replication-unknown',
};

/** The runs that have been told of organizations, by what all configurations of a run share. */
const told = new WeakSet<object>();

/** Once a run; in the sandbox there are no organizations. */
function isFirst({ sandbox, pool, report }: Session['surroundings']): boolean {
  const run = pool ?? report;
  if (sandbox || told.has(run)) return false;
  told.add(run);
  return true;
}

/** Nobody but the management account may read them (API: Organizations, ListPoliciesForTarget). */
function organizationUnread(state: State, spec: Spec) {
  const actions = statementsOf(permissionsPolicy(state, spec)).flatMap(({ Action }) => listOf(Action));
  return {
    type: 'warning',
    code: 'organization-policies-unread',
    message:
      "s3repl cannot read the organization's service control policies and resource control policies: if one of them denies what the replication role does, objects do not replicate",
    fix: `make sure that they allow ${replicationRole(state, spec).arn} ${[...new Set(actions)].join(', ')}`,
  } as const;
}

export interface Refusal {
  readonly outcome: 'blocked' | 'unknown';
  readonly error: Required<ResultError>;
}

/** Why a set-up of which the model says this is no success; undefined where it is one. */
export function refusalOf({ outcome, verdicts, causes }: Preflight): Refusal | undefined {
  if (outcome === 'replicates') return undefined;
  const [first] = causes;
  const why = causes.length === 1 ? 'for the reason above' : `for ${causes.length} reasons, each said above`;
  const fix = causes.length === 1 && first ? first.fix.replace(/\.$/, '') : 'each has its fix beside it';
  const code = codes[outcome];
  const plain = verdicts.filter(({ name }) => name === undefined);
  const met = plain.filter(({ verdict }) => verdict.outcome !== 'replicates');
  const some = plain.length > 0 && met.length === 0 && causes.some(({ exclusions }) => exclusions !== undefined);
  if (outcome === 'unknown') {
    const what = some ? 'some new objects' : 'new objects';
    return { outcome, error: { code, message: `s3repl cannot tell whether ${what} replicate, ${why}`, fix } };
  }
  const markers = met.length > 0 && met.every(({ probe }) => probe === 'delete-marker');
  const what = some ? 'some new objects' : markers ? 'delete markers' : 'new objects';
  return { outcome: 'blocked', error: { code, message: `${what} would not replicate as configured, ${why}`, fix } };
}

/** To be added to the summary of a success. */
export function verdictSummary({ outcome, verdicts, excluded }: Preflight): string {
  if (verdicts.length === 0) return '';
  switch (outcome) {
    case 'replicates':
      return `; by the model, new objects replicate${exceptText(excluded)}`;
    case 'fails':
      return '; by the model, new objects do not replicate';
    case 'unknown':
      return '; s3repl cannot tell whether new objects replicate';
  }
}
