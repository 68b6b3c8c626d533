import { beginInterview, type Interview, lastAsked } from '../config/interview.ts';
import { Failure } from '../events/failure.ts';
import { stateHash } from '../plan/plan.ts';
import { nextCommand } from '../session/common-options.ts';
import type { Context } from '../session/context.ts';
import { plainPrompts } from '../session/plain-prompts.ts';
import type { Prompts } from '../session/prompts.ts';
import { listAccepted } from '../session/session.ts';
import { viewFor } from '../session/view-for.ts';
import { takesUtf8 } from '../show/ascii.ts';
import { asciiOutput } from '../show/ascii-output.ts';
import { commandLine } from '../show/command-line.ts';
import { printable, wrapText } from '../show/printable.ts';
import { canRedraw, type Output, widthOf } from '../show/view.ts';
import type { State } from '../state/state.ts';
import { openCloud } from './cloud.ts';
import { draftFile, forgetDraft, keepDraft, readDraft } from './draft.ts';
import { type Ending, type Given, type InitOptions, resultOfWriting } from './init-options.ts';
import { listPrompts } from './list-prompts.ts';
import { writeReplFile } from './repl-file.ts';
import { converse } from './wizard.ts';

/** @returns how it ended, or what to apply now. @throws Failure `cancelled` where somebody leaves: the answers are kept. */
export async function runAtTerminal(
  { options, context, file, before }: Given,
  known: Partial<Interview>,
): Promise<Ending> {
  const utf8 = takesUtf8(context.env);
  const takeText = (output: Output) => (utf8 ? output : asciiOutput(output));
  const there: Context = { ...context, stdout: takeText(context.stdout), stderr: takeText(context.stderr) };
  const columns = widthOf(context.stderr);
  const write = (text: string) => there.stderr.write(text);
  const say = (text: string) => write(`  ${wrapText(printable(text), '  ', Math.min(columns, 80))}\n`);
  let begun = beginInterview(known, context.env);
  let position: Interview | undefined;
  const prompts = promptsFor(
    options,
    there,
    utf8,
    write,
    () => position !== undefined && lastAsked(position) !== undefined,
  );
  const view = await viewFor(options, there);
  const kind = options.sandbox ? 'sandbox' : 'aws';
  let kept = false;
  try {
    say(`${options.sandbox ? '[sandbox] ' : ''}Replication of encrypted objects from one bucket to another.`);
    say('Enter takes what is offered, Ctrl-C leaves and keeps the answers, < goes back.');
    const found = await readDraft(kind, say);
    if (found) {
      const next = await prompts.choose({
        message: `There is a draft of ${found.asked.length} answers`,
        choices: draftChoices,
      });
      if (next === 'forget') {
        await forgetDraft();
        const next = nextCommand('init', options);
        return { result: { outcome: 'done', changes: 0, summary: 'the draft is forgotten', next } };
      }
      if (next === 'go on') begun = beginInterview({ ...known, ...found }, context.env);
      kept = next === 'go on';
    }
    const cloud = await openCloud(options, prompts.close ? askThrough(prompts, there) : there, view);
    try {
      const decision = await converse(
        {
          prompts,
          cloud,
          env: context.env,
          file,
          before,
          full: options.full ?? false,
          acceptBreaking: listAccepted({ ...options, config: file }),
          acceptNarrowing: options.acceptNarrowing ?? false,
          columns,
          say,
          show: (lines) => {
            write(`${lines.map(printable).join('\n')}\n`);
          },
          keep: async (interview) => {
            await keepDraft(interview, kind);
            kept = true;
          },
          view: (show) => viewFor(options, there, show),
        },
        begun,
        (interview) => {
          position = interview;
        },
      );
      await viewFor(options, there);
      if (decision.action === 'quit') {
        throw new Failure('cancelled', 'left', 'nothing was written; the answers are kept', goesOn(options));
      }
      await writeReplFile(decision.repl);
      await forgetDraft();
      kept = false;
      if (decision.action === 'write')
        return { result: resultOfWriting(options, decision.repl.before === decision.repl.after, file) };
      say(`wrote ${file}`);
      // The sandbox belongs to one process at a time, and from here on to apply.
      await cloud.close();
      prompts.close?.();
      const isApproved = (observed: State) => stateHash(observed) === decision.observedHash;
      const apply = { ...options, isApproved, verify: decision.action === 'verify', flagValues: {} };
      return { apply, context: there };
    } finally {
      await cloud.close();
    }
  } catch (error) {
    return failOnLeave(options, kept)(error);
  } finally {
    prompts.close?.();
  }
}

/** @param kept whether there is a draft. */
export function failOnLeave(options: InitOptions, kept: boolean): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof Error) || !/^(Exit|Abort)PromptError$/.test(error.name)) throw error;
    throw new Failure(
      'cancelled',
      'left',
      kept ? `left; what was answered is kept in ${draftFile}` : 'left before the first answer',
      kept ? goesOn(options) : `${initCommand(options)} begins again`,
    );
  };
}

function goesOn(options: InitOptions): string {
  return `${initCommand(options)} goes on there`;
}

function initCommand(options: InitOptions): string {
  return commandLine(nextCommand('init', options));
}

/** Where the wizard asks in plain lines, nothing else may read the input. */
function askThrough(prompts: Prompts, context: Context): Context {
  if (!context.ask) return context;
  // Plain prompts put their own colon.
  const input = (message: string) => prompts.type({ message: message.replace(/:$/, '') });
  return { ...context, ask: { ...context.ask, input } };
}

const draftChoices = [
  { value: 'go on', name: 'go on where it was left' },
  { value: 'again', name: 'start again' },
  { value: 'forget', name: 'forget it, and leave' },
];

function promptsFor(
  options: InitOptions,
  context: Context,
  utf8: boolean,
  write: (text: string) => void,
  back: () => boolean,
) {
  const { stdin, stderr } = context.streams ?? process;
  if (options.plain || !canRedraw(context.stderr, context.env)) {
    return plainPrompts({ input: stdin, write, signal: context.signal }, back);
  }
  const screen = { input: stdin, output: stderr, width: widthOf(context.stderr), utf8 };
  return { ...listPrompts({ ...screen, signal: context.signal }, back), close: undefined };
}
