import { isAccountId } from '../aws/arn.ts';
import { readAccountId } from '../aws/read-pasted.ts';
import type { FlagValues } from '../config/flags.ts';
import { type Asking, formerTextAt, textAt } from './asking.ts';

/** Offered before the sandbox has any accounts; every account exists there. AWS's documentation uses them too, so they are nobody's own. */
export const practiceAccounts = ['111111111111', '222222222222'];

const other = 'other';

export async function askSandboxAccount(asking: Asking, accounts: readonly string[]): Promise<FlagValues> {
  const { question, prompts } = asking;
  const path = `${question.side}.account`;
  const source = question.side === 'source' ? undefined : textAt(asking, 'source.account');
  const former = formerTextAt(asking, path);
  const offered = [...new Set([...accounts, ...practiceAccounts, ...(former === undefined ? [] : [former])])].sort();
  const preset = former ?? offered.find((account) => account !== source);
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
  const typed = await prompts.type({
    message: 'Account ID',
    check: (text) =>
      isAccountId(readAccountId(text)) ? undefined : 'an account ID has 12 digits, such as 111122223333',
  });
  return { [path]: readAccountId(typed) };
}
