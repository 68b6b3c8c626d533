import { accountIn, idIn, namesKey } from '../aws/arn.ts';
import { brand, type Region } from '../aws/brand.ts';
import { required } from '../aws/required.ts';
import type { FlagValues } from '../config/flags.ts';
import type { SignIn } from '../connect/sign-in.ts';
import { type FittingKey, keysThatFit } from '../observe/discover.ts';
import { keyArnBehind, readKey } from '../observe/key.ts';
import { explain } from '../session/explain.ts';
import type { Choice } from '../session/prompts.ts';
import { ownerTag } from '../state/names.ts';
import { defaultKeyOf, isKms, resolveKey } from '../steps/default-encryption.ts';
import { type Asking, formerTextAt, problemOf, signInToSide, textAt } from './asking.ts';
import { bucketAnywhere } from './look-at-bucket.ts';

const { partition } = required('@aws-sdk/core/client');

const typeIt = 'type it';

/** A bucket that has a key keeps it; where only a new key is left, that is taken. */
export async function askKey(asking: Asking): Promise<FlagValues> {
  const { question, prompts, say } = asking;
  const { side } = question;
  const path = `${side}.kmsKey`;
  const region = brand<Region>(textAt(asking, `${side}.region`) ?? '');
  const signIn = await signInToSide(asking);
  const own = signIn && (await keyOfBucket(asking, signIn, region));
  if (signIn && own !== undefined) {
    say(`${nameSourceOrDestination(side)}, the bucket's default: ${own}`);
    return { [path]: (await isMadeBySetUp(asking, signIn, region, own)) ? 'create' : own };
  }
  const fitting = signIn ? await listFittingKeys(asking, signIn, region) : undefined;
  const shared = side !== 'source' && textAt(asking, 'source.region') === region;
  if (fitting?.length === 0 && !shared) {
    say(
      `${nameSourceOrDestination(side)}: a new one (account ${signIn?.account} has no customer managed key in ${region} that fits)`,
    );
    return { [path]: 'create' };
  }
  const former = formerTextAt(asking, path) ?? 'create';
  const offered = choices(fitting ?? [], shared);
  const isOffered = offered.some(({ value }) => value === former);
  const preset = isOffered ? former : typeIt;
  const chosen = await prompts.choose({ message: question.message, choices: offered, preset });
  if (chosen !== typeIt) return { [path]: chosen };
  const typed = await prompts.type({
    message: 'Key (alias/NAME or its ARN)',
    ...(isOffered ? {} : { preset: former }),
    check: async (text) =>
      problemOf(asking, { [path]: text }) ?? (signIn && (await objectionToKey(signIn, region, text))),
  });
  return { [path]: typed };
}

/** Undefined also where nobody can tell: the plan looks again. A key of the other account is not visible from here. */
async function objectionToKey(signIn: SignIn, region: Region, key: string): Promise<string | undefined> {
  if (namesKey(key) && accountIn(key) !== signIn.account) return undefined;
  const found = await keyArnBehind(signIn.inRegion(region), key).catch(() => undefined);
  return found === null ? `there is no key ${key} in account ${signIn.account}, ${region}` : undefined;
}

function nameSourceOrDestination(side: string): string {
  return side === 'source' ? 'Source key' : 'Destination key';
}

async function keyOfBucket(asking: Asking, signIn: SignIn, region: Region): Promise<string | undefined> {
  const bucket = textAt(asking, `${asking.question.side}.bucket`) ?? '';
  const found = await bucketAnywhere(signIn, region, bucket).catch(() => null);
  if (!found || 'inaccessible' in found) return undefined;
  const algorithm = found.encryption?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm;
  const key = defaultKeyOf(found.encryption);
  if (!isKms(algorithm) || key === undefined) return undefined;
  const alias = /(alias\/.+)$/.exec(key)?.[1];
  if (alias !== undefined) return alias;
  return resolveKey({ accounts: {} }, { partition: partition(region).name, account: signIn.account, region }, key);
}

/** `create` finds a key again that an earlier run of this setup made. */
async function isMadeBySetUp(asking: Asking, signIn: SignIn, region: Region, key: string): Promise<boolean> {
  const found = await readKey(signIn.inRegion(region), key).catch(() => null);
  return found !== null && found.tags[ownerTag] === textAt(asking, 'name');
}

async function listFittingKeys(
  asking: Asking,
  signIn: SignIn,
  region: Region,
): Promise<readonly FittingKey[] | undefined> {
  try {
    return await keysThatFit(signIn.inRegion(region));
  } catch (error) {
    const { message, fix } = explain(error);
    asking.say(`The keys cannot be listed: ${message}${fix === undefined ? '' : ` → ${fix}`}`);
    return undefined;
  }
}

function choices(fitting: readonly FittingKey[], shared: boolean): readonly Choice[] {
  return [
    {
      value: 'create',
      name: 'create a new key',
      hint: 'symmetric, customer managed, rotated every year; AWS charges for each key by the month',
    },
    ...fitting.map(({ arn, alias, description }) => ({
      value: alias ?? arn,
      name: [alias, idIn(arn), description].filter(Boolean).join('  '),
    })),
    ...(shared
      ? [
          {
            value: 'source',
            name: "the source's key for both",
            hint: 'Whoever loses or disables that key loses the replicas too: this does not protect against the loss of the source account.',
          },
        ]
      : []),
    { value: typeIt, name: 'another key (its alias or ARN)' },
  ];
}
