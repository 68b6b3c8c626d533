import { type Interview, lastAsked } from '../config/interview.ts';
import { Failure } from '../events/failure.ts';
import { stateHash } from '../plan/plan.ts';
import { nextCommand } from '../session/common-options.ts';
import type { Context } from '../session/context.ts';
import { listAccepted } from '../session/session.ts';
import { viewFor } from '../session/view-for.ts';
import { commandLine } from '../show/command-line.ts';
import { printable, wrapText } from '../show/printable.ts';
import { widthOf } from '../show/view.ts';
import type { State } from '../state/state.ts';
import { UseSandbox } from './ask-sign-in.ts';
import { begin } from './begin.ts';
import { openCloud } from './cloud.ts';
import { forgetDraft, keepDraft, readDraft } from './draft.ts';
import { type Ending, type Given, type InitOptions, resultOfWriting } from './init-options.ts';
import { addOffers } from './offers.ts';
import { writeReplFile } from './repl-file.ts';
import { askThrough, promptsFor, writeAsShown } from './terminal-prompts.ts';
import { converse, type Decision, type Wizard } from './wizard.ts';

/** @returns how it ended, or what to apply now. @throws Failure `cancelled` where somebody leaves: the answers are kept. */
export async function runAtTerminal(given: Given, known: Partial<Interview>): Promise<Ending> {
  const ended = await new Conversation(given, known).run();
  if (ended !== 'switch') return ended;
  const { options } = given;
  return runAtTerminal({ ...given, options: { ...options, sandbox: !options.sandbox } }, known);
}

/** One run of the questions, on AWS or in the sandbox. */
class Conversation {
  readonly #given: Given;
  readonly #known: Partial<Interview>;
  readonly #there: Context;
  readonly #prompts: ReturnType<typeof promptsFor>;
  /** Undefined where there is no question to go back to. */
  #position: Interview | undefined;
  #settled: readonly string[] = [];

  constructor(given: Given, known: Partial<Interview>) {
    this.#given = given;
    this.#known = known;
    this.#there = writeAsShown(given.context);
    const mayGoBack = () => this.#position !== undefined && lastAsked(this.#position, this.#settled) !== undefined;
    this.#prompts = promptsFor(given.options.plain ?? false, this.#there, mayGoBack);
  }

  async run(): Promise<Ending | 'switch'> {
    const { options } = this.#given;
    try {
      this.#say(`${options.sandbox ? '[sandbox] ' : ''}Replicates encrypted objects from one bucket to another.`);
      this.#say('Enter accepts what is offered. < goes back. Ctrl-C stops, and saves your answers.');
      const begun = await begin({
        ...{ ...this.#given, known: this.#known, env: this.#there.env },
        ...{ prompts: this.#prompts, say: this.#say },
      });
      if (begun === 'switch') return begun;
      if (begun === 'quit') return { result: { ...draftDeleted, next: nextCommand('init', options) } };
      if (!begun.isSaved) this.#settled = begun.interview.asked;
      return await this.#ask(begun.interview);
    } catch (error) {
      if (error instanceof UseSandbox) return 'switch';
      return failOnLeave(
        (await readDraft()) !== undefined
          ? `Stopped. Your answers are saved; run ${initCommand(options)} to continue.`
          : `Stopped before the first answer; run ${initCommand(options)} to start again.`,
      )(error);
    } finally {
      this.#prompts.close?.();
    }
  }

  readonly #say = (text: string): void => {
    const width = Math.min(widthOf(this.#there.stderr), 80);
    this.#there.stderr.write(`  ${wrapText(printable(text), '  ', width)}\n`);
  };

  async #ask(begun: Interview): Promise<Ending> {
    const { options } = this.#given;
    const view = await viewFor(options, this.#there);
    const there = this.#prompts.close ? askThrough(this.#prompts, this.#there) : this.#there;
    const cloud = await openCloud(options, there, view);
    try {
      const decision = await converse(this.#wizard(cloud), begun, (interview) => {
        this.#position = interview;
      });
      await viewFor(options, this.#there);
      return await this.#end(decision, () => cloud.close());
    } finally {
      await cloud.close();
    }
  }

  #wizard(cloud: Wizard['cloud']): Wizard {
    const { options, file, before } = this.#given;
    return {
      ...{ prompts: this.#prompts, cloud, env: this.#there.env, file, before },
      full: options.full ?? false,
      settled: this.#settled,
      acceptBreaking: listAccepted({ ...options, config: file }),
      acceptNarrowing: options.acceptNarrowing ?? false,
      style: {
        columns: widthOf(this.#there.stderr),
        commandText: (command, flags = []) => commandLine(nextCommand(command, withoutValues(options), { flags })),
      },
      say: this.#say,
      show: (lines) => {
        this.#there.stderr.write(`${lines.map(printable).join('\n')}\n`);
      },
      keep: (interview) => keepDraft(interview, options.sandbox ? 'sandbox' : 'aws'),
      view: (show) => viewFor(options, this.#there, show),
    };
  }

  async #end({ action, repl, observedHash, outlook }: Decision, closeCloud: () => Promise<void>): Promise<Ending> {
    const { options, file } = this.#given;
    if (action === 'quit') {
      const saved = `Nothing was written. Your answers are saved; run ${initCommand(options)} to continue.`;
      throw new Failure('cancelled', 'left', saved);
    }
    await writeReplFile(repl);
    await forgetDraft();
    if (action === 'write') {
      const result = resultOfWriting(options, file, { isSame: repl.before === repl.after, ...outlook });
      return { result: addOffers(result, options, outlook) };
    }
    if (repl.before !== repl.after) this.#say(`wrote ${file}`);
    // The sandbox belongs to one process at a time, and from here on to apply.
    await closeCloud();
    this.#prompts.close?.();
    const isApproved = (observed: State) => stateHash(observed) === observedHash;
    const apply = { ...withoutValues(options), isApproved, verify: action === 'verify' };
    return { apply, context: this.#there, finish: (result) => addOffers(result, options, outlook) };
  }
}

const draftDeleted = { outcome: 'done', changes: 0, summary: 'the draft is deleted' } as const;

/** @param message for who leaves a question. */
export function failOnLeave(message: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof Error) || !/^(Exit|Abort)PromptError$/.test(error.name)) throw error;
    throw new Failure('cancelled', 'left', message);
  };
}

function initCommand(options: InitOptions): string {
  return commandLine(nextCommand('init', options));
}

/** Once the file says them. */
function withoutValues(options: InitOptions): InitOptions {
  return { ...options, flagValues: {} };
}
