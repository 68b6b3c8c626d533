/** When two causes are one. */
import type { Cause } from '../verdict.ts';

/** Causes differ in more than the key of the object that they were met at, and the action that met them. */
export function causeName({ check, summary, fix, evidence, same }: Cause<string>): string {
  return JSON.stringify(same ? [check, evidence.sources, same] : [check, summary, fix, evidence]);
}
