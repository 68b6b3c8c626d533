/** The program as its users have it: a process in a folder of its own. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { lookForSecrets } from '../secrets.ts';

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
  s3repl(args: readonly string[], env?: Environment): Promise<Ended>;
}

type Environment = Readonly<Record<string, string>>;

/**
 * An empty folder that goes with the test.
 *
 * @param how `as processes`: s3repl runs as its users have it, from the bundle. Otherwise one run after the other in this process, which takes a
 * tenth of the time; with S3REPL_AS_PROCESSES=1 (`.ci/run`) every story has processes.
 */
export function aFolder(how?: 'as processes'): Folder {
  const path = mkdtempSync(join(tmpdir(), 's3repl-story-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(AWS_|CI$|FORCE_COLOR|NO_COLOR)/.test(name)),
  );
  const run = how === 'as processes' || process.env.S3REPL_AS_PROCESSES === '1' ? asProcess : inTurn;
  return {
    path,
    write: (file, text) => writeFileSync(join(path, file), text),
    async s3repl(args, env = {}) {
      const { code, stdout, stderr } = await run(path, args, { ...clean, AWS_EC2_METADATA_DISABLED: 'true', ...env });
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

type Said = Omit<Ended, 'lines'>;

const asProcess = (cwd: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Said> =>
  new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { cwd, env, maxBuffer: 64 * 2 ** 20 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });

let last: Promise<unknown> = Promise.resolve();

/** There is one working directory and one environment, so one run waits for the other. */
function inTurn(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Said> {
  const run = last.then(() => inProcess(cwd, args, env));
  last = run.catch(() => undefined);
  return run;
}

async function inProcess(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Said> {
  const before = { cwd: process.cwd(), env: process.env };
  process.chdir(cwd);
  // As bin/s3repl.js does.
  process.env = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...env };
  const [stdout, stderr] = [aStream('stdout'), aStream('stderr')];
  try {
    const code = await main(args, { env, stdin: {}, stdout: stdout.stream, stderr: stderr.stream });
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.env = before.env;
    process.chdir(before.cwd);
  }
}

/** A stream that is no terminal. */
function aStream(name: string) {
  let said = '';
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _, done) {
      said += chunk;
      lookForSecrets(said, name);
      done();
    },
  });
  return { stream, text: () => said };
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
