import { Command, InvalidArgumentError, Option } from 'commander';
import { type Flag, type FlagValues, flagAt, flags } from '../config/flags.ts';
import type { GivenProfiles } from '../config/given-profiles.ts';
import type { GivenFlag, NextCommand } from '../events/event.ts';
import { withCallsOutput } from './output-options.ts';

export interface SandboxChoices {
  readonly sandboxFault?: readonly string[];
  readonly sandboxLag?: readonly string[];
}

export interface CommonOptions extends SandboxChoices, GivenProfiles {
  /** Absent where there are several, or where none was named. */
  readonly config?: string;
  /** Nobody named it: it is in a folder above. */
  readonly isFound?: boolean;
  readonly plan?: string;
  readonly configs?: readonly string[];
  readonly concurrency?: number;
  readonly json?: boolean;
  readonly show?: 'documents' | 'commands';
  readonly yes?: boolean;
  readonly sandbox?: boolean;
  readonly state: string;
  readonly verbose?: boolean;
  readonly summary?: string;
  /** Milliseconds, for the whole run. */
  readonly deadline?: number;
  /** IDs of rules of others; each may begin with its configuration file and a colon. */
  readonly acceptBreaking?: readonly string[];
  readonly acceptNarrowing?: boolean;
  /** Of `apply`. */
  readonly resendConfirmation?: boolean;
  /** Of `status`. */
  readonly watch?: boolean;
  readonly ascii?: boolean;
  readonly color: boolean;
  readonly flagValues: FlagValues;
}

export const defaultState = '.s3repl';

export function withSummaryOption(command: Command): Command {
  return command.option('--summary <file>', 'append the result as Markdown (GITHUB_STEP_SUMMARY)');
}

export function withAcceptBreaking(command: Command): Command {
  return command.addOption(
    new Option(
      '--accept-breaking <[file:]rule>',
      'continue although this rule, which s3repl did not create, would stop or change (may be repeated)',
    ).argParser(collect),
  );
}

export function withAcceptOptions(command: Command): Command {
  return withAcceptBreaking(command).option(
    '--accept-narrowing',
    'narrow the access to keys that an older s3repl version gave',
  );
}

function withSandboxOptions(command: Command): Command {
  const inSandbox = withStateOption(command.option('--sandbox', 'use the built-in practice cloud instead of AWS'));
  // docs/sandbox.md lists the faults.
  return practiceOptions().reduce((one, option) => one.addOption(option.hideHelp()), inSandbox);
}

export function withStateOption(command: Command): Command {
  const state = new Option('--state <dir>', 'where the sandbox keeps its state');
  return command.addOption(state.default(defaultState, defaultState));
}

export function withPracticeOptions(command: Command): Command {
  return practiceOptions().reduce((one, option) => one.addOption(option), command);
}

function practiceOptions(): readonly Option[] {
  return [
    new Option(
      '--sandbox-fault <fault>',
      'a fault in the sandbox, like PutBucketPolicy:2=OperationAborted (may be repeated; docs/sandbox.md)',
    ).argParser(collect),
    new Option(
      '--sandbox-lag <lag>',
      'a delay in the sandbox, like "replication=3 requests" or "role=2000 ms" (may be repeated; docs/sandbox.md)',
    ).argParser(collect),
  ];
}

export function withConfigOptions(command: Command): Command {
  return withValueOptions(
    command.option('-c, --config <file>', 'the configuration (default: repl.yaml)', refuseRepeated),
  );
}

export function withConfigsOptions(command: Command): Command {
  const what = 'file or folder (default: repl.yaml; may be repeated)';
  return withValueOptions(
    command
      .option('-c, --config <file>', what, collect)
      .option('--concurrency <n>', 'how many configurations at a time', concurrency, 8),
  );
}

function refuseRepeated(value: string, before?: string): string {
  if (before === undefined) return value;
  throw new InvalidArgumentError('this command works on one configuration only.');
}

function concurrency(value: string): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= 1 && number <= 100) return number;
  throw new InvalidArgumentError('use a number from 1 to 100.');
}

function withProfileOptions(command: Command): Command {
  return command
    .option('--profile <name>', 'profile to sign in with, where the file names none', profileName)
    .option('--destination-profile <name>', 'the same, for destinations', profileName);
}

