/** What the model says of new objects, told and judged: before the first write and after the last. */
import { type Preflight, preflight } from '../model/preflight.ts';
import type { Cause } from '../model/verdict.ts';
import type { State } from '../plan/state.ts';
import type { Session } from './session.ts';

/**
 * Asks the model, and tells its verdicts, causes and warnings.
 *
 * @param force what fails is told as a warning.
 * @param before an earlier answer, of which nothing is told again.
 */
export function checkReplication(
  { spec, view }: Pick<Session, 'spec' | 'view'>,
  state: State,
  { force, before }: { readonly force: boolean; readonly before?: Preflight },
): Preflight {
  const checked = preflight(state, spec, new Date());
  const { outcome, verdicts, causes, warnings } = checked;
  for (const { probe, verdict } of verdicts) view.report({ type: 'verdict', probe, ...verdict });
  const told = new Set([...(before?.causes ?? []), ...(before?.warnings ?? [])].map(({ summary }) => summary));
  const tell = (type: 'problem' | 'warning', code: string, cause: Cause) => {
    const { check, summary: message, fix, evidence } = cause;
    if (!told.has(message)) view.report({ type, code, message, fix, check, evidence });
  };
  const type = outcome === 'fails' && !force ? 'problem' : 'warning';
  for (const cause of causes) tell(type, codes[outcome], cause);
  for (const cause of warnings) tell('warning', codes.replicates, cause);
  if (checked.organizationUnread && !before?.organizationUnread) view.report(organizationUnread);
  return checked;
}

const codes: Readonly<Record<Preflight['outcome'], string>> = {
  replicates: 'replication-warning',
  fails: 'would-not-replicate',
  unknown: 'replication-unknown',
};

const organizationUnread = {
  type: 'warning',
  code: 'organization-policies-unread',
  message: "the organization's service and resource control policies cannot be read: a Deny there counts all the same",
} as const;

export interface Refusal {
  readonly outcome: 'blocked' | 'unknown';
  readonly error: { readonly code: string; readonly message: string; readonly fix: string };
}

/** Why a set-up of which the model says this is no success; undefined where it is one, or where it was forced. */
export function refusalOf({ outcome, verdicts, causes }: Preflight, force: boolean): Refusal | undefined {
  if (outcome === 'replicates' || force) return undefined;
  const [first] = causes;
  const why = causes.length === 1 ? 'for the reason above' : `for ${causes.length} reasons, each said above`;
  const fix = causes.length === 1 && first ? first.fix.replace(/\.$/, '') : 'each has its remedy beside it';
  const code = codes[outcome];
  if (outcome === 'unknown') {
    return {
      outcome,
      error: { code, message: `nobody can say whether new objects replicate, ${why}`, fix },
    };
  }
  const objects = verdicts.every(({ probe, verdict }) => probe === 'delete-marker' || verdict.outcome === 'replicates');
  const what =
    objects && verdicts.some(({ verdict }) => verdict.outcome !== 'replicates') ? 'delete markers' : 'new objects';
  return { outcome: 'blocked', error: { code, message: `${what} would not replicate as configured, ${why}`, fix } };
}

/** To be added to the summary of a success. */
export function verdictSummary({ outcome, verdicts }: Preflight): string {
  if (verdicts.length === 0) return '';
  switch (outcome) {
    case 'replicates':
      return '; by the model, new objects replicate';
    case 'fails':
      return '; by the model, new objects do not replicate';
    case 'unknown':
      return '; whether new objects replicate nobody can say';
  }
}
