/** `s3repl sandbox serve`: answers until it is told to end. In this process, unless the process is the point; `.ci/run` has it as its users do, too. */
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { S3Client } from '@aws-sdk/client-s3';
import { onTestFinished } from 'vitest';
import type { Folder } from './cli.ts';
import { asItsUsersDo, main } from './run-s3repl.ts';

const bin = fileURLToPath(new URL('../../bin/s3repl.js', import.meta.url));

export interface Serving {
  readonly url: string;
  readonly pid: number;
  /** All lines of stdout so far. */
  readonly lines: readonly string[];
  /** All lines of stderr so far. */
  readonly told: readonly string[];
  /** S3 as the administrator of an account, like any tool that is given its URL. */
  s3(account: string, region: string): S3Client;
  /** Ctrl-C; gives the exit code. */
  stop(): Promise<number | null>;
}

interface Server {
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** The exit code, once everything is read. */
  readonly ended: Promise<number | null>;
  interrupt(): void;
}

function startProcess(folder: Folder, args: readonly string[]): Server {
  const child = spawn(process.execPath, [bin, ...args], { cwd: folder.path });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
  const { pid = 0, stdout, stderr } = child;
  return { pid, stdout, stderr, ended, interrupt: () => child.kill('SIGINT') };
}

/** With its state named, it needs neither this process's folder nor its environment. */
function startInProcess(folder: Folder, args: readonly string[]): Server {
  const [stdout, stderr, signals] = [new PassThrough(), new PassThrough(), new EventEmitter()];
  const streams = { stdin: Readable.from([]), stdout, stderr };
  const run = main([...args, '--state', join(folder.path, '.s3repl')], { env: {}, ...streams, signals });
  const ended = run.finally(() => {
    for (const stream of [stdout, stderr]) stream.end();
  });
  let isTold = false;
  // A second time would end this process.
  const interrupt = () => {
    if (!isTold) signals.emit('SIGINT');
    isTold = true;
  };
  onTestFinished(async () => {
    interrupt();
    await ended;
  });
  return { pid: process.pid, stdout, stderr, ended, interrupt };
}

/** @param how `as a process`: where the process is the point. */
export async function serving(folder: Folder, args: readonly string[] = [], how?: 'as a process'): Promise<Serving> {
  const start = how === 'as a process' || asItsUsersDo ? startProcess : startInProcess;
  const { pid, stdout, stderr, ended, interrupt } = start(folder, ['sandbox', 'serve', '--port', '0', ...args]);
  const lines: string[] = [];
  const output = createInterface({ input: stdout });
  output.on('line', (line) => lines.push(line));
  const told: string[] = [];
  createInterface({ input: stderr }).on('line', (line) => told.push(line));
  await Promise.race([once(output, 'line'), ended]);
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(lines[0] ?? '')?.[0];
  if (url === undefined) throw new Error(`not ready: ${lines.join('\n')}`);
  return {
    url,
    pid,
    lines,
    told,
    s3: (account, region) =>
      new S3Client({
        endpoint: url,
        region,
        forcePathStyle: true,
        credentials: { accessKeyId: `SANDBOX${account}`, secretAccessKey: 'any' },
      }),
    stop: async () => {
      interrupt();
      return ended;
    },
  };
}
