/** argv in, exit code out: the commander tree and the one place where errors end. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError, type Help } from 'commander';
import { applyCommand } from '../commands/apply.ts';
import type { Context, Result, Runner } from '../commands/context.ts';
import { destroyCommand } from '../commands/destroy.ts';
import { doctorCommand } from '../commands/doctor.ts';
import { initCommand } from '../commands/init.ts';
import { permissionsCommand } from '../commands/permissions.ts';
import { planCommand } from '../commands/plan.ts';
import { sandboxCommand } from '../commands/sandbox.ts';
import { verifyCommand } from '../commands/verify.ts';
import type { ResultEvent } from '../plan/event.ts';
import type { Outcome } from '../plan/failure.ts';
import type { View } from '../show/view.ts';
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
    await commandTree(run).parseAsync([...argv], { from: 'user' });
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
      if (code === 'bug' && argv.includes('--verbose')) process.stderr.write(`${(error as Error).stack}\n`);
    }
  } finally {
    release();
  }
  return exitCodes[outcome];
}

/** For what goes wrong before a command has chosen its view. */
function plainReport(argv: readonly string[]): (result: ResultEvent) => void {
  return (result) => {
    if (argv.includes('--json')) process.stdout.write(`${JSON.stringify(result)}\n`);
    else if (result.error) process.stderr.write(`✖ ${result.error.message}\n  → ${result.error.fix ?? ''}\n`);
  };
}

function commandTree(run: Runner): Command {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const program = new Command('s3repl')
    .description('Cross-account replication of KMS-encrypted S3 objects: sets it up, and shows what is there.')
    .version(version, '--version')
    .addCommand(initCommand(run))
    .addCommand(planCommand(run))
    .addCommand(applyCommand(run))
    .addCommand(permissionsCommand(run))
    .addCommand(doctorCommand(run))
    .addCommand(verifyCommand(run))
    .addCommand(destroyCommand(run))
    .addCommand(sandboxCommand(run))
    .addHelpText(
      'after',
      `
Examples:
  $ s3repl init --sandbox          # practise, without AWS
  $ s3repl init                    # a few questions, and repl.yaml is there
  $ s3repl plan                    # look, change nothing
  $ s3repl apply                   # set it up
  $ s3repl doctor                  # why does it not replicate?
  $ s3repl verify                  # prove that an object arrives
  $ s3repl destroy                 # take it out; objects, buckets and keys stay

Exit codes: 0 done · 1 failed · 2 differs · 3 invalid input · 4 not signed in
            5 a person must act · 6 unknown · 130 cancelled`,
    );
  configured(program);
  return program;
}

/** Errors of arguments end where all others do; help fits 80 columns. */
function configured(command: Command): void {
  command
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .configureHelp({ formatItem });
  for (const inner of command.commands) configured(inner);
}

const helpIndent = 28;

/** A long flag has its description on the next line. */
function formatItem(term: string, _termWidth: number, description: string, helper: Help): string {
  const indent = ' '.repeat(helpIndent);
  const width = Math.max(40, (helper.helpWidth ?? 80) - helpIndent);
  const text = helper.boxWrap(description, width).replaceAll('\n', `\n${indent}`);
  return term.length < helpIndent - 3 ? `  ${term.padEnd(helpIndent - 2)}${text}` : `  ${term}\n${indent}${text}`;
}
