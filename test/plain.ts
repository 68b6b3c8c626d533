/** Tests write accounts, Regions, names and ARNs as texts; this alone makes them what the parsers make of texts. */
import type { Brand } from '../src/aws/brand.ts';

/** The same with texts in the place of what is branded. */
export type Plain<T> = T extends Brand ? string : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;

export function branded<T>(plain: NoInfer<Plain<T>>): T {
  return plain as unknown as T;
}
