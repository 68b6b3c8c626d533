/** What a first `apply` leaves and says, for all stories that begin with the same one: what it does is told where it is the point. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inPlaceOf } from '../in-place-of.ts';
import type { Said } from './run-s3repl.ts';

interface Kept {
  readonly said: Said;
  readonly journal: Buffer;
}

const kept = new Map<string, Kept>();
const stateFolder = '.s3repl';
const journalOf = (folder: string) => join(folder, stateFolder, 'sandbox.journal');

/** The same only where nothing is there but files to read, and nothing besides them has a say. */
function nameOf(folder: string, args: readonly string[]): string | undefined {
  const isAlone = Object.keys(inPlaceOf).length === 0;
  if (args[0] !== 'apply' || !args.includes('--sandbox') || !isAlone) return undefined;
  if (args.some((one) => /^--(?:sandbox-.*|state|out|summary)$/.test(one))) return undefined;
  const entries = readdirSync(folder, { withFileTypes: true });
  if (!entries.every((entry) => entry.isFile())) return undefined;
  return JSON.stringify([args, entries.map(({ name }) => [name, readFileSync(join(folder, name), 'utf8')])]);
}

/** Runs it, or puts down what it left the last time. @param run does it for real. */
export async function applyOnce(folder: string, args: readonly string[], run: () => Promise<Said>): Promise<Said> {
  const name = nameOf(folder, args);
  const before = name === undefined ? undefined : kept.get(name);
  if (before) {
    mkdirSync(join(folder, stateFolder), { mode: 0o700 });
    writeFileSync(journalOf(folder), before.journal, { mode: 0o600 });
    return before.said;
  }
  const files = readdirSync(folder);
  const said = await run();
  const isAll = readdirSync(folder).every((file) => file === stateFolder || files.includes(file));
  if (name !== undefined && said.code === 0 && isAll)
    kept.set(name, { said, journal: readFileSync(journalOf(folder)) });
  return said;
}
