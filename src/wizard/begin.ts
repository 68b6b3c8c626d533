/** How the questions begin: from scratch, with saved answers or a file, in the sandbox or on AWS. */
import { beginInterview, type Interview, questionsIn, treeOf, withdraw } from '../config/interview.ts';
import { parsePath, valueAt } from '../config/path.ts';
import type { Env } from '../config/substitute-env.ts';
import type { Prompts } from '../session/prompts.ts';
import { answerText } from './answer-text.ts';
import { practiceAccounts } from './ask-sandbox-account.ts';
import { type CloudKind, type Draft, forgetDraft, readDraft } from './draft.ts';
import type { InitOptions } from './init-options.ts';

export type Beginning =
  | { readonly interview: Interview; readonly isSaved: boolean }
  /** Somebody meant the other cloud. */
  | 'switch'
  | 'quit';

interface Opening {
  readonly options: InitOptions;
  readonly file: string;
  readonly known: Partial<Interview>;
  readonly env: Env;
  readonly prompts: Prompts;
  readonly say: (text: string) => void;
}

const names: Readonly<Record<CloudKind, string>> = { aws: 'on AWS', sandbox: 'in the sandbox' };

export async function begin(opening: Opening): Promise<Beginning> {
  const { options, known, env, say } = opening;
  const cloud = options.sandbox ? 'sandbox' : 'aws';
  const interview = beginInterview(known, env);
  const draft = await readDraft(say);
  if (draft?.cloud === cloud) return continueDraft(opening, draft);
  const account = valueAt(known.file, parsePath('source.account'));
  const isPractice = cloud === 'aws' && practiceAccounts.includes(String(account)) && (await hasPracticed(options));
  if (!draft && !isPractice) return { interview, isSaved: false };
  if (await isForOther(opening, cloud, draft, String(account))) return 'switch';
  return { interview: isPractice ? withoutAccounts(interview) : interview, isSaved: false };
}

async function hasPracticed({ state }: InitOptions): Promise<boolean> {
  const { hasStore } = await import('../sandbox/store/store.ts');
  return hasStore(state);
}

/** Also withdraws the buckets and keys, which are of those accounts. */
function withoutAccounts(interview: Interview): Interview {
  return questionsIn(interview)
    .filter(({ kind }) => kind === 'sign-in')
    .reduce(withdraw, interview);
}

async function isForOther(
  { file, prompts, say }: Opening,
  cloud: CloudKind,
  draft: Draft | undefined,
  account: string,
): Promise<boolean> {
  const other = draft?.cloud ?? 'sandbox';
  say(
    draft
      ? `The saved answers in this folder are for a setup ${names[other]}.`
      : `${file} is from the sandbox: account ${account} exists only there.`,
  );
  const restart = draft ? 'and drop these answers' : 'with other accounts and buckets';
  const choices = [
    { value: cloud, name: `start over ${names[cloud]}, ${restart}` },
    { value: other, name: `continue ${names[other]}` },
  ];
  return (await prompts.choose({ message: 'Which one do you want?', choices })) === other;
}

async function continueDraft({ known, env, prompts, say }: Opening, draft: Draft): Promise<Beginning> {
  const interview = beginInterview({ ...known, ...draft }, env);
  const tree = treeOf(interview);
  const isAnswered = (id: string) => draft.asked.some((asked) => asked === id);
  say('Your saved answers:');
  for (const question of questionsIn(interview)) {
    if (isAnswered(question.id)) say(`· ${question.short}: ${answerText(question, tree)}`);
  }
  const next = await prompts.choose({
    message: 'Continue with these answers?',
    choices: [
      { value: 'continue', name: 'yes, continue' },
      { value: 'again', name: 'no, start over' },
      { value: 'quit', name: 'delete the draft and quit' },
    ],
  });
  if (next === 'continue') return { interview, isSaved: true };
  if (next === 'again') return { interview: beginInterview(known, env), isSaved: false };
  await forgetDraft();
  return 'quit';
}
