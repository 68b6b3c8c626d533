/** The same commands by the bundle, as a process (`npm run test:bundle`): the sandbox goes into a folder before, and is taken from there after. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { defaultPatience, openStore } from '../../src/sandbox/store/store.ts';
import { runAsProcess } from '../stories/run-s3repl.ts';
import type { Runnable } from './scenarios.ts';
import { copied, type Ran } from './set-up-roles.ts';

export const asProcesses = process.env.S3REPL_AS_PROCESSES === '1';

const lines: Readonly<Record<Exclude<Runnable, 'init'>, string>> = {
  plan: 'plan --show documents',
  apply: 'apply --yes',
  verify: 'verify',
  doctor: 'doctor',
  status: 'status',
  backfill: 'backfill --yes',
  destroy: 'destroy --yes --cancel-backfill',
  'delete-keys': 'destroy --yes --delete-keys --cancel-backfill',
};

const lock = { patience: defaultPatience, servedAt: undefined };

/** Nothing that could sign in anywhere else. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS_|CI$|VITEST)/.test(name)));

export async function ranAsProcess(sandbox: Sandbox, config: string, purpose: Exclude<Runnable, 'init'>): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), 's3repl-as-process-'));
  try {
    const before = await openStore(folder, sandbox.state.now, lock);
    Object.assign(before.state, copied(sandbox.state));
    await before.close();
    const args = [...lines[purpose].split(' '), '--config', config, '--sandbox', '--state', folder, '--json'];
    const { stdout, stderr } = await runAsProcess(folder, args, { ...env, AWS_EC2_METADATA_DISABLED: 'true' });
    const after = await openStore(folder, sandbox.state.now, lock);
    Object.assign(sandbox.state, copied(after.state));
    await after.close();
    const last = stdout.trim().split('\n').at(-1) ?? '';
    const { outcome = 'none' } = JSON.parse(last || '{}') as { readonly outcome?: string };
    return { outcome, said: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
