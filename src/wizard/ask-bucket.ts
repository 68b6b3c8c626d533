import type { FlagValues } from '../config/flags.ts';
import { defaultText } from '../config/questions.ts';
import type { SignIn } from '../connect/sign-in.ts';
import { explain } from '../session/explain.ts';
import { type Asking, configSoFar, problemOf, regionAt, signInToSide, textAt } from './asking.ts';
import { type BucketList, bucketList } from './bucket-list.ts';
import { lookAtBucket } from './look-at-bucket.ts';

const newName = 'new name';

export async function askBucket(asking: Asking): Promise<FlagValues> {
  const { question, say } = asking;
  const path = `${question.side}.bucket`;
  const signIn = await signInToSide(asking, true);
  if (!signIn) {
    say('The name cannot be checked before that.');
    return { [path]: await typeName(asking) };
  }
  const region = regionAt(asking);
  const leaveOut = question.side === 'source' ? undefined : textAt(asking, 'source.bucket');
  const list = bucketList(signIn, region, leaveOut);
  for (;;) {
    const name = await chooseName(asking, list, signIn);
    const { objection, values, notes } = await lookAtBucket(asking, signIn, name);
    const problem = objection ?? problemOf(asking, { [path]: name, ...values });
    if (problem === undefined) {
      for (const note of notes) say(note);
      return { [path]: name, ...values };
    }
    say(`Not this one: ${problem}`);
  }
}

async function chooseName(asking: Asking, list: BucketList, signIn: SignIn): Promise<string> {
  const { question, prompts, say } = asking;
  const refused = await list.refused;
  if (refused !== undefined) {
    say(`The buckets of account ${signIn.account} cannot be listed: ${explain(refused).message}`);
    return typeName(asking);
  }
  if ((await list.find('')).length === 0) return typeName(asking);
  const path = `${question.side}.bucket`;
  const chosen = await prompts.search({
    message: question.message,
    find: async (term) => {
      const found = await list.find(term);
      const exact = found.some(({ value }) => value === term);
      const typed =
        term === '' || exact || problemOf(asking, { [path]: term }) !== undefined
          ? []
          : [{ value: term, name: `${term}  (not in the list: a new bucket)` }];
      return [...found, ...typed, { value: newName, name: 'a new bucket, or one that is not listed' }];
    },
  });
  return chosen === newName || chosen === '' ? typeName(asking) : chosen;
}

function typeName(asking: Asking): Promise<string> {
  const { question, prompts } = asking;
  const preset = defaultText(question, configSoFar(asking));
  return prompts.type({
    message: `${question.short} (a name, new or existing)`,
    ...(preset === undefined ? {} : { preset }),
    check: (text) => problemOf(asking, { [`${question.side}.bucket`]: text }),
  });
}
