import { expect, it } from 'vitest';
import { questions } from '../../src/session/asked.ts';
import type { Context } from '../../src/session/context.ts';
import type { View } from '../../src/show/view.ts';

it('what signing in asks a person for steers no terminal', async () => {
  const asked: string[] = [];
  const output = { write: () => undefined };
  const context: Context = {
    stdout: output,
    stderr: output,
    ask: {
      confirm: async () => false,
      input: async (message) => {
        asked.push(message);
        return '123456';
      },
    },
    env: {},
    signal: new AbortController().signal,
    use: () => undefined,
  };
  const view: View = {
    report: () => undefined,
    plan: async () => undefined,
    diagnosis: () => undefined,
    status: () => undefined,
    round: () => undefined,
    releaseScreen: () => undefined,
  };
  const { askMfaCode } = questions(context, view);
  expect(await askMfaCode?.('arn:aws:iam::111111111111:mfa/\u001b[2Jme')).toBe('123456');
  expect(asked).toEqual([expect.stringMatching(/^MFA code of arn:aws:iam::111111111111:mfa\/.*me:$/)]);
  expect(asked.join()).not.toContain('\u001b');
});
