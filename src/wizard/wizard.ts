/** Asks, reviews, and decides. Writes nothing to AWS. */

import type { FlagValues } from '../config/flags.ts';
import {
  type Interview,
  lastAsked,
  nextQuestion,
  questionsIn,
  reopen,
  treeOf,
  withAnswer,
  withdraw,
  withValues,
} from '../config/interview.ts';
import { type ParsedConfig, parseConfigTree } from '../config/parse-config.ts';
import { parsePath, valueAt } from '../config/path.ts';
import type { Question } from '../config/questions.ts';
import type { Env } from '../config/substitute-env.ts';
import { GoBack, type Prompts } from '../session/prompts.ts';
import type { View } from '../show/view.ts';
import { quoteValue } from '../text/quote.ts';
import { answerText } from './answer-text.ts';
import { ask } from './ask.ts';
import { askExceptions } from './ask-exceptions.ts';
import type { Cloud } from './cloud.ts';
import { type Outlook, outlookOf } from './offers.ts';
import { diffLines, type ReplFile, replFile } from './repl-file.ts';
import { type Planned, planSpec, type ReviewStyle, reviewLines } from './review.ts';

export interface Wizard {
  readonly prompts: Prompts;
  readonly cloud: Cloud;
  readonly env: Env;
  readonly file: string;
  /** Undefined where there is no file. */
  readonly before: string | undefined;
  readonly full: boolean;
  /** IDs of questions that the file has answered: going back ends there. */
  readonly settled: readonly string[];
  /** IDs of rules of others that may stop working, or work differently. */
  readonly acceptBreaking: readonly string[];
  readonly acceptNarrowing: boolean;
  readonly style: ReviewStyle;
  readonly say: (text: string) => void;
  /** Lines with their layout done. */
  readonly show: (lines: readonly string[]) => void;
  readonly keep: (interview: Interview) => Promise<void>;
  readonly view: (show: 'documents' | 'commands') => Promise<View>;
}

export interface Decision {
  readonly action: 'verify' | 'apply' | 'write' | 'quit';
  readonly repl: ReplFile;
  /** Of the state that the plan on the screen was made from. */
  readonly observedHash: string | undefined;
  readonly outlook: Outlook;
}

/** @param at undefined where there is no question to go back to. */
export async function converse(
  wizard: Wizard,
  begun: Interview,
  at: (interview: Interview | undefined) => void,
): Promise<Decision> {
  let interview = withoutBadValues(begun, wizard);
  for (;;) {
    interview = await askAll(wizard, interview, at);
    at(undefined);
    const parsed = parseAnswers(interview, wizard);
    const decision = parsed.ok ? await review(wizard, parsed) : await askForChange(wizard, parsed);
    if (typeof decision !== 'string' && 'action' in decision) return decision;
    if (decision !== 'change') {
      interview = withValues(interview, decision.values);
      await wizard.keep(interview);
      continue;
    }
    const question = await chooseQuestion(wizard, interview);
    if (question) interview = await askOne(wizard, reopen(interview, question), question, interview, at);
  }
}

async function askAll(
  wizard: Wizard,
  begun: Interview,
  at: (interview: Interview | undefined) => void,
): Promise<Interview> {
  let interview = begun;
  for (let question = nextQuestion(interview); question !== undefined; question = nextQuestion(interview)) {
    const last = lastAsked(interview, wizard.settled);
    interview = await askOne(wizard, interview, question, last ? withdraw(interview, last) : interview, at);
  }
  return interview;
}

/** Going back leads to where `before` was. */
async function askOne(
  wizard: Wizard,
  interview: Interview,
  question: Question,
  before: Interview,
  at: (interview: Interview | undefined) => void,
): Promise<Interview> {
  at(interview);
  try {
    const answered = withAnswer(interview, question, await ask({ ...wizard, question, interview }));
    await wizard.keep(answered);
    return answered;
  } catch (error) {
    if (error instanceof GoBack) return before;
    throw error;
  }
}

