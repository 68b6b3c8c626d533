import { expect, it } from 'vitest';
import type { FlagValues } from '../../src/config/flags.ts';
import { beginInterview, questionsIn, treeOf } from '../../src/config/interview.ts';
import { answerText } from '../../src/wizard/answer-text.ts';

function textOf(id: string, answers: FlagValues): string | undefined {
  const interview = beginInterview({ answers, advanced: true });
  const question = questionsIn(interview).find((one) => one.id === id);
  return question && answerText(question, treeOf(interview));
}

const rule = 'destinations[0].rules[0]';
const accounts = { 'source.account': '111111111111', 'destinations[0].account': '222222222222' };

it.each<readonly [string, FlagValues, string]>([
  ['source.account', { 'source.account': '111111111111', 'source.access.profile': 'prod' }, '111111111111 (prod)'],
  ['source.account', { 'source.account': '${ACCOUNT}' }, '${ACCOUNT}'],
  ['source.bucket', {}, 'not known yet'],
  ['source.kmsKey', {}, 'a new key'],
  ['destinations[0].kmsKey', { 'destinations[0].kmsKey': 'source' }, "the source's key"],
  ['destinations[0].kmsKey', { 'destinations[0].kmsKey': 'alias/mine' }, 'alias/mine'],
  ['destinations[0].selection', {}, 'everything in the bucket'],
  [
    'destinations[0].selection',
    { [`${rule}.prefix`]: 'Tax/', [`${rule}.tags`]: { team: 'x' } },
    'keys that begin with Tax/, tag team=x',
  ],
  ['destinations[0].options', accounts, 'delete markers, S3 RTC, metrics, owner override'],
  [
    'destinations[0].options',
    { ...accounts, [`${rule}.replicationTimeControl`]: false, [`${rule}.storageClass`]: 'GLACIER' },
    'delete markers, metrics, owner override, storage class GLACIER',
  ],
  ['alerts.emails', {}, 'none'],
  ['alerts.emails', { 'alerts.emails': ['a@example.com', 'b@example.com'] }, 'a@example.com, b@example.com'],
  ['source.bucketKey', {}, 'the default'],
  ['source.bucketKey', { 'source.bucketKey': false }, 'no'],
  ['tags', { tags: { team: 'x', cost: 'y' } }, 'team=x, cost=y'],
])('the answer to %s, of %j, is in words: %s', (id, answers, text) => {
  expect(textOf(id, answers)).toBe(text);
});

it('counts the rules of a file besides the first, which alone is asked about', () => {
  const file = { destinations: [{ rules: [{ prefix: 'a/' }, { prefix: 'b/' }, { prefix: 'c/' }] }] };
  const interview = beginInterview({ file });
  const question = questionsIn(interview).find(({ kind }) => kind === 'selection');
  expect(question && answerText(question, treeOf(interview))).toBe('keys that begin with a/; and 2 more rules');
});
