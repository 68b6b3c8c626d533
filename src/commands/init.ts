import { Command } from 'commander';
import type { Interview } from '../config/interview.ts';
import { Failure } from '../plan/failure.ts';
import type { Output } from '../show/view.ts';
import { type CommonOptions, commandLine, commonOptions, withConfigOptions } from './common-options.ts';
import type { Context, Result, Runner } from './context.ts';

interface InitOptions extends CommonOptions {
  readonly advanced?: boolean;
  readonly full?: boolean;
  readonly plain?: boolean;
}

/** `s3repl init`: the wizard. */
export function initCommand(run: Runner): Command {
  const command = new Command('init')
    .description('ask a few questions, show what will happen, write repl.yaml, and apply it if you say so')
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
  return withConfigOptions(command).action(() =>
    run('init', (context) =>
      runInit({ ...command.opts<InitOptions>(), ...commonOptions(command) } as InitOptions, context),
    ),
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
      `mend it, or name another file with --config FILE`,
    );
  }
  const known = { file: read.tree, flags: options.flagValues, advanced: options.advanced ?? false };
  const given = { options, context, file, before };
  return context.interactive && !options.yes && !options.json
    ? atTerminal(given, known)
    : withoutTerminal(given, beginInterview(known, context.env));
}

interface Given {
  readonly options: InitOptions;
  readonly context: Context;
  readonly file: string;
  readonly before: string | undefined;
}

async function withoutTerminal({ options, context, file, before }: Given, begun: Interview): Promise<Result> {
  const [
    { viewFor },
    { missingFlags, treeOf },
    { parseConfigTree },
    { replFile, writeReplFile, diffLines },
    { withDefaultAnswers },
  ] = await Promise.all([
    import('./session.ts'),
    import('../config/interview.ts'),
    import('../config/parse-config.ts'),
    import('../wizard/repl-file.ts'),
    import('../wizard/default-answers.ts'),
  ]);
  const view = viewFor(options, context);
  const interview = options.yes ? await withDefaultAnswers(begun, options, context, view) : begun;
  const missing = missingFlags(interview);
  if (missing.length > 0) {
    throw new Failure(
      'invalid',
      'missing-flags',
      `${missing.length === 1 ? 'an answer is' : 'answers are'} missing: ${missing.join(' ')}`,
      options.yes
        ? 'give them as flags; the others have defaults'
        : 'give them as flags (--yes takes defaults where there are some), or run s3repl init at a terminal',
    );
  }
  const parsed = parseConfigTree(treeOf({ ...interview, flags: {} }), {
    file,
    env: context.env,
    flags: interview.flags,
  });
  if (!parsed.ok) {
    for (const { where, message } of parsed.problems) view.report({ type: 'problem', code: 'config', where, message });
    throw new Failure('invalid', 'config', 'these answers do not fit', `${file} was not written`);
  }
  for (const { where, message } of parsed.warnings) view.report({ type: 'warning', code: 'config', where, message });
  const repl = replFile(file, before, parsed.config, options.full ?? false);
  for (const line of diffLines(repl)) view.report({ type: 'note', message: line });
  await writeReplFile(repl);
  return written(options, repl.before === repl.after, file);
}

