import type { PolicyDocument } from '../../src/aws/policy.ts';
import type { Purpose } from '../../src/state/need.ts';
import { runPermissions } from '../run-command.ts';
import { type Policies, type Ran, ran, type SandboxState, sandboxFrom } from './set-up-roles.ts';

export interface Flags {
  readonly boundary?: boolean;
  readonly boundaryPolicy?: boolean;
  readonly fromLive?: boolean;
  readonly account?: string;
  readonly json?: boolean;
}

/** What `s3repl permissions` writes to stdout, and how it ends, in a cloud where nobody is restricted. */
export async function printing(
  config: string,
  { for: commands, ...flags }: Flags & { readonly for?: readonly Purpose[] } = {},
  state?: SandboxState,
): Promise<Ran & { readonly stdout: string }> {
  let stdout = '';
  const end = await ran(await sandboxFrom(state, undefined), config, (options, context) => {
    const output = { write: (text: string) => (stdout += text) };
    return runPermissions({ ...options, ...flags, ...(commands && { for: commands }) }, { ...context, stdout: output });
  });
  return { ...end, stdout };
}

interface Line {
  readonly type: string;
  readonly account: string;
  readonly policy: PolicyDocument;
}

/** The policies that `s3repl permissions` prints, by account ID; without commands for the usual ones. */
export async function printed(
  config: string,
  commands?: readonly Purpose[],
  flags: Flags = {},
  state?: SandboxState,
): Promise<Policies> {
  const { outcome, said, stdout } = await printing(config, { ...flags, ...(commands && { for: commands }) }, state);
  if (outcome !== 'done') throw new Error(said);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return Object.fromEntries(
    lines
      .map((line) => JSON.parse(line) as Line)
      .filter(({ type }) => type === 'permissions')
      .map(({ account, policy }) => [account, policy]),
  );
}
