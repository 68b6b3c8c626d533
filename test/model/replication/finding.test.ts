import { describe, expect, it } from 'vitest';
import {
  combineOutcomes,
  type Finding,
  type Open,
  stops,
  unread,
  warns,
} from '../../../src/model/replication/finding.ts';

const cause = (summary: string) => ({
  ...{ check: 'C21' as const, summary, fix: 'Repair it.' },
  evidence: { arn: 'arn', sources: ['of the cause'] },
});
const [stop, warning, doubt] = [
  stops(null, cause('It fails.')),
  warns(cause('Look.')),
  unread('C06', 'this', ['there']),
];
const open: Open = { because: 'contested', check: 'C23', what: 'the form', path: ['there'], sources: ['one', 'other'] };
const mayFail = (summary: string, evidence: object): Finding =>
  warns({ check: 'C23', summary, fix: stop.cause.fix, evidence });
const sources = { arn: 'arn', sources: ['one', 'other'] };

describe('what holds under each of some assumptions', () => {
  it.each([
    ['is nothing where nothing is met', [[], []], []],
    ['is what the first says where all are good', [[], [warning]], []],
    ['is what the first says where none is', [[stop, warning], [doubt]], [stop, warning]],
    [
      'is a warning where one fails and AWS contradicts itself',
      [[warning, stop], [warning]],
      [warning, mayFail("AWS's sources disagree about the form: by one of them the object fails. It fails.", sources)],
    ],
  ])('%s', (_, outcomes, said) => {
    expect(combineOutcomes(outcomes, open)).toEqual(said);
  });

  it('is a warning where nobody has confirmed which', () => {
    expect(combineOutcomes([[stop], []], { ...open, because: 'unconfirmed' })).toEqual([
      mayFail('Nobody has confirmed the form: by one of them the object fails. It fails.', sources),
    ]);
  });

  it('is not known where the snapshot does not say which', () => {
    expect(combineOutcomes([[stop], []], { ...open, because: 'unread' })).toEqual([
      unread('C23', 'the form', ['there']),
    ]);
  });
});
