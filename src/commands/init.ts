import { Command } from 'commander';
import { Failure } from '../events/failure.ts';
import { commonOptions, withAcceptOptions, withConfigOptions } from '../session/common-options.ts';
import type { Context, Result, Runner } from '../session/context.ts';
import { withDeadlineOption } from '../session/deadline.ts';
import type { InitOptions } from '../wizard/init-options.ts';

/** `s3repl init`: the wizard. */
export function initCommand(run: Runner): Command {
  const command = new Command('init')
    .option('--advanced', 'ask about everything: role, permissions boundary, priorities, more destinations')
    .option('--full', 'write every value to repl.yaml, not only what differs from the defaults')
    .option('--plain', 'plain lines and numbers in place of lists that redraw themselves (for screen readers)')
    .addHelpText(
      'after',
      `
Every question has a flag of the same name; a flag, or a value that repl.yaml has
already, is an answer already given. Ctrl-C leaves at any question, and the next
init goes on there.

Examples:
  $ s3repl init --sandbox          # practise, without AWS
  $ s3repl init
  $ s3repl init --source-access-profile prod --destination-access-profile dr`,
    );
  withAcceptOptions(command);
  withDeadlineOption(command, 'the apply at its end');
  return withConfigOptions(command).action(() =>
    run('init', (context) => runInit(commonOptions<InitOptions>(command), context)),
  );
}

/** Asks what is missing, or names it where nobody can be asked; writes the file; applies it where a person says so. */
export async function runInit(options: InitOptions, context: Context): Promise<Result> {
  const [{ beginInterview }, { readYaml }, { textOf }] = await Promise.all([
    import('../config/interview.ts'),
    import('../config/read-yaml.ts'),
    import('../wizard/repl-file.ts'),
  ]);
  const file = options.config ?? 'repl.yaml';
  const before = await textOf(file);
  const read = before === undefined || before.trim() === '' ? { tree: {}, findings: [] } : readYaml(before);
  if (read.tree === undefined || read.findings.length > 0) {
    const [first] = read.findings;
    throw new Failure(
      'invalid',
      'config',
      `${file} cannot be read: ${first?.message}`,
      `fix it, or name another file with --config FILE`,
    );
  }
  const known = { file: read.tree, flags: options.flagValues, advanced: options.advanced ?? false };
  const given = { options, context, file, before };
  if (!context.interactive || options.yes || options.json) {
    const { withoutTerminal } = await import('../wizard/without-terminal.ts');
    return withoutTerminal(given, beginInterview(known, context.env));
  }
  // Inquirer decides about colour when it is loaded, by the environment of the process: main gave the context that one.
  if (!options.color) Object.assign(context.env, { NO_COLOR: '1' });
  const { atTerminal } = await import('../wizard/at-terminal.ts');
  return atTerminal(given, known);
}
