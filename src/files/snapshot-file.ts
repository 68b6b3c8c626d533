/** What `doctor --save-snapshot` writes and `doctor --snapshot` reads. */

import { Failure } from '../events/failure.ts';
import { pathText } from '../model/replication/path.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { faultIn } from './json-text.ts';
import { snapshotSchema } from './snapshot-schema.ts';
import { mostJsonBytes, readText } from './text-file.ts';

const mostProblems = 5;
const smaller = 'take a new one with s3repl doctor --save-snapshot FILE; with fewer objects: --sample N';

export function snapshotText(snapshot: Snapshot): string {
  return `${JSON.stringify(snapshot, null, 2)}\n`;
}

/** @throws Failure `invalidSnapshot` with what and where: no file, too large, not JSON, another version, a member missing or of the wrong type. */
export async function readSnapshotFile(file: string): Promise<Snapshot> {
  const text = await readText(file, {
    most: mostJsonBytes,
    refuse: (what, fix) => invalidSnapshot(what, fix ?? smaller),
  });
  if (text === undefined) throw invalidSnapshot(`there is no file ${file}`);
  const fault = faultIn(text);
  if (fault)
    throw invalidSnapshot(`${file}:${fault.line}:${fault.column} is not JSON that can be read: ${fault.message}`);
  const tree: unknown = JSON.parse(text);
  assertVersion(file, tree);
  const misfits = snapshotSchema(tree);
  if (misfits.length === 0) return tree as Snapshot;
  const problems = misfits.map(({ path, message }) => `${pathText(path)} ${message}`);
  const more = problems.length > mostProblems ? `; and ${problems.length - mostProblems} more` : '';
  throw invalidSnapshot(`${file} is not a snapshot of s3repl: ${problems.slice(0, mostProblems).join('; ')}${more}`);
}

function assertVersion(file: string, tree: unknown): void {
  const version = typeof tree === 'object' && tree !== null && 'version' in tree ? tree.version : undefined;
  if (version === 1) return;
  if (version === undefined) throw invalidSnapshot(`${file} is not a snapshot of s3repl: it has no version`);
  throw invalidSnapshot(
    `${file} is a snapshot of version ${JSON.stringify(version).slice(0, 20)}; this s3repl reads version 1`,
    'use the s3repl that wrote it, or take a new one with s3repl doctor --save-snapshot FILE',
  );
}

function invalidSnapshot(
  message: string,
  fix = 'take a new one with s3repl doctor --save-snapshot FILE, or fix it',
): Failure {
  return new Failure('invalid', 'snapshot', message, fix);
}
