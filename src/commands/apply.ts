import { Argument, Command } from 'commander';
import type { Result } from '../events/event.ts';
import type { ResultError } from '../events/failure.ts';
import type { Preflight } from '../plan/preflight.ts';
import type { Approvable } from '../session/approval.ts';
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
import { byDeadline, withDeadlineOption } from '../session/deadline.ts';
import { oneOrSeveral } from '../session/one-or-several.ts';
import type { SavedPlan } from '../session/saved-plan.ts';
import type { State } from '../state/state.ts';
import type { Verification } from '../verify/verify.ts';

interface ApplyOptions extends CommonOptions, Approvable {
  /** A saved plan. */
  readonly plan?: string;
  readonly force?: boolean;
  readonly verify?: boolean;
}

/** `s3repl apply`: builds the replication, and changes nothing where it is there. */
export function applyCommand(run: Runner): Command {
  const command = new Command('apply')
    .addArgument(new Argument('[plan]', 'a plan saved by s3repl plan --out: exactly that is applied'))
    .addHelpText(
      'after',
      `
Examples:
  $ s3repl apply
  $ s3repl apply --config repl.yaml --yes --json       # in a pipeline
  $ s3repl apply --yes --deadline 15m                  # ends by then; run again, it goes on
  $ s3repl apply replication.plan
  $ s3repl apply --config pairs/ --yes                 # every *.yaml in a folder
  $ s3repl apply --config docs/examples/invoices.yaml --sandbox --yes`,
    );
  command
    .option('--force', 'apply although the model says that new objects would not replicate (exit 5 all the same)')
    .option('--verify', 'then prove it by objects that are written, waited for and removed');
  withAcceptOptions(command);
  withDeadlineOption(command);
  return withConfigsOptions(withSummaryOption(command)).action((file?: string) =>
    run('apply', (context) =>
      oneOrSeveral(
        { name: 'apply', writes: 'confirmed', aboutOne: ['plan'] },
        runApply,
        { ...commonOptions<ApplyOptions>(command), ...(file === undefined ? {} : { plan: file }) },
        context,
      ),
    ),
  );
}

/** Plan, approval, writes, and a look at what came of it: it is a success where the model says that new objects replicate. */
export async function runApply(options: ApplyOptions, context: Context): Promise<Result> {
  return byDeadline(options, context, (within) => applied(options, within));
}

async function applied(options: ApplyOptions, context: Context): Promise<Result> {
  const [
    { openSession },
    { viewFor },
    { observedPlan },
    { assertCurrent, readPlan },
    { doneSummaryOf, planApply },
    { carryOut },
    { checkReplication, refusalOf, verdictSummary },
    { provenByCanaries },
    { hasRemovedCause, lookAtNewest, newestFailed },
  ] = await Promise.all([
    import('../session/session.ts'),
    import('../session/view-for.ts'),
    import('../session/observed-plan.ts'),
    import('../session/saved-plan.ts'),
    import('../plan/plan.ts'),
    import('../session/carry-out.ts'),
    import('../session/replication-check.ts'),
    import('./verify.ts'),
    import('../session/newest-failed.ts'),
  ]);
  const view = await viewFor(options, context);
  const saved = options.plan === undefined ? undefined : await readPlan(options.plan, options.sandbox ?? false);
  const session = await openSession(
    { ...options, ...(saved?.accepted && acceptedBySaved(options, saved.accepted)) },
    context,
    view,
    saved && { file: options.plan ?? '', tree: saved.spec },
  );
  try {
    const force = options.force ?? false;
    const newest = lookAtNewest(session);
    const { observed, plan, checked } = await observedPlan(session, force);
    if (saved) assertCurrent(saved, observed, plan);
    const changes = plan.changes.length;
    const concluded = async (
      outcome: 'unchanged' | 'applied',
      state: State,
      last: Preflight,
      done: string,
    ): Promise<Result> => {
      const but = outcome === 'applied' ? 'everything is written, but ' : '';
      const refused = ({ outcome: end, error }: Refused): Result => ({
        outcome: end,
        changes,
        error: { ...error, message: `${but}${error.message}` },
      });
      const refusal = refusalOf(last);
      // What the model does not know, a canary finds out.
      if (refusal && !(options.verify && refusal.outcome === 'unknown')) return refused(refusal);
      const summary = `${done}${verdictSummary(last)}`;
      const nextOf = saved ? nextWithoutConfig : nextCommand;
      if (!options.verify) return { outcome, changes, summary, next: nextOf('verify', options) };
      const proven = await provenByCanaries(session, state, {});
      return proven.outcome === 'verified'
        ? { ...proven, changes, summary: `${done}; ${proven.summary}` }
        : refused(proven);
    };
    if (changes === 0) {
      const { refusal, remark } = await newestFailed(session, observed, newest);
      // A canary shows what the newest objects leave open.
      if (refusal && !options.verify && checked.outcome === 'replicates') return { ...refusal, changes };
      return await concluded('unchanged', observed, checked, `everything is as the configuration says${remark}`);
    }

    const shown = await carryOut(
      {
        ...{ observed, plan, planAgain: planApply, whether: 'apply the plan' },
        question: {
          message: `Apply these ${changes} changes?`,
          declined: () => ({ message: 'not applied; nothing was changed' }),
        },
        lastWord: saved && 'from here on the plan is used up: should it stop, make a new one',
      },
      session,
      options,
      context,
    );
    if (shown === undefined) return { outcome: 'planned', changes };
    const last = checkReplication(session, shown, { force, before: checked });
    const failed = hasRemovedCause(session, observed) ? '; objects that FAILED stay FAILED, run s3repl verify' : '';
    const done = `${doneSummaryOf(plan.changes)}; read back, nothing is left to do${failed}`;
    return await concluded('applied', shown, last, done);
  } finally {
    await session.close();
  }
}

type Refused = Extract<Verification, { readonly error: ResultError }>;

/** What a saved plan was made with counts for its application; more may be accepted then. */
function acceptedBySaved(
  { acceptBreaking = [], acceptNarrowing = false }: ApplyOptions,
  { breaking, narrowing }: NonNullable<SavedPlan['accepted']>,
): Pick<ApplyOptions, 'acceptBreaking' | 'acceptNarrowing'> {
  return { acceptBreaking: [...breaking, ...acceptBreaking], acceptNarrowing: narrowing || acceptNarrowing };
}
