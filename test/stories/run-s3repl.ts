/** s3repl in this process, or as one of its own. */
import { execFile } from 'node:child_process';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { main as ofSources, type Program } from '../../src/cli/main.ts';
import { drawsAll } from '../draws.ts';
import { longestMark, lookForSecrets } from '../found-secrets.ts';

/** With S3REPL_FROM_BUNDLE=1 (`npm run test:bundle`, `.ci/run`), what users have installed. */
const bundle = new URL('../../dist/main.js', import.meta.url).href;
export const { main }: { main: typeof ofSources } =
  process.env.S3REPL_FROM_BUNDLE === '1' ? await import(/* @vite-ignore */ bundle) : { main: ofSources };

const bin = fileURLToPath(new URL('../../bin/s3repl.js', import.meta.url));

/**
 * Whether what could run in process as well runs as it does for its users all the same: where everything is drawn, and from the bundle (`.ci/run`: a third of the stories).
 */
export const asItsUsersDo =
  drawsAll || process.env.S3REPL_AS_PROCESSES === '1' || process.env.S3REPL_FROM_BUNDLE === '1';

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs s3repl as its users have it: a process, from the bundle. */
export function runAsProcess(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Said> {
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { cwd, env, maxBuffer: 64 * 2 ** 20 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

let last: Promise<unknown> = Promise.resolve();

type Streams = Omit<Program, 'env'>;

/** Runs s3repl in this process with these streams; one run waits for the other, as there is one working directory and one environment. */
export function runInProcess(
  cwd: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  streams: Streams,
): Promise<number> {
  const run = last.then(() => inProcess(cwd, args, env, streams));
  last = run.catch(() => undefined);
  return run;
}

/**
 * Runs s3repl in this process, which takes a tenth of the time.
 * With S3REPL_AS_PROCESSES=1 (`.ci/run`, for some of them) it is a process all the same.
 */
export async function runS3repl(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Said> {
  if (process.env.S3REPL_AS_PROCESSES === '1') return runAsProcess(cwd, args, env);
  const [stdout, stderr] = [aStream('stdout'), aStream('stderr')];
  const streams = { stdin: Readable.from([]), stdout: stdout.stream, stderr: stderr.stream };
  const code = await runInProcess(cwd, args, env, streams);
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

async function inProcess(
  cwd: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  streams: Streams,
): Promise<number> {
  const before = { cwd: process.cwd(), env: process.env };
  process.chdir(cwd);
  // As bin/s3repl.js does.
  process.env = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...env };
  try {
    return await main(args, { env, ...streams });
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
      const from = Math.max(0, said.length - longestMark);
      said += chunk;
      lookForSecrets(said.slice(from), name);
      done();
    },
  });
  return { stream, text: () => said };
}
