/** s3repl in a folder of its own with a repl.yaml, signed in to moto and to nothing else. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { runS3repl } from '../stories/run-s3repl.ts';
import type { Moto } from './moto.ts';

export const SOURCE = '111111111111';
export const DESTINATION = '222222222222';
export const OTHER = '333333333333';

/** moto signs anybody in to any account: the role need not exist. */
export function setupRole(account: string): string {
  return `arn:aws:iam::${account}:role/s3repl-setup`;
}

/** A side as repl.yaml has it. */
export function aSide(account: string, region: string, bucket: string, more: object = {}) {
  return { account, region, access: { assumeRole: setupRole(account) }, bucket, ...more };
}

/** The default case: `orders`, from Ireland in one account to Frankfurt in another. */
export function aConfig(change: object = {}) {
  return {
    version: 1,
    name: 'orders',
    source: aSide(SOURCE, 'eu-west-1', 'acme-orders'),
    destinations: [aSide(DESTINATION, 'eu-central-1', 'acme-orders-replica')],
    ...change,
  };
}

/** One line of `--json`. */
export interface Line {
  readonly type: string;
  readonly [member: string]: unknown;
}

export interface Run {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The lines of `--json`. */
  readonly lines: readonly Line[];
}

export interface Folder {
  readonly path: string;
  write(config: object): Promise<void>;
  /** Runs a command in the folder. */
  run(command: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Run>;
  s3repl(...args: string[]): Promise<Run>;
}

/** A folder with a repl.yaml, gone when the test has finished. */
export async function folderWith(config: object, moto: Moto): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 's3repl-moto-'));
  onTestFinished(() => rm(path, { recursive: true }));
  const folder: Folder = {
    path,
    write: (changed) => writeFile(join(path, 'repl.yaml'), stringify(changed)),
    run: (command, args, env) =>
      new Promise((resolve) => {
        const options = { cwd: path, env: { ...environment(moto, path), ...env }, maxBuffer: 2 ** 26 };
        execFile(command, args, options, (error, stdout, stderr) => {
          const exit = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
          resolve({ exit, stdout, stderr, lines: args.includes('--json') ? linesOf(stdout) : [] });
        });
      }),
    async s3repl(...args) {
      const { code, stdout, stderr } = await runS3repl(path, args, environment(moto, path));
      return { exit: code, stdout, stderr, lines: args.includes('--json') ? linesOf(stdout) : [] };
    },
  };
  await folder.write(config);
  return folder;
}

function linesOf(stdout: string): readonly Line[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

/** Nothing of the person who runs the tests: neither their AWS account nor their colours. */
function environment({ url }: Moto, path: string) {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(AWS_|NO_COLOR|FORCE_COLOR|NODE_OPTIONS|VITEST)/.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'SUITESECRET',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: join(path, 'no-aws-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(path, 'no-aws-credentials'),
  };
}

/** The last line of `--json`. */
export function resultOf({ lines, stderr }: Run): Line {
  const last = lines.at(-1);
  if (last?.type !== 'result') throw new Error(`the last line is no result: ${JSON.stringify(last)}\n${stderr}`);
  return last;
}

/** The calls to AWS that `--verbose --json` tells. */
export function callsOf({ lines }: Run): readonly Line[] {
  return lines.filter(({ type }) => type === 'call');
}
