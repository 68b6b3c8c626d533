import { Argument, Command } from 'commander';
import type { Preflight } from '../model/preflight.ts';
import { Failure } from '../plan/failure.ts';
import { type CommonOptions, commandLine, commonOptions, withConfigOptions } from './common-options.ts';
import type { Context, Result, Runner } from './context.ts';

interface ApplyOptions extends CommonOptions {
  /** A saved plan. */
  readonly plan?: string;
  readonly force?: boolean;
}

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
  command.option('--force', 'apply although the model says that new objects would not replicate');
  return withConfigOptions(command).action((file?: string) =>
    run('apply', (context) =>
      runApply(
        { ...command.opts<ApplyOptions>(), ...commonOptions(command), ...(file === undefined ? {} : { plan: file }) },
        context,
      ),
    ),
  );
}

/** Plan, approval, writes, and a look at what came of it: it is a success where the model says that new objects replicate. */
export async function runApply(options: ApplyOptions, context: Context): Promise<Result> {
  const [
    { openSession },
    { viewFor },
    { observedPlan },
    { assertCurrent, readPlan },
    { doneSummaryOf, stateHash },
    { applyChanges },
    { readBack },
    { observe },
    { checkReplication, refusalOf, verdictSummary },
  ] = await Promise.all([
    import('./session.ts'),
    import('./view-for.ts'),
    import('./observed-plan.ts'),
    import('./saved-plan.ts'),
    import('../plan/plan.ts'),
    import('../apply/apply.ts'),
    import('../apply/read-back.ts'),
    import('../observe/observe.ts'),
    import('./replication-check.ts'),
  ]);
  const view = viewFor(options, context);
  const saved = options.plan === undefined ? undefined : await readPlan(options.plan, options.sandbox ?? false);
  const session = await openSession(options, context, view, saved && { file: options.plan ?? '', tree: saved.spec });
  try {
    const { spec, connections, surroundings } = session;
    const force = options.force ?? false;
    const { observed, plan, checked } = await observedPlan(session, force);
    if (saved) assertCurrent(saved, observed, plan);
    const changes = plan.changes.length;
    const concluded = (outcome: 'unchanged' | 'applied', last: Preflight, summary: string): Result => {
      const refusal = refusalOf(last, force);
      const but = outcome === 'applied' ? 'everything is written, but ' : '';
      if (refusal)
        return { ...refusal, changes, error: { ...refusal.error, message: `${but}${refusal.error.message}` } };
      return { outcome, changes, summary: `${summary}${verdictSummary(last)}` };
    };
    if (changes === 0) return concluded('unchanged', checked, 'everything is as the configuration says');

    view.plan(plan, spec);
    if (!options.yes) {
      await approve(context, `Apply these ${changes} changes?`);
      if (stateHash(await observe(connections, spec)) !== stateHash(observed)) throw staleWhileAsking();
    }
    view.report({ type: 'phase', name: 'apply' });
    if (saved)
      view.report({ type: 'note', message: 'from here on the plan is used up: should it stop, make a new one' });
    await applyChanges(plan.changes, { connections, surroundings, signal: context.signal });
    view.report({ type: 'phase', name: 'read-back' });
    const written = await readBack(spec, connections, surroundings);
    const last = checkReplication(session, written, { force, before: checked });
    return {
      ...concluded('applied', last, `${doneSummaryOf(plan.changes)}; read back, nothing is left to do`),
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
