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

export function problemOf({ interview, question, env }: Asking, values: FlagValues): string | undefined {
  return problemWith(interview, question, values, env);
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
