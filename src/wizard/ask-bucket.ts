import { isArn } from '../aws/arn.ts';
import { readBucketName } from '../aws/read-pasted.ts';
import type { FlagValues } from '../config/flags.ts';
import { defaultText } from '../config/questions.ts';
import type { SignIn } from '../connect/sign-in.ts';
import { explain } from '../session/explain.ts';
import type { Choice } from '../session/prompts.ts';
import { type Asking, configSoFar, formerTextAt, problemOf, regionAt, signInToSide, textAt } from './asking.ts';
import { type BucketList, bucketList } from './bucket-list.ts';
import { bucketAnywhere, lookAtBucket } from './look-at-bucket.ts';

const newName = 'new name';

export async function askBucket(asking: Asking): Promise<FlagValues> {
  const { question, say } = asking;
  const path = `${question.side}.bucket`;
  const former = formerTextAt(asking, path);
  const signIn = await signInToSide(asking, true);
  if (!signIn) {
    say('Without signing in, s3repl cannot look for the bucket: type its name.');
    return { [path]: await typeName(asking, former ?? usualName(asking)) };
  }
  const leaveOut = question.side === 'source' ? undefined : textAt(asking, 'source.bucket');
  const list = bucketList(signIn, regionAt(asking), leaveOut);
  const proposed = former ?? (await proposeName(asking, signIn));
  for (;;) {
    const name = await chooseName(asking, { list, signIn, proposed });
    const { objection, values, notes } = await lookAtBucket(asking, signIn, name);
    const problem = objection ?? problemOf(asking, { [path]: name, ...values });
    if (problem === undefined) {
      for (const note of notes) say(note);
      return { [path]: name, ...values };
    }
    say(`Not this one: ${problem}`);
  }
}

/** Who practices has no bucket to name. */
function usualName(asking: Asking): string | undefined {
  const { question, cloud } = asking;
  const isPractice = cloud.sandboxAccounts !== undefined && question.side === 'source';
  return isPractice ? 'practice-bucket' : defaultText(question, configSoFar(asking));
}

/** Bucket names are global: where somebody else has the usual one, the account makes it unique. */
async function proposeName(asking: Asking, signIn: SignIn): Promise<string | undefined> {
  const usual = usualName(asking);
  if (usual === undefined) return undefined;
  const found = await bucketAnywhere(signIn, regionAt(asking), usual).catch(() => null);
  const isTaken = found && 'inaccessible' in found && found.owned !== true;
  return isTaken ? `${usual.slice(0, longestName - 1 - signIn.account.length)}-${signIn.account}` : usual;
}

const longestName = 63;

interface Offer {
  readonly list: BucketList;
  readonly signIn: SignIn;
  readonly proposed: string | undefined;
}

async function chooseName(asking: Asking, { list, signIn, proposed }: Offer): Promise<string> {
  const { question, prompts, say } = asking;
  const refused = await list.refused;
  if (refused !== undefined) {
    say(`The buckets of account ${signIn.account} cannot be listed: ${explain(refused).message}`);
    return typeName(asking, proposed);
  }
  if ((await list.find('')).length === 0) return typeName(asking, proposed);
  // Whoever has objects to replicate has their bucket.
  const isOffered = question.side !== 'source' || formerTextAt(asking, `${question.side}.bucket`) !== undefined;
  const chosen = await prompts.search({
    message: question.message,
    find: async (typed) => {
      const term = readBucketName(typed);
      const found = await list.find(term);
      const offerNew = (name: string | undefined): readonly Choice[] => {
        const fits = name?.includes(term) && nameProblem(asking, name) === undefined;
        const isListed = found.some(({ value }) => value === name);
        return name !== undefined && fits && !isListed
          ? [{ value: name, short: name, name: `${name}  (a new bucket)` }]
          : [];
      };
      return [
        ...(isOffered ? offerNew(proposed) : []),
        ...startWith(proposed, found),
        ...(term === proposed ? [] : offerNew(term)),
        { value: newName, name: 'a new bucket, or one that is not listed' },
      ];
    },
  });
  return chosen === newName || chosen === '' ? typeName(asking, proposed) : chosen;
}

function startWith(name: string | undefined, found: readonly Choice[]): readonly Choice[] {
  return [...found.filter(({ value }) => value === name), ...found.filter(({ value }) => value !== name)];
}

async function typeName(asking: Asking, preset: string | undefined): Promise<string> {
  const { question, prompts } = asking;
  const typed = await prompts.type({
    message: `${question.short}, new or existing`,
    ...(preset === undefined ? {} : { preset }),
    check: (text) => nameProblem(asking, readBucketName(text)),
  });
  return readBucketName(typed);
}

function nameProblem(asking: Asking, name: string): string | undefined {
  if (/^s3:/i.test(name) || isArn(name))
    return 'give the bucket alone, such as s3://NAME: prefixes are asked for later';
  return problemOf(asking, { [`${asking.question.side}.bucket`]: name });
}
