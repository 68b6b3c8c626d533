import { expect, it } from 'vitest';
import { alertText } from '../../src/show/event-text.ts';

const alert = { type: 'alert', topic: 'arn:t', region: 'eu-west-1', alarm: 'a', seconds: 2, subscribers: 1 } as const;
const faults = [{ message: 'why', fix: 'do this' }];
const published = 'CloudWatch published alarm a to arn:t after 2 s';

it.each([
  ['✔', `${published}; 1 confirmed subscriber`, { outcome: 'published' }],
  ['✔', `${published}; 3 confirmed subscribers`, { outcome: 'published', subscribers: 3 }],
  [
    '✖',
    `${published}; 0 confirmed subscribers\n    why\n    → do this`,
    { outcome: 'published', subscribers: 0, faults },
  ],
  ['✖', 'why\n    → do this', { outcome: 'failed', faults }],
  ['?', 'why\n    → do this', { outcome: 'pending', faults }],
  ['✖', 'why\n    → run:\n    aws x', { outcome: 'failed', faults: [{ message: 'why', fix: 'run:', paste: 'aws x' }] }],
  ['?', 'why\n    → do this', { outcome: 'not-tried', faults }],
  ['✖', 'why\n    → do this', { outcome: 'not-tried', subscribers: 0, faults }],
] as const)('the test of an alarm is told with %s: %s', (sign, text, change) => {
  expect(alertText({ ...alert, ...change })).toEqual({ sign, text });
});
