import { AsyncLocalStorage } from 'node:async_hooks';
import { isSameJson } from '../aws/json.ts';
import { closePool, newPool } from '../connect/pool.ts';
import type { ConfigurationResult, Event, Result } from '../events/event.ts';
import { endOf, Failure, stopFailure, worstOf } from '../events/failure.ts';
import { atMost } from '../observe/at-most.ts';
import { type Configured, conflictsAmong, groupsOf } from '../plan/together.ts';
import type { View } from '../show/view.ts';
import { sidesOf } from '../state/names.ts';
import type { Approvable } from './approval.ts';
import { Block } from './block.ts';
import { type CommonOptions, whereOf } from './common-options.ts';
import type { Context, Job, ValidConfig, Work } from './context.ts';
import { explain } from './explain.ts';
import { JointApproval } from './joint-approval.ts';
import { configEvent, invalidConfig, readConfig, surroundingsOf } from './session.ts';
import { viewFor } from './view-for.ts';

interface Configuration extends Configured {
  readonly parsed: ValidConfig;
}

/** @throws Failure `invalid` where an option was given that is about one configuration. */
export function assertForSeveral({ aboutOne = [] }: Job, options: CommonOptions, count: number): void {
  const given = aboutOne.find((name) => new Map(Object.entries(options)).get(name) !== undefined);
  if (given === undefined) return;
  const option =
    given === 'plan' ? 'a saved plan' : `--${given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new Failure(
    'invalid',
    'one-configuration',
    `${option} works on one configuration only, and --config names ${count}`,
    'run the command once for each of them',
  );
}

/**
 * Configurations that share a document run one after the other. One that fails stops no other; after Ctrl-C no further one begins.
 * @returns all ends, and the worst of them.
 * @throws Failure `invalid` with every problem of every file reported, before any call; `cancelled` where nothing was done.
 */
export async function runSeveral<O extends CommonOptions>(
  job: Job,
  run: Work<O>,
  options: O,
  context: Context,
  files: readonly string[],
): Promise<Result> {
  const { concurrency = 8, show } = options;
  const view = await viewFor(options, context);
  const configurations = await readTogether(files, options, context, view);
  const current = new AsyncLocalStorage<{ view?: View }>();
  const report: View['report'] = (event) => (current.getStore()?.view ?? view).report(event);
  const sides = configurations.map(({ spec }) => sidesOf(spec));
  const { surroundings, close } = await surroundingsOf(options, context, { ...view, report }, sides);
  const pool = newPool(surroundings);

  const results = new Map<Configuration, Result>();
  const running = new Set<string>();
  const progress = () =>
    view.report({ type: 'running', names: [...running], done: results.size, of: configurations.length });

  const work = async (configuration: Configuration, approval: Approvable): Promise<void> => {
    const { config, spec, parsed } = configuration;
    const block = new Block(show === 'commands' ? `# ${spec.name} (${config})` : `── ${spec.name} (${config})`);
    const one = { ...options, ...approval, config, configs: [config] };
    const within: Context = {
      ...context,
      ...(options.json ? {} : { stdout: block.stdout, stderr: block.stderr }),
      among: { config, parsed, surroundings: { ...surroundings, pool } },
      use: (own) => {
        here.view = own;
      },
    };
    const here: { view?: View } = {};
    running.add(spec.name);
    progress();
    const result = await current.run(here, () =>
      context.signal.aborted
        ? resultOfNone(context)
        : run(one, within).catch((error) => resultOf(error, options, within)),
    );
    running.delete(spec.name);
    const waits = approval.look && result.outcome === 'planned';
    if (!waits) {
      results.set(configuration, result);
      (here.view ?? (await viewFor(one, within))).report({ type: 'result', command: job.name, ...result });
    }
    view.releaseScreen();
    block.end(context);
    progress();
  };

  try {
    const approval = new JointApproval();
    const ask = job.writes && !options.yes ? context.ask : undefined;
    if (ask) {
      await atMost(concurrency, configurations, (one) => work(one, approval.look(one.config)));
      context.signal.throwIfAborted();
      if (results.size < configurations.length) await approval.ask(job, ask, context.signal);
    }
    const left = configurations.filter((one) => !results.has(one));
    await atMost(concurrency, job.writes ? groupsOf(left) : left.map((one) => [one]), async (group) => {
      for (const [index, one] of group.entries()) {
        const before = group.slice(0, index).map(({ config }) => config);
        await work(one, ask ? approval.approvalFor(one.config, before) : {});
      }
    });
  } finally {
    current.disable();
    view.releaseScreen();
    closePool(pool);
    await close();
  }
  return sumUp(configurations, results, options, context);
}

function resultOfNone({ signal }: Context): Result {
  return { changes: 0, ...endOf(stopFailure(signal, 'before it started')) };
}

function resultOf(error: unknown, { verbose }: CommonOptions, { signal, stderr }: Context): Result {
  const failure = explain(error, signal.aborted);
  if (failure.code === 'bug' && verbose) stderr.write(`${(error as Error).stack}\n`);
  return { changes: 0, ...endOf(failure) };
}

async function readTogether(
  files: readonly string[],
  options: CommonOptions,
  context: Context,
  view: View,
): Promise<readonly Configuration[]> {
  const configurations: Configuration[] = [];
  let problems = 0;
  const tell = (event: Event) => {
    problems += 1;
    view.report(event);
  };
  for (const config of files) {
    try {
      const parsed = await readConfig({ ...options, config }, context);
      if (parsed.ok) configurations.push({ config, parsed, spec: parsed.spec });
      else for (const one of parsed.problems) tell(configEvent('problem', one, config));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      tell({ type: 'problem', code: error.code, where: config, message: error.message });
    }
  }
  for (const one of conflictsAmong(configurations)) tell({ type: 'problem', code: 'conflict', ...one });
  if (problems > 0) throw invalidConfig(problems);
  return configurations;
}

function sumUp(
  configurations: readonly Configuration[],
  results: ReadonlyMap<Configuration, Result>,
  options: CommonOptions,
  context: Context,
): Result {
  const ended: readonly ConfigurationResult[] = configurations.map((one) => {
    const { outcome, changes, error, status } = results.get(one) ?? resultOfNone(context);
    const about = { config: one.config, name: one.spec.name };
    return { ...about, outcome, changes, ...(status && { status }), ...(error && { error }) };
  });
  const outcomes = ended.map(({ outcome }) => outcome);
  const failed = ended.filter(({ error }) => error);
  const counts = [...new Set(outcomes)].map(
    (outcome) => `${outcomes.filter((one) => one === outcome).length} ${outcome}`,
  );
  const nextCommands = [...results.values()].flatMap(({ next }) => (next ? { ...next, on: whereOf(options) } : []));
  const [next] = nextCommands;
  const isForAll = next !== undefined && nextCommands.every((one) => isSameJson(one, next));
  return {
    outcome: worstOf(outcomes),
    changes: ended.reduce((sum, { changes }) => sum + changes, 0),
    summary: counts.join(', '),
    ...(failed.length > 0 && {
      error: {
        code: 'configurations',
        message: `${failed.length} of ${ended.length} configurations did not succeed (${counts.join(', ')})`,
        fix: 'see each configuration above for what happened and what to do; those that succeeded stay as they are',
      },
    }),
    ...(isForAll && { next }),
    configurations: ended,
  };
}
