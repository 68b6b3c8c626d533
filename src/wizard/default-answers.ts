import { type Interview, missingFlags, questionsIn, treeOf, withAnswer } from '../config/interview.ts';
import { parsePath, valueAt } from '../config/path.ts';
import { defaultText } from '../config/questions.ts';
import type { CommonOptions } from '../session/common-options.ts';
import type { Context } from '../session/context.ts';
import type { View } from '../show/view.ts';
import { homeRegion } from './asking.ts';
import { openCloud, signInOfSide } from './cloud.ts';

/** Derives names and Regions from other answers, and accounts from the given profiles, roles or credentials. Asks nothing. */
export async function withDefaultAnswers(
  begun: Interview,
  options: CommonOptions,
  context: Context,
  view: View,
): Promise<Interview> {
  const signedIn = options.sandbox ? begun : await withAccounts(begun, options, context, view);
  return questionsIn(signedIn).reduce((interview, question) => {
    const [path = ''] = question.answeredBy;
    const tree = treeOf(interview);
    const preset = defaultText(question, tree);
    if (preset === undefined || valueAt(tree, parsePath(path)) !== undefined) return interview;
    return withAnswer(interview, question, { [path]: preset });
  }, signedIn);
}

/** Where nobody can sign in, the account stays missing. */
async function withAccounts(
  begun: Interview,
  options: CommonOptions,
  context: Context,
  view: View,
): Promise<Interview> {
  const missing = missingFlags(begun);
  const questions = questionsIn(begun).filter(({ kind, side }) => {
    const flag = side === 'source' ? '--source-account' : '--destination-account';
    return kind === 'sign-in' && missing.includes(flag);
  });
  if (questions.length === 0) return begun;
  const cloud = await openCloud(options, context, view);
  try {
    let interview = begun;
    for (const question of questions) {
      const whose = signInOfSide(treeOf(interview), question.side, homeRegion(context.env));
      // Source and destination in one account is never assumed in silence.
      if (question.side !== 'source' && Object.keys(whose.access).length === 0) continue;
      const found = await cloud.signIn(whose).catch(() => undefined);
      if (!found) continue;
      const access = Object.entries(whose.access).map(([member, value]) => [
        `${question.side}.access.${member}`,
        value,
      ]);
      const values = { [`${question.side}.account`]: found.account, ...Object.fromEntries(access) };
      interview = withAnswer(interview, question, values);
    }
    return interview;
  } finally {
    await cloud.close();
  }
}
