import type { Cause } from '../verdict.ts';

/** Causes are one if they differ only in the key of the object, or in the action. */
export function causeName({ check, summary, fix, evidence, same }: Cause<string>): string {
  return JSON.stringify(same ? [check, evidence.sources, same] : [check, summary, fix, evidence]);
}
