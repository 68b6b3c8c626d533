/** Every check, every failure code of AWS and every silent reason, with what it means and what to do (rules.md 2.1, 2.2, 2.4). */
import type { FailureCode, SilentReason } from '../model/verdict.ts';
import type { CheckEntry, CheckId } from './catalogue/entry.ts';
import { keyChecks } from './catalogue/keys.ts';
import { objectChecks } from './catalogue/objects.ts';
import { permissionChecks } from './catalogue/permissions.ts';
import { reasons } from './catalogue/reasons.ts';
import { setUpChecks } from './catalogue/set-up.ts';

/** In the order of their IDs. */
export const catalogue: readonly CheckEntry[] = [
  ...setUpChecks,
  ...permissionChecks,
  ...keyChecks,
  ...objectChecks,
].toSorted((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));

const byId = new Map(catalogue.map((entry) => [entry.id, entry]));

/** @throws Error for an ID that is none: a bug. */
export function checkEntry(id: CheckId): CheckEntry {
  const entry = byId.get(id);
  if (entry === undefined) throw new Error(`no check ${id}`);
  return entry;
}

/** The failure codes and silent reasons that point to a check. */
export function reasonsFor(id: CheckId): readonly (FailureCode | SilentReason)[] {
  const all = Object.keys(reasons) as (FailureCode | SilentReason)[];
  return all.filter((reason) => reasons[reason].checks.includes(id));
}