async function atTerminal({ options, context, file, before }: Given, known: Partial<Interview>): Promise<Result> {
  // Inquirer decides about colour when it is loaded.
  if (!options.color) process.env.NO_COLOR = '1';
  const [
    { viewFor },
    { beginInterview, lastAsked },
    { converse },
    { openCloud },
    draft,
    { writeReplFile },
    ascii,
    { wrapped, printable },
  ] = await Promise.all([
    import('./session.ts'),
    import('../config/interview.ts'),
    import('../wizard/wizard.ts'),
    import('../wizard/cloud.ts'),
    import('../wizard/draft.ts'),
    import('../wizard/repl-file.ts'),
    import('../show/ascii.ts'),
    import('../show/printable.ts'),
  ]);
  const utf8 = ascii.takesUtf8(context.env);
  const inAscii = (output: Output): Output =>
    utf8 ? output : { ...sizeOf(output), write: (text) => output.write(ascii.asciiOf(text)) };
  const there: Context = { ...context, stdout: inAscii(context.stdout), stderr: inAscii(context.stderr) };
  const columns = context.stderr.columns ?? 80;
  const write = (text: string) => there.stderr.write(text);
  const say = (text: string) => write(`  ${wrapped(printable(text), '  ', Math.min(columns, 80))}\n`);
  let begun = beginInterview(known, context.env);
  let position: Interview | undefined;
  const prompts = await promptsFor(
    options,
    there,
    utf8,
    write,
    () => position !== undefined && lastAsked(position) !== undefined,
  );
  const view = viewFor(options, there);
  const kind = options.sandbox ? 'sandbox' : 'aws';
  let kept = false;
  try {
    say(`${options.sandbox ? '[sandbox] ' : ''}Replication of encrypted objects from one bucket to another.`);
    say('Enter takes what is offered, Ctrl-C leaves and keeps the answers, < goes back.');
    const found = await draft.readDraft(kind);
    if (found) {
      const next = await prompts.choose({
        message: `There is a draft of ${found.asked.length} answers`,
        choices: draftChoices,
      });
      if (next === 'forget') {
        await draft.forgetDraft();
        return { outcome: 'done', changes: 0, summary: 'the draft is forgotten', next: commandLine('init', options) };
      }
      if (next === 'go on') begun = beginInterview({ ...known, ...found }, context.env);
      kept = next === 'go on';
    }
    const cloud = await openCloud(options, there, view);
    try {
      const decision = await converse(
        {
          prompts,
          cloud,
          env: context.env,
          file,
          before,
          full: options.full ?? false,
          columns,
          say,
          show: (lines) => {
            write(`${lines.map(printable).join('\n')}\n`);
          },
          keep: async (interview) => {
            await draft.keepDraft(interview, kind);
            kept = true;
          },
          view: (show) => viewFor(options, there, show),
        },
        begun,
        (interview) => {
          position = interview;
        },
      );
      viewFor(options, there);
      if (decision.action === 'quit') {
        throw new Failure(
          'cancelled',
          'left',
          'nothing was written; the answers are kept',
          `${commandLine('init', options)} goes on there`,
        );
      }
      await writeReplFile(decision.repl);
      await draft.forgetDraft();
      kept = false;
      if (decision.action === 'write') return written(options, decision.repl.before === decision.repl.after, file);
      say(`wrote ${file}`);
      // The sandbox is one process's at a time, and from here on it is apply's.
      await cloud.close();
      prompts.close?.();
      const { runApply } = await import('./apply.ts');
      const approved = decision.observedHash === undefined ? {} : { approved: decision.observedHash };
      // When there is `verify`, it is called here, and what it says is the result.
      return await runApply({ ...options, ...approved, flagValues: {} }, there);
    } finally {
      await cloud.close();
    }
  } catch (error) {
    if (!(error instanceof Error) || !/^(Exit|Abort)PromptError$/.test(error.name)) throw error;
    throw new Failure(
      'cancelled',
      'left',
      kept ? `left; what was answered is kept in ${draft.draftFile}` : 'left before the first answer',
      `${commandLine('init', options)} ${kept ? 'goes on there' : 'begins again'}`,
    );
  } finally {
    prompts.close?.();
  }
}

const draftChoices = [
  { value: 'go on', name: 'go on where it was left' },
  { value: 'again', name: 'start again' },
  { value: 'forget', name: 'forget it, and leave' },
];

function sizeOf({ isTTY, columns }: Output): Pick<Output, 'isTTY' | 'columns'> {
  return { ...(isTTY === undefined ? {} : { isTTY }), ...(columns === undefined ? {} : { columns }) };
}

async function promptsFor(
  options: InitOptions,
  context: Context,
  utf8: boolean,
  write: (text: string) => void,
  back: () => boolean,
) {
  if (options.plain) {
    const { plainPrompts } = await import('../wizard/plain-prompts.ts');
    return plainPrompts({ input: process.stdin, write, signal: context.signal }, back);
  }
  const { listPrompts } = await import('../wizard/list-prompts.ts');
  const width = context.stderr.columns ?? 80;
  return { ...listPrompts({ output: process.stderr, signal: context.signal, width, utf8 }, back), close: undefined };
}

function written(options: InitOptions, unchanged: boolean, file: string): Result {
  const summary = unchanged ? `${file} says this already` : `wrote ${file}; nothing was changed on AWS`;
  return { outcome: 'done', changes: 0, summary, next: commandLine('apply', { ...options, flagValues: {} }) };
}
