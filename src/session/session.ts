import { setTimeout } from 'node:timers/promises';
import { type ParsedConfig, parseConfig, parseConfigTree } from '../config/parse-config.ts';
import type { ConfigProblem } from '../config/problem.ts';
import { mostYamlBytes } from '../config/read-yaml.ts';
import type { Spec } from '../config/spec.ts';
import type { Connections, SignInSide } from '../connect/connection.ts';
import type { Surroundings } from '../connect/surroundings.ts';
import type { Event, NextCommand } from '../events/event.ts';
import { Failure } from '../events/failure.ts';
import { readText } from '../files/text-file.ts';
import type { View } from '../show/view.ts';
import { sidesOf } from '../state/names.ts';
import { shellWord } from '../text/shell-word.ts';
import { questions } from './asked.ts';
import { type CommonOptions, profilesOf, whereOf } from './common-options.ts';
import type { Context, ValidConfig } from './context.ts';
import { readPractice } from './sandbox-options.ts';
import { sandboxSurroundings } from './sandbox-surroundings.ts';
import type { SavedPlan } from './saved-plan.ts';

export interface Session {
  readonly spec: Spec;
  /** As written: what a saved plan keeps. */
  readonly config: unknown;
  /** Named as given. */
  readonly file: string;
  readonly view: View;
  /** What another command needs that is to do something here. */
  readonly on: NextCommand['on'];
  readonly surroundings: Surroundings;
  readonly connections: Connections;
  readonly saved?: SavedPlan;
  /** IDs of rules of others that may stop working, or work differently. */
  readonly acceptBreaking: readonly string[];
  readonly signal: AbortSignal;
  close(): Promise<void>;
}

