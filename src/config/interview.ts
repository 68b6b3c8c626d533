/** The wizard without a screen, as pure functions. */
import { applyFlags } from './apply-flags.ts';
import { type FlagValues, flagAt } from './flags.ts';
import { defaultRuleId } from './own-name.ts';
import { parseConfigTree } from './parse-config.ts';
import { isMapping, type Path, parsePath, valueAt } from './path.ts';
import { destinationsIn, type Question, questionsFor } from './questions.ts';
import type { Env } from './substitute-env.ts';

export interface Interview {
  /** The existing file, or an empty mapping. */
  readonly file: unknown;
  /** By path; they win over the file. */
  readonly answers: FlagValues;
  /** They win over both. */
  readonly flags: FlagValues;
  /** Question IDs in order; a default leaves no other trace. */
  readonly asked: readonly string[];
  readonly advanced: boolean;
  /** Whether the answers are for the sandbox. */
  readonly sandbox?: boolean;
  /** What the question that is asked again had as its answer, by path. */
  readonly former?: FlagValues;
}

export function treeOf({ file, answers, flags }: Interview): unknown {
  const answered = applyFlags({ version: 1, ...Object(file) }, answers).tree;
  return applyFlags(answered, flags).tree;
}

export function questionsIn(interview: Interview): readonly Question[] {
  const wanted = interview.asked.filter((id) => /^another\[\d+\]=yes$/.test(id)).length + 1;
  return questionsFor(Math.max(wanted, destinationsIn(treeOf(interview))), interview.advanced);
}

/** A file without problems leaves only advanced questions: what else it does not say has its default on purpose. */
export function beginInterview(known: Partial<Interview>, env: Env = {}): Interview {
  const { file = {}, answers = {}, flags = {}, asked = [], advanced = false, sandbox = false } = known;
  const interview = { file, answers, flags, asked, advanced, sandbox };
  if (asked.length > 0 || !parseConfigTree(file, { file: '', env, sandbox }).ok) return interview;
  return { ...interview, asked: questionsIn({ ...interview, advanced: false }).map(({ id }) => id) };
}

export function nextQuestion(interview: Interview): Question | undefined {
  const tree = treeOf(interview);
  return questionsIn(interview).find((question) => !isAnswered(question, interview, tree));
}

function isAnswered(question: Question, { asked, file }: Interview, tree: unknown): boolean {
  const { id, kind, side, answeredBy } = question;
  if (asked.some((one) => one === id || one.startsWith(`${id}=`))) return true;
  // A file that lists rules has already chosen the objects and options.
  if ((kind === 'selection' || kind === 'options') && valueAt(file, [...parsePath(side), 'rules']) !== undefined)
    return true;
  return answeredBy.some((path) => valueAt(tree, parsePath(path)) !== undefined);
}

/** By path; flags and earlier values of the question no longer count. */
export function withAnswer(interview: Interview, question: Question, values: FlagValues): Interview {
  const before = forget(interview, [question.id]);
  const more = values.another === true ? '=yes' : '';
  const { another: _, ...set } = values;
  return {
    ...before,
    answers: { ...before.answers, ...withRuleIds(set, treeOf(before)) },
    asked: [...before.asked, `${question.id}${more}`],
  };
}

export function withValues(interview: Interview, values: FlagValues): Interview {
  return { ...interview, answers: { ...interview.answers, ...withRuleIds(values, treeOf(interview)) } };
}

/** `applyFlags` names the rule of the first destination only. */
function withRuleIds(values: FlagValues, tree: unknown): FlagValues {
  const ids = Object.keys(values).flatMap((path): [string, string][] => {
    const [, rule, index] = /^(destinations\[(\d+)\]\.rules\[0\])\./.exec(path) ?? [];
    if (rule === undefined || valueAt(tree, [...parsePath(rule), 'id']) !== undefined) return [];
    return [[`${rule}.id`, defaultRuleId(Number(index))]];
  });
  return { ...Object.fromEntries(ids), ...values };
}

/** Also withdraws the answers that depended on it. */
export function withdraw(interview: Interview, question: Question): Interview {
  return forget(interview, [question.id, ...question.takesBack]);
}

/** Withdraws an answer that somebody wants to change, so it is where the question starts. */
export function reopen(interview: Interview, question: Question): Interview {
  const tree = treeOf(interview);
  const answers = question.sets.map((path) => [path, valueAt(tree, parsePath(path))] as const);
  const former = Object.fromEntries(answers.filter(([, value]) => value !== undefined));
  return { ...withdraw(interview, question), former };
}

function forget(interview: Interview, of: readonly string[]): Interview {
  const ids = new Set(of);
  const questions = questionsIn(interview).filter(({ id }) => ids.has(id));
  const paths = questions.flatMap(({ sets, voids = [] }) => [...sets, ...voids]);
  const omitPaths = (values: FlagValues) =>
    Object.fromEntries(Object.entries(values).filter(([path]) => !paths.includes(path)));
  return {
    ...interview,
    file: paths.reduce((tree, path) => withoutValueAt(tree, parsePath(path)), interview.file),
    answers: omitPaths(interview.answers),
    flags: omitPaths(interview.flags),
    asked: interview.asked.filter((id) => !ids.has(id.replace(/=yes$/, ''))),
  };
}

/** @param settled IDs of questions that nobody was asked: a file answered them. */
export function lastAsked(interview: Interview, settled: readonly string[] = []): Question | undefined {
  const id = interview.asked.at(-1)?.replace(/=yes$/, '');
  if (id !== undefined && settled.includes(id)) return undefined;
  return questionsIn(interview).find((question) => question.id === id);
}

/** In the order of the questions. */
export function missingFlags(interview: Interview): readonly string[] {
  const tree = treeOf(interview);
  return questionsIn(interview)
    .filter((question) => question.required && !isAnswered(question, interview, tree))
    .map(({ answeredBy: [path = ''] }) => flagAt(path)?.flag ?? path);
}

/** One line, with the same rules and words as for the file. */
export function problemWith(
  interview: Interview,
  question: Question,
  values: FlagValues,
  env: Env,
): string | undefined {
  const { sandbox = false } = interview;
  const parsed = parseConfigTree(treeOf(withAnswer(interview, question, values)), { file: '', env, sandbox });
  if (parsed.ok) return undefined;
  const paths = Object.keys(values);
  return parsed.problems.find(({ path }) =>
    paths.some((own) => path === own || path.startsWith(`${own}[`) || path.startsWith(`${own}.`)),
  )?.message;
}

function withoutValueAt(tree: unknown, path: Path): unknown {
  const [first, ...rest] = path;
  if (first === undefined || valueAt(tree, path) === undefined) return tree;
  if (Array.isArray(tree))
    return tree.map((item: unknown, index) => (index === first ? withoutValueAt(item, rest) : item));
  if (!isMapping(tree)) return tree;
  const { [String(first)]: inner, ...others } = tree;
  return rest.length === 0 ? others : { ...others, [first]: withoutValueAt(inner, rest) };
}
