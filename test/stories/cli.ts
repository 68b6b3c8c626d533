/** The program as its users have it: a process in a folder of its own. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const bin = fileURLToPath(new URL('../../bin/s3repl.js', import.meta.url));

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The lines of stdout, with --json. */
  readonly lines: readonly Record<string, unknown>[];
}

export interface Folder {
  readonly path: string;
  write(file: string, text: string): void;
  /** Runs s3repl there; nothing of the environment that could sign in reaches it. */
  s3repl(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
}

/** An empty folder that goes with the test. */
export function aFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 's3repl-story-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(AWS_|CI$|FORCE_COLOR|NO_COLOR)/.test(name)),
  );
  return {
    path,
    write: (file, text) => writeFileSync(join(path, file), text),
    s3repl: (args, env = {}) =>
      new Promise((resolve) => {
        const options = {
          cwd: path,
          env: { ...clean, AWS_EC2_METADATA_DISABLED: 'true', ...env },
          maxBuffer: 64 * 2 ** 20,
        };
        execFile(process.execPath, [bin, ...args], options, (error, stdout, stderr) => {
          const code = error ? Number(error.code) : 0;
          const lines = args.includes('--json')
            ? stdout
                .split('\n')
                .filter(Boolean)
                .map((line) => JSON.parse(line))
            : [];
          resolve({ code, stdout, stderr, lines });
        });
      }),
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
