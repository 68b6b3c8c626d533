/** The one place where errors end. */
import type { Writable } from 'node:stream';
import { CommanderError } from 'commander';
import type { Result, ResultEvent } from '../events/event.ts';
import { endOf, type Failure, type Outcome, worstOf } from '../events/failure.ts';
import type { Context, Runner } from '../session/context.ts';
import { type Output, type Screen, type View, widthOf } from '../show/view.ts';
import { askAtTerminal } from './asker.ts';
import { commandTree } from './command-tree.ts';
import { exitCodes } from './exit-code.ts';
import { interruptible, type Signals } from './interruptible.ts';
import { watchStdout } from './stdout.ts';

export type Program = Pick<NodeJS.Process, 'env'> & {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined };
  readonly stdout: Output & Writable;
  readonly stderr: Screen;
  /** Absent: this process. */
  readonly signals?: Signals;
};

/** @param argv without `node` and the script. @returns the exit code (design.md 4). */
export async function main(argv: readonly string[], program: Program = process): Promise<number> {
  if (argv[0] !== 'complete' || argv[1] !== '--') return runProgram(argv, program);
  const { completions } = await import('./completions.ts');
  for (const line of await completions(argv.slice(2))) program.stdout.write(`${line}\n`);
  return 0;
}

async function runProgram(argv: readonly string[], program: Program): Promise<number> {
  const { stdin, stdout, stderr, env, signals = process } = program;
  let view: View | undefined;
  let outcome: Outcome = 'done';
  let command = 's3repl';
  let told = false;
  const written = watchStdout(stdout);
  const { signal, release } = interruptible(() => view?.releaseScreen(), { stderr, signals });
  const isSeen = stdin.isTTY && stdout.isTTY && stderr.isTTY && !env.CI;
  const context: Context = {
    stdout,
    stderr,
    streams: { stdin, stdout, stderr },
    ...(isSeen && { ask: askAtTerminal({ stdin, stderr, env }) }),
    env,
    signal,
    use: (one) => {
      view = one;
    },
  };
  const end = async (result: Result) => {
    const failure = await written.failure();
    const event = resultEvent(command, result, failure);
    outcome = event.outcome;
    // With --json the result goes to the broken stdout, so nobody sees it.
    told = failure !== undefined && event.error?.code === failure.code && !argv.includes('--json');
    if (view) view.report(event);
    else await reportPlainly(argv, event, program);
  };
  const run: Runner = async (name, work) => {
    command = name;
    await end(await work(context));
  };

  try {
    const asked = await readWords(argv);
    const tree = await commandTree(run, asked, stdout);
    await tree.parseAsync([...asked], { from: 'user' });
  } catch (error) {
    const result = await resultOf(error, signal.aborted, argv);
    if (result) await end(result);
    if (result?.error?.code === 'bug' && argv.includes('--verbose')) await printStack(error, program);
  } finally {
    release();
  }
  const failure = await written.failure();
  if (failure) {
    const out = await outputs(program);
    if (!told) out.stderr.write(`✖ ${out.printable(failure.message)}\n`);
    outcome = worstOf([outcome, 'failed']);
  }
  written.release();
  return exitCodes[outcome];
}

/** What other tools take as well: `version`, and `help` with a command, which Commander does not check. */
async function readWords(argv: readonly string[]): Promise<readonly string[]> {
  const [first, second, ...more] = argv;
  if (first === 'version' && second === undefined) return ['--version'];
  if (first !== 'help' || second === undefined || more.length > 0 || second === 'config') return argv;
  const { commands } = await import('../commands/commands.ts');
  return commands.some(({ name }) => name === second) ? argv : [second];
}

/** An error of the command itself matters more than a broken stdout. */
function resultEvent(command: string, result: Result, failure: Failure | undefined): ResultEvent {
  const end = failure && !result.error ? { changes: result.changes, ...endOf(failure) } : result;
  return { type: 'result', command, ...end };
}

/** Undefined where Commander only showed --help or --version, for which it throws, too. */
async function resultOf(error: unknown, interrupted: boolean, argv: readonly string[]): Promise<Result | undefined> {
  if (!(error instanceof CommanderError)) {
    const { explain } = await import('../session/explain.ts');
    return { changes: 0, ...endOf(explain(error, interrupted)) };
  }
  if (error.exitCode === 0 || error.code === 'commander.help') return undefined;
  const { usageError } = await import('./usage-error.ts');
  return usageError(error, argv);
}

async function printStack(error: unknown, program: Program): Promise<void> {
  const { stderr, printable } = await outputs(program);
  stderr.write(`${printable(String((error as Error).stack))}\n`);
}

/** For errors before a command has chosen its view. */
async function reportPlainly(argv: readonly string[], unsafe: ResultEvent, program: Program): Promise<void> {
  const { stdout, stderr, printableDeep, wrapText } = await outputs(program);
  const result = printableDeep(unsafe);
  if (argv.includes('--json')) {
    stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  if (!result.error) return;
  const { message, fix } = result.error;
  const wrap = (text: string, indent: string) => wrapText(text, indent, Math.min(widthOf(stderr), 80));
  stderr.write(`${wrap(`✖ ${message}`, '  ')}\n${fix === undefined ? '' : `  ${wrap(`→ ${fix}`, '    ')}\n`}`);
}

/** In GitHub Actions the runner must not take any printed text for a command. */
async function outputs({ stdout, stderr, env }: Program): Promise<Outputs> {
  const { printable, printableDeep, wrapText } = await import('../show/printable.ts');
  if (env.GITHUB_ACTIONS !== 'true') return { stdout, stderr, printable, printableDeep, wrapText };
  const { withoutCommands } = await import('../show/workflow-commands.ts');
  return { stdout: withoutCommands(stdout), stderr: withoutCommands(stderr), printable, printableDeep, wrapText };
}

type Outputs = { readonly stdout: Output; readonly stderr: Output } & Pick<
  typeof import('../show/printable.ts'),
  'printable' | 'printableDeep' | 'wrapText'
>;