/** @throws Failure `invalid` with every problem reported, before any call; `unauthorized`. */
export async function openSession(given: CommonOptions, context: Context, view: View): Promise<Session> {
  const { options, saved } = await withSavedPlan(given);
  const { spec, config } = await readSpec(options, context, view, saved);
  const { surroundings, close } = await surroundingsOf(options, context, view, [sidesOf(spec)]);
  try {
    view.report({ type: 'phase', name: 'observe' });
    // Loads the SDK only for a configuration without problems.
    const { connect } = await import('../connect/connect.ts');
    const connections = await connect(spec, surroundings);
    return {
      spec,
      config,
      on: whereOf(options),
      file: options.plan ?? options.config ?? 'repl.yaml',
      view,
      surroundings,
      connections,
      ...(saved && { saved }),
      acceptBreaking: listAccepted(options),
      signal: context.signal,
      async close() {
        connections.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @param sides of each configuration; the first is the source. */
export async function surroundingsOf(
  options: CommonOptions,
  context: Context,
  view: View,
  sides: readonly (readonly SignInSide[])[],
): Promise<{ readonly surroundings: Surroundings; close(): Promise<void> }> {
  if (context.among) return { surroundings: context.among.surroundings, close: async () => undefined };
  const practice = await readPractice(options);
  return options.sandbox
    ? sandboxSurroundings(options, practice, sides, context, view)
    : networkSurroundings(context, view);
}

/** @throws Failure `invalid` with every problem reported. */
export async function readSpec(
  options: CommonOptions,
  context: Context,
  view: View,
  saved?: SavedPlan,
): Promise<ValidConfig> {
  const { env, among } = context;
  const { config: file, plan = '' } = options;
  if (options.isFound) tellFound(options, view);
  const parsed = saved
    ? parseConfigTree(saved.spec, { file: plan, env, ...rulesOf(options) })
    : (among?.parsed ?? (await readConfig(options, context)));
  if (!parsed.ok) {
    for (const one of parsed.problems) view.report(configEvent('problem', one, file));
    throw invalidConfig(parsed.problems.length);
  }
  for (const one of parsed.warnings) view.report(configEvent('warning', one, file));
  if (saved) {
    const { signInsOf } = await import('./saved-plan.ts');
    for (const one of signInsOf(plan, parsed.spec))
      view.report(options.json ? one : { type: 'note', message: one.text });
  }
  const { acceptNarrowing, resendConfirmation } = options;
  const given = { ...(acceptNarrowing && { acceptNarrowing }), ...(resendConfirmation && { resendConfirmation }) };
  return { ...parsed, spec: { ...parsed.spec, ...given } };
}

function tellFound({ config = '', json }: CommonOptions, view: View): void {
  const text = `Using ${config}`;
  view.report(json ? { type: 'item', kind: 'config', text, members: { config } } : { type: 'note', message: text });
}

/** Keeps what the plan was made with; more breaks may be accepted now. */
async function withSavedPlan(
  options: CommonOptions,
): Promise<{ readonly options: CommonOptions; readonly saved?: SavedPlan }> {
  if (options.plan === undefined) return { options };
  const { readPlan } = await import('./saved-plan.ts');
  const saved = await readPlan(options.plan, options.sandbox ?? false);
  if (!saved.accepted) return { options, saved };
  const { acceptBreaking = [], acceptNarrowing = false } = options;
  const { breaking, narrowing } = saved.accepted;
  const accepted = {
    acceptBreaking: [...breaking, ...acceptBreaking],
    acceptNarrowing: narrowing || acceptNarrowing,
  };
  return { options: { ...options, ...accepted }, saved };
}

/** Includes rules that are named without a file. */
export function listAccepted({ acceptBreaking = [], config = 'repl.yaml' }: CommonOptions): readonly string[] {
  const own = `${config}:`;
  return acceptBreaking.flatMap((one) => (one.startsWith(own) ? [one, one.slice(own.length)] : [one]));
}

export async function readConfig(options: CommonOptions, { env }: Pick<Context, 'env'>): Promise<ParsedConfig> {
  const { config: file, flagValues: flags } = options;
  const text = await configText(file, Object.keys(flags).length > 0);
  return parseConfig(text, { file: file ?? 'repl.yaml', flags, env, ...rulesOf(options) });
}

function rulesOf(options: CommonOptions) {
  return { profiles: profilesOf(options), sandbox: options.sandbox ?? false };
}

export function invalidConfig(count: number): Failure {
  return new Failure(
    'invalid',
    'config',
    `${count} ${count === 1 ? 'problem' : 'problems'} in the configuration`,
    'fix the file or the flags; s3repl called nothing',
  );
}

export function configEvent(type: 'problem' | 'warning', problem: ConfigProblem, file = 'repl.yaml'): Event {
  const { where, message, line, column } = problem;
  const place = line === undefined || column === undefined ? {} : { file, line, column };
  return { type, code: 'config', where, message, ...place };
}

async function configText(file: string | undefined, hasFlags: boolean): Promise<string> {
  const refuse = (message: string, fix?: string) => new Failure('invalid', 'no-config', message, fix);
  const text = await readText(file ?? 'repl.yaml', { most: mostYamlBytes, refuse });
  if (text !== undefined) return text;
  if (file !== undefined)
    throw refuse(
      `there is no file ${file}`,
      `s3repl init --config ${shellWord(file)} asks for the values and writes it`,
    );
  if (hasFlags) return '';
  const { findConfigAbove } = await import('./find-config.ts');
  const above = await findConfigAbove(process.cwd());
  throw refuse(
    'there is no repl.yaml in this folder',
    above === undefined
      ? 's3repl init asks for the values and writes it; or name another file with --config FILE'
      : `to use ${above}, name it: --config ${shellWord(above)}`,
  );
}

/** Asks a person for MFA codes, and warns of plain-http endpoints. */
export async function networkSurroundings(context: Context, view: View) {
  const [{ plainHttpWarnings }, { foreignEndpoint }] = await Promise.all([
    import('../connect/plain-http.ts'),
    import('../connect/own-endpoint.ts'),
  ]);
  for (const warning of await plainHttpWarnings(context.env)) view.report(warning);
  const endpoint = foreignEndpoint(context.env);
  const surroundings: Surroundings = {
    report: view.report,
    env: context.env,
    ...(endpoint === undefined ? {} : { endpoint }),
    now: () => performance.now(),
    sleep: (ms) => setTimeout(ms, undefined, { signal: context.signal }),
    ...(context.deadline ? { deadline: context.deadline.signal } : {}),
    ...questions(context, view),
  };
  return { surroundings, close: async () => undefined };
}
