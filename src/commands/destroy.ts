import { Command, Option } from 'commander';
import type { Spec } from '../config/spec.ts';
import type { Result } from '../events/event.ts';
import { Failure } from '../events/failure.ts';
import type { KeyDeletion } from '../plan/plan.ts';
import type { Approvable, Question } from '../session/approval.ts';
import {
  type CommonOptions,
  commonOptions,
  withAcceptBreaking,
  withConfigsOptions,
  withSummaryOption,
} from '../session/common-options.ts';
import type { Context, Runner } from '../session/context.ts';
import { byDeadline, withDeadlineOption } from '../session/deadline.ts';
import { minutes } from '../session/duration.ts';
import { oneOrSeveral } from '../session/one-or-several.ts';
import type { Session } from '../session/session.ts';

interface DestroyOptions extends CommonOptions, Approvable {
  readonly wait: boolean;
  /** Minutes. */
  readonly timeout: number;
  readonly deleteKeys?: boolean;
  readonly force?: boolean;
}

/** `s3repl destroy`: takes out what s3repl put in, and only that. */
export function destroyCommand(run: Runner): Command {
  const command = new Command('destroy')
    .option('--no-wait', 'take the rights away also while objects are PENDING: those may fail for good')
    .addOption(
      new Option('--timeout <duration>', 'how long to wait for PENDING objects').argParser(minutes).default(15, '15m'),
    )
    .option('--delete-keys', 'also delete the keys that s3repl made, after 30 days')
    .option('--force', 'with --delete-keys: also where a bucket or an object still uses them')
    .addHelpText(
      'after',
      `
It asks for the name of the configuration (of several, for their number); --yes answers that.

Examples:
  $ s3repl destroy
  $ s3repl destroy --config repl.yaml --yes --json     # in a pipeline
  $ s3repl destroy --yes --deadline 30m                # ends by then; run again, it goes on
  $ s3repl destroy --delete-keys                       # refused while anything uses the keys
  $ s3repl destroy --config docs/examples/invoices.yaml --sandbox --yes`,
    );
  withAcceptBreaking(command);
  withDeadlineOption(command);
  return withConfigsOptions(withSummaryOption(command)).action(() =>
    run('destroy', (context) =>
      oneOrSeveral({ name: 'destroy', writes: 'typed' }, runDestroy, commonOptions<DestroyOptions>(command), context),
    ),
  );
}

/** Plan in reverse, approval by name, writes, and a look at what is left. */
export async function runDestroy(options: DestroyOptions, context: Context): Promise<Result> {
  return byDeadline(options, context, (within) => destroyed(options, within));
}

async function destroyed(options: DestroyOptions, context: Context): Promise<Result> {
  if (options.force && !options.deleteKeys) {
    throw new Failure('invalid', 'force', '--force says something of --delete-keys only', 'leave it out');
  }
  const [
    { openSession },
    { viewFor },
    { tellFindings },
    { judgeNeighbors },
    { doneSummaryOf, planDestroy },
    { carryOut },
    { pendingObjects, untilNonePending },
    { observe },
  ] = await Promise.all([
    import('../session/session.ts'),
    import('../session/view-for.ts'),
    import('../session/findings.ts'),
    import('../session/judge-neighbors.ts'),
    import('../plan/plan.ts'),
    import('../session/carry-out.ts'),
    import('../apply/pending.ts'),
    import('../observe/observe.ts'),
  ]);
  const view = await viewFor(options, context);
  const session = await openSession(options, context, view);
  try {
    const { spec, connections, signal } = session;
    const observed = await observe(connections, spec);
    signal.throwIfAborted();
    const keys = options.deleteKeys ? await keyDeletion(session, options.force ?? false) : undefined;
    const plan = await judgeNeighbors(session, observed, planDestroy(observed, spec, keys));
    const changes = plan.changes.length;
    // Whoever may not see what is PENDING learns it before anything has gone.
    const pending = options.wait && changes > 0 ? await pendingObjects(connections, observed, spec) : [];
    view.report({ type: 'phase', name: 'done' });
    tellFindings(view, plan);
    if (changes === 0) return { outcome: 'unchanged', changes, summary: `nothing of ${spec.name} is there` };

    const shown = await carryOut(
      {
        ...{ observed, plan, planAgain: (state) => planDestroy(state, spec, keys) },
        whether: `take ${spec.name} out`,
        question: questionOf(spec),
        remark:
          pending.length === 0
            ? undefined
            : `${pending.length} of the newest objects are PENDING: once the rule is gone, the rest waits for them`,
        beforeRightsGo: options.wait
          ? () => untilNonePending(observed, spec, { ...session, timeoutMs: options.timeout * 60_000 })
          : undefined,
      },
      session,
      options,
      context,
    );
    if (shown === undefined) return { outcome: 'planned', changes };
    return {
      outcome: 'destroyed',
      changes,
      summary: `${doneSummaryOf(plan.changes)}; read back, nothing of ${spec.name} is left but what stays`,
    };
  } finally {
    await session.close();
  }
}

/** What the newest objects on all sides are encrypted with; forced, it does not matter. */
async function keyDeletion(session: Session, force: boolean): Promise<KeyDeletion> {
  if (force) return { objects: [], force };
  const [{ newestVersions }, { sidesOf }, { statusOf }] = await Promise.all([
    import('../observe/newest-versions.ts'),
    import('../state/names.ts'),
    import('../connect/absent.ts'),
  ]);
  const objects = await Promise.all(
    sidesOf(session.spec).map(async ({ id, bucket }) => {
      const at = session.connections.of(id);
      return newestVersions(at, bucket, ['']).catch((error: unknown) => {
        if (statusOf(error) === 404) return [];
        if (statusOf(error) !== 403) throw error;
        throw new Failure(
          'unknown',
          'key-use-unknown',
          `AWS does not let ${at.identity} see whether objects in ${bucket} need the keys`,
          'allow s3:ListBucketVersions on the bucket and s3:GetObjectVersion on its objects, or leave --delete-keys out',
          { cause: error },
        );
      });
    }),
  );
  return { objects: objects.flat(), force };
}

function questionOf({ name }: Spec): Question {
  return {
    message: `Type the name of the configuration to take it out (${name}):`,
    typed: name,
    declined: (typed) => ({
      message: `"${typed}" is not the name of the configuration; nothing was changed`,
      fix: `type ${name} to take it out`,
    }),
  };
}
