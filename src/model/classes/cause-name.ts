/** When two causes are one. */
import type { Cause } from '../verdict.ts';

/** Causes differ in more than the key of the object that they were met at, and the action that met them. */
export function causeName({ check, summary, fix, evidence }: Cause<string>, object: string | undefined): string {
  const all = JSON.stringify([check, summary, fix, evidence]);
  const text = evidence.refused ? all.replaceAll(evidence.refused.action, '\x01') : all;
  if (object === undefined || object === '') return text;
  const key = JSON.stringify(object).slice(1, -1);
  if (!text.includes(key)) return text;
  // A short key is also part of other words.
  if (key.length > 8) return text.replaceAll(key, '\0');
  const bounded = new RegExp(`(?<![\\w.-])${key.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}(?![\\w-])`, 'g');
  return text.replace(bounded, '\0');
}
