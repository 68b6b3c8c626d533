/** A snapshot in a file: what `doctor --save-snapshot` writes and `doctor --snapshot` reads. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pathOf } from '../model/replication/path.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { Failure } from '../plan/failure.ts';
import { faultIn } from './json-text.ts';
import { snapshotSchema } from './snapshot-schema.ts';

/** 1,000 objects and 1,000 rules are 2 MB. */
const mostBytes = 16 * 2 ** 20;
const mostProblems = 5;

/** The snapshot as a file holds it. */
export function snapshotText(snapshot: Snapshot): string {
  return `${JSON.stringify(snapshot, null, 2)}\n`;
}

/**
 * Reads a snapshot.
 *
 * @throws Failure `invalid` with what is wrong and where: no such file, too large, not JSON, another version, a member that is
 * missing or of the wrong type.
 */
export async function readSnapshotFile(file: string): Promise<Snapshot> {
  const text = await textOf(file);
  const fault = faultIn(text);
  if (fault) throw invalid(`${file}:${fault.line}:${fault.column} is not JSON that can be read: ${fault.message}`);
  const tree: unknown = JSON.parse(text);
  assertVersion(file, tree);
  const { error } = snapshotSchema.safeParse(tree);
  if (error === undefined) return tree as Snapshot;
  const problems = error.issues.map(({ path, message }) => {
    const [first = '', ...others] = path.map((member) => (typeof member === 'symbol' ? String(member) : member));
    return `${pathOf('', first, ...others)} ${message}`;
  });
  const more = problems.length > mostProblems ? `; and ${problems.length - mostProblems} more` : '';
  throw invalid(`${file} is not a snapshot of s3repl: ${problems.slice(0, mostProblems).join('; ')}${more}`);
}

function assertVersion(file: string, tree: unknown): void {
  const version = typeof tree === 'object' && tree !== null && 'version' in tree ? tree.version : undefined;
  if (version === 1) return;
  if (version === undefined) throw invalid(`${file} is not a snapshot of s3repl: it has no version`);
  throw invalid(
    `${file} is a snapshot of version ${JSON.stringify(version).slice(0, 20)}; this s3repl reads version 1`,
    'use the s3repl that wrote it, or take a new one with s3repl doctor --save-snapshot FILE',
  );
}

async function textOf(file: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    const found = await stat(file);
    if (found.isDirectory()) throw invalid(`${file} is a directory`);
    if (found.size > mostBytes) throw tooLarge(file);
    for await (const chunk of createReadStream(file)) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      // What is not a plain file does not say how long it is.
      if (bytes > mostBytes) throw tooLarge(file);
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw invalid(code === 'ENOENT' ? `there is no file ${file}` : `cannot read ${file}: ${message}`);
  }
  const whole = Buffer.concat(chunks);
  if (whole[0] === 0xff && whole[1] === 0xfe) {
    throw invalid(`${file} is text in UTF-16, and JSON is in UTF-8`, 'save it as UTF-8');
  }
  return whole.toString('utf8').replace(/^\uFEFF/, '');
}

function tooLarge(file: string): Failure {
  return invalid(
    `${file} is larger than ${mostBytes / 2 ** 20} MiB, the most that s3repl reads of a snapshot`,
    'leave out some of its objects, or take a new one with fewer: s3repl doctor --sample N --save-snapshot FILE',
  );
}

function invalid(message: string, fix = 'take a new one with s3repl doctor --save-snapshot FILE, or mend it'): Failure {
  return new Failure('invalid', 'snapshot', message, fix);
}
