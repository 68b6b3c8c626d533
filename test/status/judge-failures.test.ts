import { expect, it } from 'vitest';
import { judgeFailures } from '../../src/status/judge-failures.ts';
import { judgeStatus } from '../../src/status/judge-status.ts';
import { minutesAgo, quiet, rule, someFacts, type Told, version } from './facts.ts';

const failed = { series: quiet('all', { failed: minutesAgo([20, 1]) }) };
const arrived = version('b', 2, 'COMPLETED');

it.each<[string, Told, string]>([
  ['repaired once no version is FAILED', { ...failed, objects: [version('a', 20, 'COMPLETED'), arrived] }, 'repaired'],
  ['over where a newer one arrived', { ...failed, objects: [version('a', 20, 'FAILED'), arrived] }, 'over'],
  ['over where not all versions were seen', { ...failed, objects: [arrived], rest: { isAll: false } }, 'over'],
  ['over where a version could not be read', { ...failed, objects: [version('a', 20, 'unknown'), arrived] }, 'over'],
  ['open where nothing newer arrived', { ...failed, objects: [version('b', 21, 'COMPLETED')] }, 'may-go-on'],
  ['open where the newest is FAILED', { ...failed, objects: [version('b', 2, 'FAILED')] }, 'may-go-on'],
  ['open where no version was read', { ...failed, objects: 'unknown' }, 'may-go-on'],
  [
    'open where the newer one may be of another rule',
    { rules: [rule('all'), rule('b', { Priority: 2, Filter: { Prefix: 'b' } })], ...failed, objects: [arrived] },
    'may-go-on',
  ],
])('what failed in the last hour is %s', (_, told, end) => {
  expect(judgeFailures(judgeStatus(someFacts(told)))).toBe(end);
});
