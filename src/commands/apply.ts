import { Argument, Command } from 'commander';
import { Failure } from '../plan/failure.ts';
import { type CommonOptions, commandLine, commonOptions, withConfigOptions } from './common-options.ts';
import type { Context, Result, Runner } from './context.ts';

/** `s3repl apply`: builds the replication, and changes nothing where it is there. */
export function applyCommand(run: Runner): Command {
  const command = new Command('apply')
    .description('build the replication from repl.yaml; run again, it changes nothing')
    .addArgument(new Argument('[plan]', 'a plan saved by s3repl plan --out: exactly that is applied'))
    .addHelpText(
      'after',
      `
Examples:
  $ s3repl apply
  $ s3repl apply --config repl.yaml --yes --json       # in a pipeline
  $ s3repl apply replication.plan
  $ s3repl apply --config docs/examples/invoices.yaml --sandbox --yes`,
    );
  return withConfigOptions(command).action((file?: string) =>
    run('apply', (context) =>
      runApply({ ...commonOptions(command), ...(file === undefined ? {} : { plan: file }) }, context),
    ),
  );
}

interface ApplyOptions extends CommonOptions {
  readonly plan?: string;
  /** The hash of the state whose plan a person has seen and approved: only another plan is shown and asked about. */
  readonly approved?: string;
}

/** Plan, approval, writes, and a look at what came of it. */
export async function runApply(options: ApplyOptions, context: Context): Promise<Result> {
  const [
    { openSession, viewFor },
    { observedPlan },
    { assertCurrent, readPlan },
    { doneSummaryOf, stateHash },
    { applyChanges },
    { readBack },
    { observe },
  ] = await Promise.all([
    import('./session.ts'),
    import('./observed-plan.ts'),
    import('./saved-plan.ts'),
    import('../plan/plan.ts'),
    import('../apply/apply.ts'),
    import('../apply/read-back.ts'),
    import('../observe/observe.ts'),
  ]);
  const view = viewFor(options, context);
  const saved = options.plan === undefined ? undefined : await readPlan(options.plan, options.sandbox ?? false);
  const session = await openSession(options, context, view, saved && { file: options.plan ?? '', tree: saved.spec });
  try {
    const { spec, connections, surroundings } = session;
    const { observed, plan } = await observedPlan(session);
    if (saved) assertCurrent(saved, observed, plan);
    const changes = plan.changes.length;
    if (changes === 0) return { outcome: 'unchanged', changes, summary: 'everything is as the configuration says' };

    const approved = options.approved === stateHash(observed);
    if (!approved) view.plan(plan, spec);
    if (!options.yes && !approved) {
      await approve(context, `Apply these ${changes} changes?`);
      if (stateHash(await observe(connections, spec)) !== stateHash(observed)) throw staleWhileAsking();
    }
    view.report({ type: 'phase', name: 'apply' });
    if (saved)
      view.report({ type: 'note', message: 'from here on the plan is used up: should it stop, make a new one' });
    await applyChanges(plan.changes, { connections, surroundings, signal: context.signal });
    view.report({ type: 'phase', name: 'read-back' });
    await readBack(spec, connections, surroundings);
    return {
      outcome: 'applied',
      changes,
      summary: `${doneSummaryOf(plan.changes)}; read back, nothing is left to do`,
      next: commandLine('plan --detailed-exitcode', options, !saved),
    };
  } finally {
    await session.close();
  }
}

async function approve(context: Context, message: string): Promise<void> {
  if (!context.interactive) {
    throw new Failure(
      'invalid',
      'no-approval',
      'there is nobody to ask whether to apply the plan',
      'say so with --yes, or run at a terminal; nothing was changed',
    );
  }
  const { confirm } = await import('@inquirer/prompts');
  const yes = await confirm({ message, default: false }, { output: process.stderr, signal: context.signal });
  if (!yes) throw new Failure('cancelled', 'declined', 'not applied; nothing was changed');
}

function staleWhileAsking(): Failure {
  return new Failure(
    'blocked',
    'stale-plan',
    'something was changed in the accounts while the plan was on the screen',
    'run the same command again: it plans anew from what is there now',
  );
}
