import { Command, Option } from 'commander';
import type { NextCommand, Result } from '../events/event.ts';
import {
  type CommonOptions,
  commonOptions,
  nextCommand,
  nextWithoutConfig,
  withAcceptOptions,
  withConfigsOptions,
  withSummaryOption,
} from '../session/common-options.ts';
import type { Context, Runner } from '../session/context.ts';
import { oneOrSeveral } from '../session/one-or-several.ts';

interface PlanOptions extends CommonOptions {
  readonly show: 'documents' | 'commands';
  readonly out?: string;
  readonly detailedExitcode?: boolean;
  readonly force?: boolean;
}

/** `s3repl plan`: what `apply` would do. */
export function planCommand(run: Runner): Command {
  const command = new Command('plan')
    .addOption(
      new Option('--show <form>', 'documents as a diff, or the same as commands of the AWS CLI')
        .choices(['documents', 'commands'])
        .default('documents'),
    )
    .option('--out <file>', 'save the plan; s3repl apply FILE applies exactly that')
    .option(
      '--detailed-exitcode',
      'exit 2 where there is something to change, and the model finds nothing wrong with it',
    )
    .option('--force', 'plan although the model says that new objects would not replicate (exit 5 all the same)')
    .addHelpText(
      'after',
      `
Examples:
  $ s3repl plan
  $ s3repl plan --config a.yaml --config b.yaml
  $ s3repl plan --config repl.yaml --out replication.plan
  $ s3repl plan --show commands > set-up.sh
  $ s3repl plan --detailed-exitcode --json     # drift in a pipeline: exit 2`,
    );
  withAcceptOptions(command);
  return withConfigsOptions(withSummaryOption(command)).action(() =>
    run('plan', (context) =>
      oneOrSeveral({ name: 'plan', aboutOne: ['out'] }, runPlan, commonOptions<PlanOptions>(command), context),
    ),
  );
}

/** Looks, plans, shows and, if asked, saves. */
export async function runPlan(options: PlanOptions, context: Context): Promise<Result> {
  const [{ openSession }, { viewFor }] = await Promise.all([
    import('../session/session.ts'),
    import('../session/view-for.ts'),
  ]);
  const view = await viewFor(options, context, options.show);
  const session = await openSession(options, context, view);
  try {
    const [{ observedPlan }, { refusalOf, verdictSummary }, { lookAtNewest, newestFailed }] = await Promise.all([
      import('../session/observed-plan.ts'),
      import('../session/replication-check.ts'),
      import('../session/newest-failed.ts'),
    ]);
    const force = options.force ?? false;
    const newest = lookAtNewest(session);
    const { observed, plan, checked } = await observedPlan(session, force);
    const changes = plan.changes.length;
    const sandbox = options.sandbox ?? false;
    if (options.out !== undefined) {
      const { savePlan } = await import('../session/saved-plan.ts');
      const accepted = { breaking: [...session.acceptBreaking], narrowing: options.acceptNarrowing ?? false };
      await savePlan(options.out, { config: session.config, sandbox, accepted }, observed, plan);
    }
    if (changes > 0) await view.plan(plan, session.spec);
    const next = changes > 0 && { next: nextApply(options) };
    // A plan that was forced, or of which s3repl cannot tell where it leads, ends as the model judges it.
    const refusal = refusalOf(checked);
    if (refusal) return { changes, ...refusal, ...next };
    if (changes > 0) return { outcome: options.detailedExitcode ? 'differs' : 'planned', changes, ...next };
    const failed = await newestFailed(session, observed, newest);
    if (failed.refusal) return { ...failed.refusal, changes };
    const summary = `everything is as the configuration says${verdictSummary(checked)}${failed.remark}`;
    return { outcome: 'unchanged', changes, summary };
  } finally {
    await session.close();
  }
}

/** What was accepted for the plan has to be accepted for its application; a saved plan keeps that itself. */
function nextApply(options: PlanOptions): NextCommand {
  const { out, force, acceptBreaking = [], acceptNarrowing } = options;
  const flags = force ? [['--force'] as const] : [];
  if (out !== undefined) return nextWithoutConfig('apply', options, { operands: [out], flags });
  const rules = acceptBreaking.map((rule) => ['--accept-breaking', rule] as const);
  const narrowing = acceptNarrowing ? [['--accept-narrowing'] as const] : [];
  return nextCommand('apply', options, { flags: [...flags, ...rules, ...narrowing] });
}
