/** moto: an AWS emulator that others wrote, so that s3repl is not only tested against its own idea of AWS. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe } from 'vitest';

const launcher = fileURLToPath(new URL('launch.py', import.meta.url));

/** moto and what its server needs, without the second that it takes to load them. */
const isThere = `import sys, importlib.util
sys.exit(not all(importlib.util.find_spec(name) for name in ("moto", "werkzeug", "flask", "flask_cors")))`;

/** The Python that can import moto's server; undefined where there is none. */
export const python = ['python3', 'python', ...interpreterOf('moto_server')].find(
  (command) => spawnSync(command, ['-c', isThere], { stdio: 'ignore' }).status === 0,
);

/** Where moto_server has a Python environment of its own, its script names it. */
function interpreterOf(script: string): string[] {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    try {
      const [, found] = /^#!\s*(\/\S*python[\d.]*)$/m.exec(readFileSync(join(folder, script), 'utf8')) ?? [];
      return found === undefined ? [] : [found];
    } catch {
      // not in this folder
    }
  }
  return [];
}

export interface Moto {
  readonly url: string;
  /** Empties all accounts. */
  reset(): Promise<void>;
}

/** Starts a server; `stop` ends it. Throws where moto is missing. */
export async function startMoto(...options: readonly 'plain'[]): Promise<Moto & { stop(): Promise<void> }> {
  if (python === undefined) throw new Error("moto is missing: pip install 'moto[server]==5.2.1'");
  const server = spawn(python, [launcher, ...options], { stdio: ['pipe', 'pipe', 'inherit'] });
  const url = await firstLine(server);
  return {
    url,
    async reset() {
      const answer = await fetch(`${url}/moto-api/reset`, { method: 'POST' });
      if (!answer.ok) throw new Error(`moto did not reset: ${answer.status}`);
    },
    async stop() {
      server.stdin.end();
      if (server.exitCode === null) await once(server, 'exit');
    },
  };
}

/** A `describe` with a server of its own; skipped where moto is missing, which moto.test.ts tells. */
export function describeWithMoto(title: string, tests: (moto: Moto) => void, ...options: readonly 'plain'[]): void {
  describe.skipIf(python === undefined)(title, () => {
    let server: Awaited<ReturnType<typeof startMoto>> | undefined;
    beforeAll(async () => {
      server = await startMoto(...options);
    });
    afterAll(() => server?.stop());
    tests({
      get url() {
        return server?.url ?? '';
      },
      reset: async () => server?.reset(),
    });
  });
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error('no output to wait for');
  for await (const line of createInterface({ input: stdout })) return line;
  throw new Error('launch.py ended before the server was ready');
}
