import { runPermissions } from '../../src/commands/permissions.ts';
import type { PolicyDocument } from '../../src/plan/policy.ts';
import type { Purpose } from '../../src/plan/set-up/need.ts';
import { type Policies, ran, sandboxFrom } from './set-up-roles.ts';

/** What `s3repl permissions` prints, by account ID; without commands for the usual ones. */
export async function printed(config: string, commands?: readonly Purpose[]): Promise<Policies> {
  const lines: string[] = [];
  const { outcome, said } = await ran(await sandboxFrom(undefined, undefined), config, (options, context) => {
    const stdout = { write: (text: string) => lines.push(text) };
    return runPermissions({ ...options, ...(commands ? { for: commands } : {}) }, { ...context, stdout });
  });
  if (outcome !== 'done') throw new Error(said);
  return Object.fromEntries(
    lines.map((line) => {
      const { account, policy } = JSON.parse(line) as { account: string; policy: PolicyDocument };
      return [account, policy];
    }),
  );
}
