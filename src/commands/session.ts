/** What every command on a configuration begins with: the spec, the view, the way to AWS or to the sandbox. */
import { constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { type ParsedConfig, parseConfig, parseConfigTree } from '../config/parse-config.ts';
import type { Spec } from '../config/spec.ts';
import { type Connections, connect, type Surroundings } from '../observe/connect.ts';
import { Failure } from '../plan/failure.ts';
import { accountIn, rootArn, sidesOf } from '../plan/names.ts';
import { humanView } from '../show/human-view.ts';
import { jsonView } from '../show/json-view.ts';
import type { View } from '../show/view.ts';
import type { CommonOptions } from './common-options.ts';
import type { Context } from './context.ts';

export interface Session {
  readonly spec: Spec;
  /** As written: what a saved plan keeps. */
  readonly config: unknown;
  readonly view: View;
  readonly surroundings: Surroundings;
  readonly connections: Connections;
  readonly signal: AbortSignal;
  close(): Promise<void>;
}

/** The view that the options ask for. */
export function viewFor(options: CommonOptions, context: Context, show: 'documents' | 'commands' = 'documents'): View {
  const { verbose = false, sandbox = false, color } = options;
  const view = options.json
    ? jsonView(context.stdout, { verbose, sandbox })
    : humanView(context.stdout, context.stderr, { verbose, sandbox, show, color: color && !context.env.NO_COLOR });
  context.use(view);
  return view;
}

/**
 * Reads the configuration and signs in.
 *
 * @param savedConfig the configuration of a saved plan, in place of the file.
 * @throws Failure `invalid` with every problem reported, before any call is made; `unauthorized`.
 */
export async function openSession(
  options: CommonOptions,
  context: Context,
  view: View,
  savedConfig?: { readonly file: string; readonly tree: unknown },
): Promise<Session> {
  const { spec, config } = await readSpec(options, context, view, savedConfig);
  const { surroundings, close } = options.sandbox
    ? await sandboxSurroundings(options, spec, view)
    : networkSurroundings(context, view);
  try {
    view.report({ type: 'phase', name: 'observe' });
    const connections = await connect(spec, surroundings);
    return {
      spec,
      config,
      view,
      surroundings,
      connections,
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

/** The configuration, before anybody signs in; every problem of it is reported. */
export async function readSpec(
  { config: file, flagValues }: CommonOptions,
  { env }: Context,
  view: View,
  savedConfig?: { readonly file: string; readonly tree: unknown },
): Promise<{ readonly spec: Spec; readonly config: unknown }> {
  const hasFlags = Object.keys(flagValues).length > 0;
  const parsed: ParsedConfig = savedConfig
    ? parseConfigTree(savedConfig.tree, { file: savedConfig.file, env })
    : parseConfig(await configText(file, hasFlags), { file: file ?? 'repl.yaml', flags: flagValues, env });
  if (!parsed.ok) {
    for (const { where, message } of parsed.problems) view.report({ type: 'problem', code: 'config', where, message });
    const count = parsed.problems.length;
    throw new Failure(
      'invalid',
      'config',
      `${count} ${count === 1 ? 'problem' : 'problems'} in the configuration`,
      'nothing was called',
    );
  }
  for (const { where, message } of parsed.warnings) view.report({ type: 'warning', code: 'config', where, message });
  return parsed;
}

async function configText(file: string | undefined, hasFlags: boolean): Promise<string> {
  try {
    return await readFile(file ?? 'repl.yaml', { encoding: 'utf8', flag: constants.O_RDONLY });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && file === undefined) {
      if (hasFlags) return '';
      throw new Failure(
        'invalid',
        'no-config',
        'there is no repl.yaml in this folder',
        'name the file with --config FILE, or give every value as a flag; docs/examples of the package has examples',
      );
    }
    if (code === 'ENOENT') throw new Failure('invalid', 'no-config', `there is no file ${file}`);
    throw new Failure('invalid', 'no-config', `cannot read ${file ?? 'repl.yaml'}: ${message}`);
  }
}

/** AWS itself, and a person to ask for MFA codes where there is one. */
export function networkSurroundings(context: Context, view: View) {
  const surroundings: Surroundings = {
    report: view.report,
    now: () => performance.now(),
    sleep: (ms) => setTimeout(ms, undefined, { signal: context.signal }),
    ...(context.interactive ? { askMfaCode: mfaQuestions(context, view) } : {}),
  };
  return { surroundings, close: async () => undefined };
}

/** Sides sign in together, but a person answers one question after the other. */
function mfaQuestions({ signal }: Context, view: View): (serial: string) => Promise<string> {
  let last: Promise<unknown> = Promise.resolve();
  return (serial) => {
    const ask = async () => {
      view.rest();
      const { input } = await import('@inquirer/prompts');
      return input({ message: `MFA code of ${serial}:` }, { output: process.stderr, signal });
    };
    const answer = last.then(ask, ask);
    last = answer;
    return answer;
  };
}

/** What keeps the sandbox's state from being read or written is not our mistake. */
export function sandboxFailure(error: unknown): never {
  const { name, message, code } = error as NodeJS.ErrnoException;
  if (name === 'SandboxBusyError')
    throw new Failure('failed', 'sandbox-busy', message, 'wait for it to end, or give another folder with --state');
  if (name === 'SandboxStateError')
    throw new Failure('failed', 'sandbox-state', message, 's3repl sandbox reset empties it');
  if (code === undefined) throw error;
  throw new Failure(
    'failed',
    'sandbox-state',
    `the sandbox cannot keep its state: ${message}`,
    'give another folder with --state DIR',
  );
}

async function sandboxSurroundings(options: CommonOptions, spec: Spec, view: View) {
  const { openSandbox, sandboxCredentials } = await import('../sandbox/sandbox.ts');
  const sandbox = await openSandbox({ directory: options.state }).catch(sandboxFailure);
  // A role that repl.yaml signs in with would be there already: the sandbox makes it, for the source's administrator.
  for (const { access } of sidesOf(spec)) {
    if (access.assumeRole === undefined) continue;
    const made = await sandbox.ensureRole(access.assumeRole, [rootArn(spec.source)]);
    if (made)
      view.report({
        type: 'note',
        message: `made the role ${access.assumeRole} in account ${accountIn(access.assumeRole)}`,
      });
  }
  const surroundings: Surroundings = {
    report: view.report,
    requestHandler: sandbox.requestHandler,
    credentialsFor: ({ access, account }) => {
      const credentials = sandboxCredentials(access.assumeRole === undefined ? account : spec.source.account);
      return async () => credentials;
    },
    // There are no MFA devices in the sandbox: any code will do.
    askMfaCode: async () => '000000',
    now: sandbox.clock.now,
    sleep: sandbox.clock.sleep,
  };
  return { surroundings, close: () => sandbox.close() };
}
