/** The program as its users have it, in a folder of its own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { applyOnce } from './first-apply.ts';
import { asItsUsersDo, runAsProcess, runS3repl, type Said } from './run-s3repl.ts';

export interface Ended extends Said {
  /** The lines of stdout, with --json. */
  readonly lines: readonly Record<string, unknown>[];
}

export interface Folder {
  readonly path: string;
  write(file: string, text: string): void;
  /** A folder within it, new or not. */
  below(...names: readonly string[]): Folder;
  /** Runs s3repl there; nothing of the environment that could sign in reaches it. */
  s3repl(args: readonly string[], env?: Environment): Promise<Ended>;
}

type Environment = Readonly<Record<string, string>>;

/**
 * An empty folder that goes with the test.
 *
 * @param how `as processes`: where the process is the point.
 */
export function aFolder(how?: 'as processes'): Folder {
  const path = mkdtempSync(join(tmpdir(), 's3repl-story-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return folderAt(path, how);
}

function folderAt(path: string, how?: 'as processes'): Folder {
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(AWS_|CI$|FORCE_COLOR|NO_COLOR)/.test(name)),
  );
  const isReal = how === 'as processes' || asItsUsersDo;
  const run = how === 'as processes' ? runAsProcess : runS3repl;
  return {
    path,
    write: (file, text) => writeFileSync(join(path, file), text),
    below(...names) {
      const inside = join(path, ...names);
      mkdirSync(inside, { recursive: true });
      return folderAt(inside, how);
    },
    async s3repl(args, env = {}) {
      const forReal = () => run(path, args, { ...clean, AWS_EC2_METADATA_DISABLED: 'true', ...env });
      const isUsual = !isReal && Object.keys(env).length === 0;
      const { code, stdout, stderr } = await (isUsual ? applyOnce(path, args, forReal) : forReal());
      const lines = args.includes('--json')
        ? stdout
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line))
        : [];
      return { code, stdout, stderr, lines };
    },
  };
}

export const invoices = `version: 1
name: invoices-dr
source:
  account: 111111111111
  region: eu-west-1
  bucket: acme-invoices
destinations:
  - account: 222222222222
    region: eu-central-1
    bucket: acme-invoices-replica
`;
