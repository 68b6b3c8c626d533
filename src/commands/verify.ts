import { Command, InvalidArgumentError } from 'commander';
import { type CommonOptions, commandLine, commonOptions, withConfigOptions } from './common-options.ts';
import type { Context, Result, Runner } from './context.ts';
import { minutes } from './destroy.ts';

interface VerifyOptions extends CommonOptions {
  readonly canary: boolean;
  readonly canaryPrefix?: string;
  /** Minutes. */
  readonly timeout: number;
}

/** `s3repl verify`: nothing has changed, the model agrees, and an object really arrives. */
export function verifyCommand(run: Runner): Command {
  const command = new Command('verify')
    .description('prove that it replicates: one small object for each rule is written, waited for and removed')
    .option('--no-canary', 'write no object: what AWS shows and what the model says only')
    .option('--canary-prefix <prefix>', 'where canaries are written (default: .s3repl-canary/)', keyPrefix)
    .option('--timeout <minutes>', 'how long to wait for them', minutes, 15)
    .addHelpText(
      'after',
      `
It asks nobody.

Examples:
  $ s3repl verify
  $ s3repl verify --no-canary --json        # in an account where nothing may be written
  $ s3repl verify --timeout 30`,
    );
  return withConfigOptions(command).action(() =>
    run('verify', (context) =>
      runVerify({ ...command.opts<VerifyOptions>(), ...commonOptions(command) } as VerifyOptions, context),
    ),
  );
}

function keyPrefix(value: string): string {
  if (value === '' || value.startsWith('/')) throw new InvalidArgumentError('it is a prefix of keys: canary/');
  return value.endsWith('/') ? value : `${value}/`;
}

/** Looks, asks the model, and proves by canaries. */
export async function runVerify(options: VerifyOptions, context: Context): Promise<Result> {
  const [{ openSession, viewFor }, { observedPlan }, { verifyReplication }, { canaryPrefix }] = await Promise.all([
    import('./session.ts'),
    import('./observed-plan.ts'),
    import('../verify/verify.ts'),
    import('../verify/canaries.ts'),
  ]);
  const view = viewFor(options, context);
  const session = await openSession(options, context, view);
  try {
    const { spec, connections, surroundings, signal } = session;
    const { observed, plan } = await observedPlan(session);
    const changes = plan.changes.length;
    if (changes > 0) {
      view.plan(plan, spec);
      const summary = 'something is not as the configuration says: the plan above would put it right';
      return { outcome: 'differs', changes, summary, next: commandLine('apply', options) };
    }
    if (!options.canary) {
      const summary = 'everything is as the configuration says; not proven: no object was written';
      return { outcome: 'unchanged', changes, summary };
    }
    view.report({ type: 'phase', name: 'verify' });
    const timeoutMs = options.timeout * 60_000;
    const diagnose = async () => undefined;
    const work = { spec, state: observed, connections, surroundings, signal, timeoutMs, diagnose };
    return { changes, ...(await verifyReplication(work, options.canaryPrefix ?? canaryPrefix)) };
  } finally {
    await session.close();
  }
}
