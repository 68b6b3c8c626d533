import { brand, type Region } from '../aws/brand.ts';
import type { FlagValues } from '../config/flags.ts';
import type { Access } from '../config/spec.ts';
import type { SignIn } from '../connect/sign-in.ts';
import { Failure } from '../events/failure.ts';
import { accountAlias, type Profile } from '../observe/discover.ts';
import type { Choice } from '../session/prompts.ts';
import { type Asking, configSoFar, homeRegion, problemOf, textAt } from './asking.ts';
import { signInOfSide } from './cloud.ts';

/** The sandbox offers these before it has any accounts; every account exists there. */
const practiceAccounts = ['111111111111', '222222222222'];

/** The account is the answer, the access the way there. */
export async function askSignIn(asking: Asking): Promise<FlagValues> {
  return asking.cloud.sandboxAccounts ? askSandboxAccount(asking, asking.cloud.sandboxAccounts) : askAccess(asking);
}

async function askSandboxAccount(asking: Asking, accounts: readonly string[]): Promise<FlagValues> {
  const { question, prompts } = asking;
  const path = `${question.side}.account`;
  const source = question.side === 'source' ? undefined : textAt(asking, 'source.account');
  const offered = [...new Set([...accounts, ...practiceAccounts])].sort();
  const preset = offered.find((account) => account !== source);
  const other = 'other';
  const chosen = await prompts.choose({
    message: question.message,
    choices: [
      ...offered.map((account) => ({
        value: account,
        name: `account ${account}${account === source ? ' (the source)' : ''}`,
      })),
      { value: other, name: 'another account', hint: 'any 12 digits: every account exists in the sandbox' },
    ],
    ...(preset === undefined ? {} : { preset }),
  });
  if (chosen !== other) return { [path]: chosen };
  const account = await prompts.type({
    message: 'Account ID (12 digits)',
    check: (text) => problemOf(asking, { [path]: text }),
  });
  return { [path]: account };
}

async function askAccess(asking: Asking): Promise<FlagValues> {
  const { question, prompts, cloud, say, env } = asking;
  const given = signInOfSide(configSoFar(asking), question.side, homeRegion(env));
  const profiles = await cloud.profiles();
  // Tries a given profile or role before asking anything.
  if (Object.keys(given.access).length > 0) {
    const found = await trySignIn(asking, given.access, profiles);
    if (found) return found;
  }
  for (;;) {
    const choice = await prompts.choose({ message: question.message, choices: accessChoices(profiles, env) });
    const access = await accessFor(choice, asking);
    const found = await trySignIn(asking, access, profiles);
    if (found) return found;
    say('Choose another way to sign in, or mend this one in another window and choose it again.');
  }
}

function accessChoices(profiles: readonly Profile[], env: Asking['env']): readonly Choice[] {
  const current = env.AWS_PROFILE
    ? `profile ${env.AWS_PROFILE}`
    : env.AWS_ACCESS_KEY_ID
      ? 'environment variables'
      : 'default chain';
  return [
    ...profiles.map(({ name, account, region }) => ({
      value: `profile ${name}`,
      name: ['profile', name, account, region].filter((part) => part !== undefined).join('  '),
    })),
    { value: 'current', name: `the current credentials (${current})` },
    { value: 'role', name: 'a role to assume (its ARN)', hint: 'assumed with the current credentials' },
  ];
}

async function accessFor(choice: string, asking: Asking): Promise<Access> {
  const { question, prompts } = asking;
  if (choice === 'current') return {};
  if (choice !== 'role') return { profile: choice.slice('profile '.length) };
  const at = `${question.side}.access`;
  const assumeRole = await prompts.type({
    message: 'ARN of the role',
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
    const found = await cloud.signIn({ account: null, region, access });
    const at = await announce(found, access.profile ?? access.assumeRole, region);
    say(at);
    const members = Object.entries(access).map(([member, value]) => [`${question.side}.access.${member}`, value]);
    return { [`${question.side}.account`]: found.account, ...Object.fromEntries(members) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    say(`${error.message}${error.fix === undefined ? '' : ` → ${error.fix}`}`);
    return undefined;
  }
}

async function announce(signIn: SignIn, how: string | undefined, region: Region): Promise<string> {
  const alias = await accountAlias(signIn.inRegion(region));
  return [how, `${signIn.account}${alias === undefined ? '' : ` (${alias})`}`, region].filter(Boolean).join(' · ');
}
