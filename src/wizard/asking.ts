import { isArn } from '../aws/arn.ts';
import { brand, type Region } from '../aws/brand.ts';
import type { FlagValues } from '../config/flags.ts';
import { type Interview, problemWith, treeOf } from '../config/interview.ts';
import { parsePath, valueAt } from '../config/path.ts';
import type { Question } from '../config/questions.ts';
import type { Env } from '../config/substitute-env.ts';
import { substituteEnv } from '../config/substitute-env.ts';
import type { SignIn } from '../connect/sign-in.ts';
import { explain } from '../session/explain.ts';
import type { Prompts } from '../session/prompts.ts';
import { type Cloud, signInOfSide } from './cloud.ts';

export interface Asking {
  readonly question: Question;
  readonly interview: Interview;
  readonly prompts: Prompts;
  readonly cloud: Cloud;
  readonly env: Env;
  readonly say: (text: string) => void;
}

export function configSoFar({ interview, env }: Asking): unknown {
  return substituteEnv(treeOf(interview), env).tree;
}

export function textAt(asking: Asking, path: string): string | undefined {
  const value = valueAt(configSoFar(asking), parsePath(path));
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The answer that somebody changes. */
export function formerAt({ interview: { former = {} } }: Asking, path: string): unknown {
  return former[path];
}

export function formerTextAt(asking: Asking, path: string): string | undefined {
  const former = formerAt(asking, path);
  return typeof former === 'string' && former !== '' ? former : undefined;
}

/** In place of what the check of `repl.yaml` says in words of that file; of a text that `isClose` takes, it says more. */
const hints = [
  { end: '.assumeRole', isClose: isArn, hint: 'paste the whole ARN of the role, as IAM shows it' },
  {
    end: '.externalId',
    isClose: () => false,
    hint: 'an external ID has 2 to 1224 letters, digits and any of _ + = , . @ : / -',
  },
  {
    end: '.kmsKey',
    isClose: (text: string) => isArn(text) || /^alias\/|^(mrk-)?[0-9a-f-]{32,36}$/.test(text),
    hint: 'type alias/NAME, or paste the ARN of the key',
  },
];

/** @param values the one that is checked comes last. */
export function problemOf({ interview, question, env }: Asking, values: FlagValues): string | undefined {
  const problem = problemWith(interview, question, values, env);
  const [path = '', value] = Object.entries(values).at(-1) ?? [];
  const better = hints.find(({ end, isClose }) => path.endsWith(end) && !isClose(String(value)));
  return problem === undefined ? undefined : (better?.hint ?? problem);
}

/** Where the SDK begins when nothing names a Region. */
export function homeRegion(env: Env): Region {
  return brand(env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? 'us-east-1');
}

export function regionAt(asking: Asking, side: Question['side'] = asking.question.side): Region {
  return brand(textAt(asking, `${side}.region`) ?? homeRegion(asking.env));
}

/** Undefined where signing in fails: then names are typed. @param tell whether to say why. */
export async function signInToSide(asking: Asking, tell = false): Promise<SignIn | undefined> {
  const whose = signInOfSide(configSoFar(asking), asking.question.side, homeRegion(asking.env));
  try {
    return await asking.cloud.signIn(whose);
  } catch (error) {
    const { message, fix } = explain(error);
    if (tell) asking.say(`${message}${fix === undefined ? '' : ` → ${fix}`}`);
    return undefined;
  }
}
