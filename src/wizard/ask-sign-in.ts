import { brand, type Region } from '../aws/brand.ts';
import type { FlagValues } from '../config/flags.ts';
import type { Access } from '../config/spec.ts';
import type { SignIn } from '../connect/sign-in.ts';
import { Failure } from '../events/failure.ts';
import { accountAlias, type Profile } from '../observe/discover.ts';
import type { Choice } from '../session/prompts.ts';
import { askSandboxAccount } from './ask-sandbox-account.ts';
import { type Asking, configSoFar, formerTextAt, homeRegion, problemOf, textAt } from './asking.ts';
import { signInOfSide } from './cloud.ts';

/** Somebody practices in the sandbox instead. */
export class UseSandbox extends Error {}

/** The account is the answer, the access the way there. @throws UseSandbox */
export async function askSignIn(asking: Asking): Promise<FlagValues> {
  return asking.cloud.sandboxAccounts ? askSandboxAccount(asking, asking.cloud.sandboxAccounts) : askAccess(asking);
}

async function askAccess(asking: Asking): Promise<FlagValues> {
  const { question, prompts, cloud, say, env } = asking;
  const given = signInOfSide(configSoFar(asking), question.side, homeRegion(env));
  // Tries a given profile or role before asking anything.
  const isGiven = Object.keys(given.access).length > 0;
  const found = isGiven ? await trySignIn(asking, given.access, await cloud.profiles()) : undefined;
  if (found) return found;
  let hasFailed = isGiven;
  let chosen: string | undefined;
  for (;;) {
    const profiles = await cloud.profiles();
    const preset = chosen ?? formerChoice(asking) ?? startOf(asking, profiles);
    const ways = [...accessChoices(asking, profiles), ...(hasFailed || profiles.length === 0 ? waysOut(asking) : [])];
    chosen = await prompts.choose({ message: question.message, choices: ways, preset });
    if (chosen === 'sandbox') throw new UseSandbox();
    if (chosen === 'configure') {
      await waitForProfile(asking);
      chosen = undefined;
      continue;
    }
    const signedIn = await trySignIn(asking, await accessFor(chosen, asking), profiles);
    if (signedIn) return signedIn;
    hasFailed = true;
    say('Choose another way to sign in, or fix it in another terminal and choose it again.');
  }
}

/** How somebody signed in who changes that. */
function formerChoice(asking: Asking): string | undefined {
  const { side } = asking.question;
  const profile = formerTextAt(asking, `${side}.access.profile`);
  if (formerTextAt(asking, `${side}.access.assumeRole`) !== undefined) return 'role';
  if (profile !== undefined) return `profile ${profile}`;
  return formerTextAt(asking, `${side}.account`) === undefined ? undefined : 'current';
}

/** Where the AWS CLI would sign in; for a destination, a profile of another account. */
function startOf(asking: Asking, profiles: readonly Profile[]): string {
  const { question, env } = asking;
  if (question.side !== 'source') {
    const other = profiles.find((profile) => !isOfSource(asking, profile));
    return other ? `profile ${other.name}` : 'role';
  }
  const usual = env.AWS_PROFILE || (env.AWS_ACCESS_KEY_ID ? undefined : 'default');
  if (profiles.some(({ name }) => name === usual)) return `profile ${usual}`;
  const [first] = profiles;
  return first && !env.AWS_PROFILE && !env.AWS_ACCESS_KEY_ID ? `profile ${first.name}` : 'current';
}

function isOfSource(asking: Asking, { name, account }: Profile): boolean {
  if (asking.question.side === 'source') return false;
  const source = textAt(asking, 'source.account');
  return name === textAt(asking, 'source.access.profile') || (source !== undefined && account === source);
}

function accessChoices(asking: Asking, profiles: readonly Profile[]): readonly Choice[] {
  const { env } = asking;
  const current = env.AWS_PROFILE
    ? `profile ${env.AWS_PROFILE}`
    : env.AWS_ACCESS_KEY_ID
      ? 'environment variables'
      : 'default chain';
  return [
    ...profiles.map((profile) => ({
      value: `profile ${profile.name}`,
      name: ['profile', profile.name, profile.account, profile.region, isOfSource(asking, profile) && '(the source)']
        .filter(Boolean)
        .join('  '),
    })),
    { value: 'current', name: `the current credentials (${current})` },
    { value: 'role', name: 'a role to assume (its ARN)', hint: 'assumed with the current credentials' },
  ];
}

/** For who cannot sign in yet. The destination cannot be in the sandbox when the source is on AWS. */
function waysOut({ question }: Asking): readonly Choice[] {
  return [
    { value: 'configure', name: 'a new profile (aws configure sso)' },
    ...(question.side === 'source' ? [{ value: 'sandbox', name: 'practice in the sandbox first, without AWS' }] : []),
  ];
}

async function waitForProfile({ prompts, say }: Asking): Promise<void> {
  say('Run this in another terminal, which asks for the address of your sign-in page: aws configure sso');
  const choices = [{ value: 'again', name: 'look for the new profile' }];
  await prompts.choose({ message: 'When that is done:', choices });
}

async function accessFor(choice: string, asking: Asking): Promise<Access> {
  const { question, prompts } = asking;
  if (choice === 'current') return {};
  if (choice !== 'role') return { profile: choice.slice('profile '.length) };
  const at = `${question.side}.access`;
  const former = formerTextAt(asking, `${at}.assumeRole`);
  const assumeRole = await prompts.type({
    message: 'ARN of the role',
    ...(former === undefined ? {} : { preset: former }),
    check: (text) => problemOf(asking, { [`${at}.assumeRole`]: text }),
  });
  const externalId = await prompts.type({
    message: 'External ID that the role asks for (Enter for none)',
    check: (text) =>
      text === '' ? undefined : problemOf(asking, { [`${at}.assumeRole`]: assumeRole, [`${at}.externalId`]: text }),
  });
  return { assumeRole, ...(externalId === '' ? {} : { externalId }) };
}

async function trySignIn(
  asking: Asking,
  access: Access,
  profiles: readonly Profile[],
): Promise<FlagValues | undefined> {
  const { question, cloud, say, env } = asking;
  const profile = profiles.find(({ name }) => name === (access.profile ?? env.AWS_PROFILE ?? 'default'));
  const region = brand<Region>(textAt(asking, `${question.side}.region`) ?? profile?.region ?? homeRegion(env));
  try {
    const side = signInOfSide(configSoFar(asking), question.side, region);
    const found = await cloud.signIn({ ...side, account: null, region, access });
    const at = await announce(found, access.profile ?? access.assumeRole, region);
    say(at);
    const members = Object.entries(access).map(([member, value]) => [`${question.side}.access.${member}`, value]);
    return { [`${question.side}.account`]: found.account, ...Object.fromEntries(members) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const fix = fixOf(error, access, env);
    say(`${error.message}${fix === undefined ? '' : ` → ${fix}`}`);
    return undefined;
  }
}

/** A fix in `repl.yaml` helps nobody who is asked for it here. */
function fixOf({ code, fix }: Failure, access: Access, env: Asking['env']): string | undefined {
  const hasNone = code === 'CredentialsProviderError' && Object.keys(access).length === 0 && !env.AWS_PROFILE;
  return hasNone ? 'aws configure sso makes a profile, which can be chosen here then' : fix;
}

async function announce(signIn: SignIn, how: string | undefined, region: Region): Promise<string> {
  const alias = await accountAlias(signIn.inRegion(region));
  return [how, `${signIn.account}${alias === undefined ? '' : ` (${alias})`}`, region].filter(Boolean).join(' · ');
}
