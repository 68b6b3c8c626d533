/** `s3repl sandbox serve` as its users have it: a process that answers until it is told to end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { S3Client } from '@aws-sdk/client-s3';
import { onTestFinished } from 'vitest';
import type { Folder } from './cli.ts';

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

export async function serving(folder: Folder, args: readonly string[] = []): Promise<Serving> {
  const child = spawn(process.execPath, [bin, 'sandbox', 'serve', '--port', '0', ...args], { cwd: folder.path });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'close') as Promise<[number | null]>;
  const lines: string[] = [];
  const output = createInterface({ input: child.stdout });
  output.on('line', (line) => lines.push(line));
  const told: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => told.push(line));
  await Promise.race([once(output, 'line'), ended]);
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(lines[0] ?? '')?.[0];
  if (url === undefined) throw new Error(`not ready: ${lines.join('\n')}`);
  return {
    url,
    pid: child.pid ?? 0,
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
      child.kill('SIGINT');
      return (await ended)[0];
    },
  };
}
