import type { ModelCheck } from '../model/verdict.ts';
import { alarmChecks } from './catalogue/alarm-checks.ts';
import type { Check } from './catalogue/check.ts';
import { keyChecks } from './catalogue/keys.ts';
import { objectChecks } from './catalogue/objects.ts';
import { permissionChecks } from './catalogue/permissions.ts';
import { setUpChecks } from './catalogue/set-up.ts';

/** Every check (rules.md 2.4): those that the model names, which the type makes complete, and those of the doctor alone. */
const records = {
  ...setUpChecks,
  ...permissionChecks,
  ...keyChecks,
  ...objectChecks,
  ...alarmChecks,
} satisfies Readonly<Record<ModelCheck, Check>>;

export type CheckId = keyof typeof records;

export const checks: Readonly<Record<CheckId, Check>> = records;

export const catalogue: readonly (Check & { readonly id: CheckId })[] = (Object.keys(records) as CheckId[])
  .sort()
  .map((id) => ({ id, ...checks[id] }));
