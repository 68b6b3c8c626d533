/**
 * What a test puts in place of a function of src/. All test files share a world (vitest.config.ts), in which modules are loaded once: so these
 * functions are replaced for all of them (test/restored.ts), by ones that ask here, and after each file nothing is left here.
 */
import type { readBack } from '../src/apply/read-back.ts';
import type { evaluate } from '../src/model/evaluate.ts';
import type { openSandbox } from '../src/sandbox/sandbox.ts';

/** Gets the function that it stands in for, too. */
type InPlaceOf<F extends (...args: never[]) => unknown> = (real: F, ...args: Parameters<F>) => ReturnType<F>;

interface Replaced {
  openSandbox?: InPlaceOf<typeof openSandbox>;
  readBack?: InPlaceOf<typeof readBack>;
  evaluate?: InPlaceOf<typeof evaluate>;
}

export const inPlaceOf: Replaced = {};

/** Puts every function back. */
export function putBack(): void {
  for (const name of Object.keys(inPlaceOf)) Reflect.deleteProperty(inPlaceOf, name);
}
