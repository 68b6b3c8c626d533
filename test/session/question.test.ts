import { expect, it } from 'vitest';
import { typedAnswer } from '../../src/session/question.ts';

it('what signing in asks for is asked by the wizard while that reads plain lines, and steers no terminal', async () => {
  const asked: string[] = [];
  const context = {
    env: {},
    signal: new AbortController().signal,
    stderr: { write: () => undefined, isTTY: true, columns: 80 },
    ask: async (message: string) => {
      asked.push(message);
      return '123456';
    },
  };
  expect(await typedAnswer('MFA code of arn:aws:iam::111111111111:mfa/\u001b[2Jme:', context)).toBe('123456');
  expect(asked).toEqual([expect.stringMatching(/^MFA code of arn:aws:iam::111111111111:mfa\/.*me$/)]);
  expect(asked.join()).not.toContain('\u001b');
});
