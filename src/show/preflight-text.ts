import type { ResultError } from '../events/failure.ts';
import { exceptText } from '../model/classes/except-text.ts';
import type { Preflight } from '../plan/preflight.ts';
import { withoutPeriod } from '../text/without-period.ts';

/** Stable, for programs. */
export const preflightCodes: Readonly<Record<Preflight['outcome'], string>> = {
  replicates: 'replication-warning',
  fails: 'would-not-replicate',
  unknown: 'replication-unknown',
};

export interface Refusal {
  readonly outcome: 'blocked' | 'unknown';
  readonly error: ResultError & { readonly fix: string };
}

/** Undefined for a success. */
export function refusalOf({ outcome, verdicts, causes }: Preflight): Refusal | undefined {
  if (outcome === 'replicates') return undefined;
  const [first] = causes;
  const why = causes.length === 1 ? 'for the reason above' : `for ${causes.length} reasons, each listed above`;
  const fix = causes.length === 1 && first ? withoutPeriod(first.fix) : 'see the fix of each problem above';
  const code = preflightCodes[outcome];
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

export function verdictSummary({ outcome, verdicts, excluded }: Preflight): string {
  if (verdicts.length === 0) return '';
  switch (outcome) {
    case 'replicates':
      return `; policies checked: new objects replicate${exceptText(excluded)}`;
    case 'fails':
      return '; policies checked: new objects do not replicate';
    case 'unknown':
      return '; s3repl cannot tell whether new objects replicate';
  }
}

/** Only the management account may read them (API: Organizations, ListPoliciesForTarget). */
export function organizationUnread(role: string, actions: readonly string[]) {
  return {
    type: 'warning',
    code: 'organization-policies-unread',
    message:
      "s3repl cannot read the organization's service control policies and resource control policies: if one of them denies what the replication role does, objects do not replicate",
    fix: `make sure that they allow ${role} ${actions.join(', ')}`,
  } as const;
}