/** Tells and removes impossible values of the file or a flag, so that they are asked again. */
function withoutBadValues(interview: Interview, wizard: Wizard): Interview {
  const { say } = wizard;
  const tree = treeOf(interview);
  const parsed = parseAnswers(interview, wizard);
  if (parsed.ok) return interview;
  return parsed.problems.reduce((now, { path, message }) => {
    const question = questionsIn(interview).find(({ sets }) => sets.includes(path));
    if (!question || valueAt(tree, parsePath(path)) === undefined) return now;
    say(`${path}: ${quoteValue(valueAt(tree, parsePath(path)))} must change: ${message}`);
    return withdraw(now, question);
  }, interview);
}

function parseAnswers(interview: Interview, { file, env }: Wizard): ParsedConfig {
  const { sandbox = false } = interview;
  return parseConfigTree(treeOf(interview), { file, env, sandbox });
}

/** Answers that the review asked for: it is made again with them. */
interface Added {
  readonly values: FlagValues;
}

async function review(
  wizard: Wizard,
  parsed: Extract<ParsedConfig, { ok: true }>,
): Promise<Decision | Added | 'change'> {
  const { prompts, cloud, show, say, style, file, before, full } = wizard;
  const repl = replFile(file, before, parsed.config, full);
  say('Looking at what is there …');
  const spec = { ...parsed.spec, ...(wizard.acceptNarrowing && { acceptNarrowing: true }) };
  const made = await planSpec(cloud, spec, wizard.acceptBreaking);
  for (const warning of parsed.warnings) say(`! ${warning.message}`);
  show([...reviewLines(parsed.spec, made, style), ...fileLines(repl)]);
  const values = made.plan && isReady(made) && (await askExceptions(prompts, parsed, made.checked));
  if (values) return { values };
  for (;;) {
    const action = await prompts.choose({ message: 'What now?', choices: actions(made, wizard) });
    switch (action) {
      case 'documents':
      case 'commands':
        if (made.plan) await (await wizard.view(action)).plan(made.plan, parsed.spec);
        break;
      case 'change':
        return 'change';
      default:
        return {
          action: action as Decision['action'],
          repl,
          observedHash: made.plan ? made.observedHash : undefined,
          outlook: outlookOf(parsed.spec, made),
        };
    }
  }
}

function actions(made: Planned, { file }: Wizard) {
  const { changes = [] } = made.plan ?? {};
  const works = made.plan && isReady(made) && made.checked.outcome !== 'fails';
  const isNew = changes.length > 0;
  return [
    ...(works && isNew
      ? [
          { value: 'verify', name: `write ${file}, apply, and prove it with a test object` },
          { value: 'apply', name: `write ${file} and apply` },
        ]
      : []),
    { value: 'write', name: `write ${file} only` },
    ...(works && !isNew ? [{ value: 'verify', name: 'prove with a test object that it replicates' }] : []),
    { value: 'change', name: 'change an answer' },
    ...(changes.length > 0
      ? [
          { value: 'documents', name: 'show the documents' },
          { value: 'commands', name: 'show the aws commands' },
        ]
      : []),
    { value: 'quit', name: 'save the answers and quit' },
  ];
}

function isReady({ plan }: Planned): boolean {
  return plan?.problems.length === 0;
}

function fileLines(repl: ReplFile): readonly string[] {
  const lines = diffLines(repl);
  if (lines.length === 0) return [];
  const kept =
    repl.backup === undefined ? 'its comments stay' : `its comments are lost; the old file stays as ${repl.backup}`;
  return [`What changes in ${repl.file} (${kept}):`, ...lines.map((line) => `  ${line}`), ''];
}

/** The answers do not fit together: only changing one helps. */
async function askForChange({ prompts, say }: Wizard, parsed: Extract<ParsedConfig, { ok: false }>): Promise<'change'> {
  for (const { path, message } of parsed.problems) say(`✖ ${path}: ${message}`);
  await prompts.choose({ message: 'What now?', choices: [{ value: 'change', name: 'change an answer' }] });
  return 'change';
}

async function chooseQuestion({ prompts }: Wizard, interview: Interview): Promise<Question | undefined> {
  const tree = treeOf(interview);
  const questions = questionsIn(interview).filter(({ kind }) => kind !== 'another');
  const choices = questions.map((question) => ({
    value: question.id,
    name: `${question.short}: ${answerText(question, tree)}`,
  }));
  const none = { value: '', name: 'none: back to the review' };
  const id = await prompts.choose({ message: 'Which answer?', choices: [...choices, none] });
  return questions.find((question) => question.id === id);
}
