/** A sandbox that is served over HTTP to a test. */
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { statusOf } from '../../src/sandbox/practice/sandbox-status.ts';
import { openSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { listen } from '../../src/sandbox/wire/http.ts';

export interface ServedSandbox {
  readonly url: string;
  readonly sandbox: Sandbox;
  /** What went wrong in it that was not asked for. */
  readonly errors: unknown[];
}

export async function aServedSandbox(options: SandboxOptions = {}): Promise<ServedSandbox> {
  const errors: unknown[] = [];
  const server = await listen(0, (error) => errors.push(error));
  const sandbox = await openSandbox({ ticking: true, ...options });
  server.answerWith({ ...sandbox, status: () => statusOf(sandbox.state) });
  onTestFinished(async () => {
    await server.close();
    await sandbox.close();
  });
  return { url: server.url, sandbox, errors };
}

/** Sends text to a server as it is, and gives all that comes back until the connection is closed. */
export function spoken(url: string, ...texts: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let heard = '';
    socket.on('connect', () => {
      for (const text of texts) socket.write(text);
    });
    socket.on('data', (chunk) => {
      heard += chunk;
    });
    socket.on('close', () => resolve(heard));
    socket.on('error', reject);
  });
}
