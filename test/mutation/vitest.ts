/**
 * What the tests of a mutation run get for `vitest`: it keeps them as functions, so that a mutant costs the tests that reach it and no
 * worker, no module and no report. It knows what the pure tests use, and nothing else: `expect` is Vitest's own.
 */
import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { format } from 'node:util';
import { chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend, setState } from '@vitest/expect';

export type Kept = { readonly id: string; readonly file: string; readonly run: () => unknown };
type Body = (...given: unknown[]) => unknown;

const tests: Kept[] = [];
let file = '';
let around: readonly string[] = [];

/** The tests that `load` brings in from a file. */
export async function collected(path: string, load: () => Promise<unknown>): Promise<readonly Kept[]> {
  [file, around] = [path, []];
  tests.length = 0;
  await load();
  return [...tests];
}

function keep(name: string, run: () => unknown): void {
  const at = file;
  const again = () => {
    file = at;
    return run();
  };
  // Numbered, since a table may give two rows one name.
  tests.push({ id: `${relative('', file)} ${tests.length} ${[...around, name].join(' ')}`, file, run: again });
}

function group(name: string, body: () => unknown): void {
  around = [...around, name];
  body();
  around = around.slice(0, -1);
}

/** A row of a table: an array is spread by `each`, and never by `for`. */
const table =
  (make: (name: string, body: () => unknown) => void, given: (row: unknown) => readonly unknown[]) =>
  (rows: readonly unknown[]) =>
  (name: string, body: Body) => {
    for (const row of rows) make(format(name, ...(Array.isArray(row) ? row : [row])), () => body(...given(row)));
  };
const spread = (row: unknown): readonly unknown[] => (Array.isArray(row) ? row : [row]);
const whole = (row: unknown): readonly unknown[] => [row];

export const describe = Object.assign(group, { each: table(group, spread) });
export const it = Object.assign(keep, { each: table(keep, spread), for: table(keep, whole) });
export const test = it;

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);
chai.util.addMethod(chai.Assertion.prototype, 'toMatchFileSnapshot', function (this: object, path: string) {
  chai.expect(chai.util.flag(this, 'object')).to.equal(readFileSync(resolve(dirname(file), path), 'utf8'));
});
export const { expect } = chai;
setState({ assertionCalls: 0 }, expect as never);
