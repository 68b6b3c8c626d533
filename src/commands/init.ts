import type { FlagValues } from '../config/flags.ts';
import { beginInterview } from '../config/interview.ts';
import { type ParseOptions, parseConfigTree } from '../config/parse-config.ts';
import { readYaml } from '../config/read-yaml.ts';
import type { Result } from '../events/event.ts';
import { Failure } from '../events/failure.ts';
import { nextCommand } from '../session/common-options.ts';
import type { Context } from '../session/context.ts';
import { runInSession } from '../session/in-session.ts';
import { commandLine } from '../show/command-line.ts';
import type { InitOptions } from '../wizard/init-options.ts';
import { textOf } from '../wizard/repl-file.ts';

/** Written to the file as the answers that they are. @throws Failure `invalid` where it names other profiles. */
function profileAnswers(options: InitOptions, tree: unknown, where: Pick<ParseOptions, 'file' | 'env'>): FlagValues {
  const { profile, destinationProfile, flagValues: flags } = options;
  if (profile === undefined && destinationProfile === undefined) return {};
  const parsed = parseConfigTree(tree, { ...where, flags, profiles: options });
  const conflict = parsed.ok ? undefined : parsed.problems.find(({ path }) => path.endsWith('.access.profile'));
  if (conflict) throw new Failure('invalid', 'config', `${conflict.where}: ${conflict.message}`, 'nothing was written');
  return {
    ...(profile !== undefined && { 'source.access.profile': profile }),
    ...(destinationProfile !== undefined && { 'destinations[0].access.profile': destinationProfile }),
  };
}

/** Asks what is missing, or names it where nobody can be asked. */
export async function run(options: InitOptions, context: Context): Promise<Result> {
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
  const flags = { ...profileAnswers(options, read.tree, { file, env: context.env }), ...options.flagValues };
  const known = { file: read.tree, flags, advanced: options.advanced ?? false, sandbox: options.sandbox ?? false };
  const given = { options, context, file, before };
  if (!context.ask || options.yes || options.json) {
    const { withoutTerminal } = await import('../wizard/without-terminal.ts');
    return withoutTerminal(given, beginInterview(known, context.env));
  }
  // Inquirer reads the process environment when it loads to choose colors; main gave the context that one.
  if (!options.color) Object.assign(context.env, { NO_COLOR: '1' });
  const { runAtTerminal, failOnLeave } = await import('../wizard/at-terminal.ts');
  const end = await runAtTerminal(given, known);
  if ('result' in end) return end.result;
  const apply = commandLine(nextCommand('apply', end.apply));
  const stopped = failOnLeave(`Stopped. ${file} is written; run ${apply} to continue.`);
  return end.finish(await runInSession(() => import('./apply.ts'), end.apply, end.context).catch(stopped));
}