function profileName(value: string): string {
  if (value !== '') return value;
  throw new InvalidArgumentError('give the name of a profile.');
}

function withValueOptions(command: Command): Command {
  withProfileOptions(command);
  withSandboxOptions(withCallsOutput(command));
  for (const flag of flags) for (const option of optionsFor(flag)) command.addOption(option.hideHelp());
  return command.addHelpText('after', '\nValues of repl.yaml are flags too: s3repl help config');
}

/** For `s3repl help config`: every value of `repl.yaml` as a flag. */
export function configTopic(): Command {
  const topic = new Command('config')
    .configureHelp({ commandUsage: () => 's3repl COMMAND [values]' })
    .description(
      'Values of repl.yaml, as flags of any command that takes --config. They override the file; --no-… turns a value off.',
    )
    .helpOption(false);
  topic.optionsGroup('Values:');
  for (const flag of flags) for (const option of optionsFor(flag)) topic.addOption(option);
  return topic.action(() => topic.outputHelp());
}

function optionsFor({ flag, kind, description }: Flag): readonly Option[] {
  switch (kind) {
    case 'boolean':
      return [new Option(flag, description), new Option(flag.replace('--', '--no-')).hideHelp()];
    case 'list':
      return [new Option(`${flag} <value>`, `${description} (may be repeated)`).argParser(collect)];
    case 'map':
      return [new Option(`${flag} <key=value>`, `${description} (may be repeated)`).argParser(collect)];
    case 'text':
    case 'integer':
      return [new Option(`${flag} <value>`, description)];
  }
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

export function commonOptions<O extends CommonOptions>(command: Command): O {
  const values = command.opts<Record<string, unknown>>();
  const given = flags.flatMap(({ flag, path }) => {
    const name = new Option(flag).attributeName();
    return command.getOptionValueSource(name) === 'cli' ? [[path, values[name]] as const] : [];
  });
  const { config, ...others } = values as { readonly config?: string | readonly string[] };
  const configs = [config ?? []].flat();
  const [only] = configs.length === 1 ? configs : [];
  return {
    ...others,
    configs,
    ...(only === undefined ? {} : { config: only }),
    flagValues: Object.fromEntries(given),
  } as unknown as O;
}

export function nextCommand(
  command: string,
  options: CommonOptions,
  more: Pick<NextCommand, 'operands' | 'flags'> = {},
): NextCommand {
  return { command, ...more, on: whereOf(options) };
}

export function whereOf(options: CommonOptions): NextCommand['on'] {
  const configs = options.configs ?? [options.config ?? []].flat();
  const values = Object.entries(options.flagValues).flatMap(([path, value]) => flagsAsGiven(path, value));
  return { configs, ...cloudOf(options), ...(values.length > 0 && { values }) };
}

/** As on a command line; whoever knows the external ID may assume the role together with s3repl, so it is not repeated. */
function flagsAsGiven(path: string, value: unknown): readonly GivenFlag[] {
  const { flag, kind } = flagAt(path) ?? {};
  if (flag === undefined) return [];
  if (kind === 'boolean') return [[value === false ? flag.replace('--', '--no-') : flag]];
  if (path.endsWith('.externalId')) return [[flag, 'EXTERNAL_ID']];
  return [value].flat().map((one) => [flag, String(one)] as const);
}

/** A saved plan holds its own configuration. */
export function nextWithoutConfig(
  command: string,
  options: CommonOptions,
  more: Pick<NextCommand, 'operands' | 'flags'> = {},
): NextCommand {
  return { command, ...more, on: cloudOf(options) };
}

function cloudOf({ sandbox, state, ...options }: CommonOptions): NextCommand['on'] {
  return { ...profilesOf(options), ...(sandbox && { sandbox, ...stateOf(state) }) };
}

export function profilesOf({ profile, destinationProfile }: GivenProfiles): GivenProfiles {
  return { ...(profile !== undefined && { profile }), ...(destinationProfile !== undefined && { destinationProfile }) };
}

export function nextInSandbox(
  command: string,
  { state }: Pick<CommonOptions, 'state'>,
  more: Pick<NextCommand, 'operands' | 'flags'> = {},
): NextCommand {
  return { command: `sandbox ${command}`, ...more, on: stateOf(state) };
}

function stateOf(state: string): Pick<NextCommand['on'], 'state'> {
  return state === defaultState ? {} : { state };
}
