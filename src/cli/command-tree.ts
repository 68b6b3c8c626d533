/** Builds only the commands that the arguments name: reading each file takes time. */
import { createRequire } from 'node:module';
import { Command, type Help } from 'commander';
import { commands } from '../commands/commands.ts';
import type { Runner } from '../session/context.ts';
import { type Output, widthOf } from '../show/view.ts';
import { refuseForgottenValues } from './forgotten-values.ts';

/** @param argv a command that it does not name gets its name and description only. @param stdout for help. */
export async function commandTree(
  run: Runner,
  argv: readonly string[],
  stdout: Output = process.stdout,
): Promise<Command> {
  const about = createRequire(import.meta.url)('#package') as About;
  const program = new Command('s3repl')
    .description('Sets up, tests, diagnoses and removes cross-account replication of KMS-encrypted S3 objects.')
    .version(about.version, '-V, --version')
    .addHelpText(
      'after',
      `
Examples:
  $ s3repl init --sandbox          # practice, without AWS
  $ s3repl init                    # asks a few questions, writes repl.yaml
  $ s3repl plan                    # shows what would change
  $ s3repl apply                   # sets it up
  $ s3repl doctor                  # why does it not replicate?
  $ s3repl verify                  # proves that an object arrives
  $ s3repl backfill                # replicates existing objects
  $ s3repl status                  # what waits, and what failed
  $ s3repl destroy                 # removes it; objects, buckets and keys stay

Exit codes: 0 done · 1 failed · 2 differs · 3 invalid input · 4 not signed in
            5 a person must act · 6 unknown · 130 cancelled${addressText(about)}`,
    );
  if (argv.includes('config')) {
    const { configTopic } = await import('../session/common-options.ts');
    program.addCommand(configTopic(), { hidden: true });
  }
  for (const declaration of commands) {
    const { name, description } = declaration;
    if (!argv.includes(name)) {
      program.addCommand(new Command(name).description(description));
      continue;
    }
    const { buildCommand } = await import('./build-command.ts');
    program.addCommand(await buildCommand(declaration, run));
  }
  configure(program, stdout);
  return program;
}

interface About {
  readonly version: string;
  readonly homepage: string;
  readonly bugs: { readonly url: string };
}

/** Where to read and to ask; nothing as long as nobody owns the address. */
export function addressText({ homepage, bugs }: Omit<About, 'version'>): string {
  return homepage.includes('/OWNER/') ? '' : `\n\nDocumentation: ${homepage}\nBugs: ${bugs.url}`;
}

/** Errors of arguments end where all others do; help fits 80 columns. */
function configure(command: Command, stdout: Output): void {
  command
    .exitOverride()
    .configureOutput({
      outputError: () => undefined,
      writeOut: (text) => stdout.write(text),
      // Only the help of who names no command, which is no error.
      writeErr: (text) => stdout.write(text),
      // Commander does not wrap at all in fewer than 40.
      getOutHelpWidth: () => Math.max(40, Math.min(80, widthOf(stdout))),
    })
    .configureHelp({ ...command.configureHelp(), formatItem });
  refuseForgottenValues(command);
  for (const inner of command.commands) configure(inner, stdout);
}

const helpIndent = 28;

/** A long flag has its description on the next line. */
function formatItem(term: string, _termWidth: number, description: string, helper: Help): string {
  const indent = ' '.repeat(helpIndent);
  const width = Math.max(40, (helper.helpWidth ?? 80) - helpIndent);
  const text = helper.boxWrap(description, width).replaceAll('\n', `\n${indent}`);
  return term.length < helpIndent - 3 ? `  ${term.padEnd(helpIndent - 2)}${text}` : `  ${term}\n${indent}${text}`;
}
