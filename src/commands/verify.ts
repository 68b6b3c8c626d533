import { Command, InvalidArgumentError, Option } from 'commander';
import type { Result } from '../events/event.ts';
import { endOf, Failure, isStop, stopped } from '../events/failure.ts';
import {
  type CommonOptions,
  commonOptions,
  nextCommand,
  withConfigsOptions,
  withSummaryOption,
} from '../session/common-options.ts';
import type { Context, Runner } from '../session/context.ts';
import { byDeadline, withDeadlineOption } from '../session/deadline.ts';
import { minutes } from '../session/duration.ts';
import { oneOrSeveral } from '../session/one-or-several.ts';
import type { Session } from '../session/session.ts';
import type { State } from '../state/state.ts';
import type { CanaryWork } from '../verify/canary.ts';
import type { Verification } from '../verify/verify.ts';

/** Minutes: what S3 Replication Time Control promises (S3 User Guide, replication-time-control). */
const defaultTimeout = 15;

interface VerifyOptions extends CommonOptions {
  readonly canary: boolean;
  readonly canaryPrefix?: string;
  /** Minutes. */
  readonly timeout: number;
}

/** `s3repl verify`: nothing has changed, the model agrees, and an object really arrives. */
export function verifyCommand(run: Runner): Command {
  const command = new Command('verify')
    .option('--no-canary', 'write no object: what AWS shows and what the model says only')
    .option('--canary-prefix <prefix>', 'where canaries are written (default: .s3repl-canary/)', keyPrefix)
    .addOption(
      new Option('--timeout <duration>', 'how long to wait for them to arrive')
        .argParser(minutes)
        .default(defaultTimeout, `${defaultTimeout}m`),
    )
    .addHelpText(
      'after',
      `
It asks nobody.

Examples:
  $ s3repl verify
  $ s3repl verify --no-canary --json        # in an account where nothing may be written
  $ s3repl verify --config pairs/           # every *.yaml in a folder
  $ s3repl verify --timeout 30m
  $ s3repl verify --deadline 20m            # the whole run, whatever it waits for`,
    );
  withDeadlineOption(command);
  return withConfigsOptions(withSummaryOption(command)).action(() =>
    run('verify', (context) =>
      oneOrSeveral({ name: 'verify' }, runVerify, commonOptions<VerifyOptions>(command), context),
    ),
  );
}

function keyPrefix(value: string): string {
  if (value === '' || value.startsWith('/')) throw new InvalidArgumentError('it is a prefix of keys: canary/');
  return value.endsWith('/') ? value : `${value}/`;
}

/** Looks, asks the model, and proves by canaries. */
export async function runVerify(options: VerifyOptions, context: Context): Promise<Result> {
  return byDeadline(options, context, (within) => verified(options, within));
}

async function verified(options: VerifyOptions, context: Context): Promise<Result> {
  const [
    { openSession },
    { viewFor },
    { observe },
    { planApply },
    { tellFindings },
    { checkReplication, refusalOf, verdictSummary },
  ] = await Promise.all([
    import('../session/session.ts'),
    import('../session/view-for.ts'),
    import('../observe/observe.ts'),
    import('../plan/plan.ts'),
    import('../session/findings.ts'),
    import('../session/replication-check.ts'),
  ]);
  const view = await viewFor(options, context);
  const session = await openSession(options, context, view);
  try {
    const { spec, connections, signal } = session;
    const observed = await observe(connections, spec);
    signal.throwIfAborted();
    const plan = planApply(observed, spec);
    view.report({ type: 'phase', name: 'done' });
    tellFindings(view, plan);
    const changes = plan.changes.length;
    if (changes > 0) {
      await view.plan(plan, spec);
      const summary = 'something is not as the configuration says: the plan above would put it right';
      return { outcome: 'differs', changes, summary, next: nextCommand('apply', options) };
    }
    const checked = checkReplication(session, observed, { force: false });
    const refusal = refusalOf(checked);
    if (refusal && (refusal.outcome === 'blocked' || !options.canary)) return { changes, ...refusal };
    if (!options.canary) {
      const summary = `everything is as the configuration says${verdictSummary(checked)}; not proven: no object was written`;
      return { outcome: 'unchanged', changes, summary };
    }
    return { changes, ...(await provenByCanaries(session, observed, options)) };
  } finally {
    await session.close();
  }
}

/** The last part of `verify`, and of `apply --verify`: objects that are really written. */
export async function provenByCanaries(
  session: Session,
  state: State,
  options: { readonly canaryPrefix?: string; readonly timeout?: number },
): Promise<Verification> {
  const { spec, connections, surroundings, signal, view } = session;
  const [{ verifyReplication }, { canaryPrefix }, { tellCauses }] = await Promise.all([
    import('../verify/verify.ts'),
    import('../state/names.ts'),
    import('../session/tell-causes.ts'),
  ]);
  view.report({ type: 'phase', name: 'verify' });
  const timeoutMs = (options.timeout ?? defaultTimeout) * 60_000;
  const told = new Set<string>();
  const diagnose: CanaryWork['diagnose'] = (object) => tellCauses(session, object, told);
  const work = { spec, state, connections, surroundings, signal, timeoutMs, diagnose };
  try {
    return await verifyReplication(work, options.canaryPrefix ?? canaryPrefix);
  } catch (error) {
    if (!isStop(error, signal)) throw error;
    const known = error instanceof Failure && error !== signal.reason;
    const end = endOf(known ? error : stopped(signal, 'before a canary was written'));
    if (end.outcome === 'cancelled') throw error;
    return { ...end, outcome: 'unknown' };
  }
}
