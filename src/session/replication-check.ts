import { listOf, statementsOf } from '../aws/policy.ts';
import type { Spec } from '../config/spec.ts';
import { exclusionText } from '../plan/exclusion-text.ts';
import { type Preflight, type PreflightCause, preflight } from '../plan/preflight.ts';
import { organizationUnread, preflightCodes } from '../show/preflight-text.ts';
import { replicationRole } from '../state/names.ts';
import type { State } from '../state/state.ts';
import { permissionsPolicy } from '../steps/role-policy.ts';
import type { Session } from './session.ts';

/** @param force failures become warnings. @param before an earlier answer, of which nothing is reported again. */
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
    if (!told.has(message)) view.report({ type, code, message, ...exclusionText(cause, spec), check, evidence });
  };
  const type = outcome === 'fails' && !force ? 'problem' : 'warning';
  for (const cause of causes) tell(type, preflightCodes[outcome], cause);
  for (const cause of warnings) tell('warning', preflightCodes.replicates, cause);
  if (checked.organizationUnread && isFirst(surroundings)) {
    view.report(organizationUnread(replicationRole(state, spec).arn, actionsOfRole(state, spec)));
  }
  return checked;
}

/** The runs that know of organizations by now, by what all configurations of a run share. */
const told = new WeakSet<object>();

/** Once a run; the sandbox has no organizations. */
function isFirst({ sandbox, pool, report }: Session['surroundings']): boolean {
  const run = pool ?? report;
  if (sandbox || told.has(run)) return false;
  told.add(run);
  return true;
}

function actionsOfRole(state: State, spec: Spec): readonly string[] {
  return [...new Set(statementsOf(permissionsPolicy(state, spec)).flatMap(({ Action }) => listOf(Action)))];
}
