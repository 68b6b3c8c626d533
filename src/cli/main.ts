/** argv in, exit code out: the commander tree and the one place where errors end. */
import { CommanderError } from 'commander';
import type { Context, Result, Runner } from '../commands/context.ts';
import type { ResultEvent } from '../plan/event.ts';
import type { Outcome } from '../plan/failure.ts';
import { printable, printableDeep } from '../show/printable.ts';
import type { View } from '../show/view.ts';
import { commandTree } from './command-tree.ts';
import { exitCodes } from './exit-code.ts';
import { interruptible } from './interruptible.ts';

/**
 * Runs one command.
 *
 * @param argv without `node` and the script.
 * @returns the exit code (design.md 4).
 */
export async function main(argv: readonly string[]): Promise<number> {
  let view: View | undefined;
  let outcome: Outcome = 'done';
  let command = 's3repl';
  const { signal, release } = interruptible(() => view?.rest());
  const context: Context = {
    stdout: process.stdout,
    stderr: process.stderr,
    interactive: Boolean(process.stdin.isTTY && process.stdout.isTTY && process.stderr.isTTY && !process.env.CI),
    env: process.env,
    signal,
    use: (one) => {
      view = one;
    },
  };
  const end = (result: Omit<ResultEvent, 'type' | 'command'>) => {
    outcome = result.outcome;
    (view?.report ?? plainReport(argv))({ type: 'result', command, ...result });
  };
  const run: Runner = async (name, work) => {
    command = name;
    const result: Result = await work(context);
    end({ ...result });
  };

  try {
    const program = await commandTree(run, argv);
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0 || error.code === 'commander.help') return 0;
      const message = error.message.replace(/^error: /, '');
      end({
        outcome: 'invalid',
        changes: 0,
        error: { code: 'arguments', message, fix: 's3repl --help, or s3repl COMMAND --help' },
      });
    } else {
      const { explain } = await import('./explain.ts');
      const failure = explain(error, signal.aborted);
      const { code, message, fix } = failure;
      end({ outcome: failure.outcome, changes: 0, error: { code, message, ...(fix === undefined ? {} : { fix }) } });
      if (code === 'bug' && argv.includes('--verbose'))
        process.stderr.write(`${printable(String((error as Error).stack))}\n`);
    }
  } finally {
    release();
  }
  return exitCodes[outcome];
}

/** For what goes wrong before a command has chosen its view. */
function plainReport(argv: readonly string[]): (result: ResultEvent) => void {
  return (unsafe) => {
    const result = printableDeep(unsafe);
    if (argv.includes('--json')) process.stdout.write(`${JSON.stringify(result)}\n`);
    else if (result.error) process.stderr.write(`✖ ${result.error.message}\n  → ${result.error.fix ?? ''}\n`);
  };
}
